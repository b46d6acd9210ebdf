"""Patches as Kalantari and Ramamoorthi cut them, and their exchanged colours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mmcv.transforms import TransformBroadcaster

from mmenlighten.datasets import LoadExposureBracket, RandomColourOrder
from mmenlighten.utils.errors import ConfigError, ImageReadError


@pytest.fixture
def scene(tmp_path: Path) -> dict[str, Any]:
    """A prepared scene whose pixels tell where they are, of middle values but for one quarter."""
    height, width = 140, 180
    middle = np.full((height, width, 3), 30_000, np.uint16)
    middle[:70, :90] = 60_000
    frames = np.concatenate([middle] * 3, axis=2)
    rows, columns = np.meshgrid(np.arange(height), np.arange(width), indexing='ij')
    light = np.stack([rows, columns, rows], axis=2).astype(np.float32)
    np.save(tmp_path / 'ldr.npy', frames)
    np.save(tmp_path / 'hdr.npy', light)
    return dict(
        ldr_paths=[str(tmp_path / 'ldr.npy')],
        hdr_path=str(tmp_path / 'hdr.npy'),
        low_path=str(tmp_path),
        ev=[-2.0, 0.0, 2.0],
    )


def test_patches_are_on_the_grid_and_extreme(scene: dict[str, Any]) -> None:
    np.random.seed(0)
    load = LoadExposureBracket(size=40, border=30, stride=20, least_extreme=0.5)
    places = set()
    for _ in range(40):
        sample = load(dict(scene))
        assert sample is not None
        assert sample['ldr'].shape == (40, 40, 9)
        places.add(tuple(sample['hdr'][0, 0, :2].astype(int)))
        assert (sample['ldr'] > 0.8).mean() > 0.5
    # All that lie in the bright quarter by more than a half: rows 30 and columns 30 and 50.
    assert places == {(30, 30), (30, 50)}
    np.testing.assert_array_equal(sample['exposures'], [1, 4, 16])


def test_scenes_without_extremes_give_any_patch(scene: dict[str, Any]) -> None:
    load = LoadExposureBracket(size=40, border=10, stride=20, least_extreme=1.0)
    assert load(dict(scene))['ldr'].shape == (40, 40, 9)  # type: ignore[index]


def test_what_is_refused(scene: dict[str, Any]) -> None:
    with pytest.raises(ImageReadError, match='40x40 within a border of 60'):
        LoadExposureBracket(size=40, border=60)(dict(scene))
    with pytest.raises(ConfigError, match='stride=0'):
        LoadExposureBracket(size=40, stride=0)


def test_colours_are_exchanged_alike_in_all_frames() -> None:
    np.random.seed(1)
    ldr, hdr = np.arange(9.0)[None, None], np.arange(3.0)[None, None]
    exchange = TransformBroadcaster(
        mapping=dict(img=['ldr', 'hdr']),
        auto_remap=True,
        share_random_params=True,
        transforms=[RandomColourOrder()],
    )
    found = set()
    for _ in range(60):
        sample = exchange(dict(ldr=ldr, hdr=hdr))
        order = sample['hdr'][0, 0]
        np.testing.assert_array_equal(sample['ldr'][0, 0], [*order, *(order + 3), *(order + 6)])
        found.add(tuple(order))
    assert len(found) == 6
