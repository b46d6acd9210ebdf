from __future__ import annotations

import torch

from mmenlighten.acceleration.inference.workspace import PLACES, Workspace

HEIGHT, WIDTH, CHANNELS = 32, 48, 4
IN_USE = {
    # What a step writes, and what it reads or is read later: none of it may share memory.
    'skip2': ('halved1', 'skip1'),
    'halved2': ('halved1', 'skip2', 'skip1'),
    'skip3': ('halved2', 'skip2', 'skip1'),
    'halved3': ('halved2', 'skip3', 'skip2', 'skip1'),
    'skip4': ('halved3', 'skip3', 'skip2', 'skip1'),
    'halved4': ('halved3', 'skip4', 'skip3', 'skip2', 'skip1'),
    'expanded6': ('joined', 'skip4', 'skip3', 'skip2', 'skip1'),
    'expanded7': ('joined', 'expanded6', 'skip3', 'skip2', 'skip1'),
    'expanded8': ('joined', 'expanded7', 'skip2', 'skip1'),
    'joined': ('expanded8', 'skip1'),
}


def shape_of(place: str) -> tuple[int, int, int, int]:
    if place == 'joined':
        return 1, 2 * CHANNELS, 20, WIDTH
    kind, number = place[:-1], int(place[-1])
    level = 10 - number if kind == 'expanded' else number
    side = 2 ** (level - 1 + (kind == 'halved'))
    return 1, CHANNELS * 2 ** (level - 1), HEIGHT // side, WIDTH // side


def build(like: torch.Tensor) -> Workspace:
    workspace = Workspace()
    map_bytes = CHANNELS * HEIGHT * WIDTH * like.element_size()
    workspace.fit(map_bytes, 2 * CHANNELS * 20 * WIDTH * like.element_size())
    return workspace


def test_maps_that_are_needed_at_once_have_memory_of_their_own() -> None:
    like = torch.empty(1, 2, 4, 4).to(memory_format=torch.channels_last)
    workspace = build(like)
    assert set(PLACES) == {name for names in IN_USE.items() for name in (names[0], *names[1])}
    for written, others in IN_USE.items():
        maps = {name: workspace.map(name, shape_of(name), like) for name in others}
        for value, values in enumerate(maps.values()):
            values.fill_(value)
        workspace.map(written, shape_of(written), like).fill_(-1)
        for value, values in enumerate(maps.values()):
            assert (values == value).all(), written


def test_type_and_layout_are_those_asked_for() -> None:
    for dtype in (torch.float32, torch.bfloat16, torch.float64):
        for layout in (torch.contiguous_format, torch.channels_last):
            like = torch.empty(1, 2, 4, 4, dtype=dtype).to(memory_format=layout)
            map_ = build(like).map('skip2', (1, 8, 16, 24), like)
            assert map_.shape == (1, 8, 16, 24)
            assert map_.dtype == dtype
            assert map_.is_contiguous(memory_format=layout)
