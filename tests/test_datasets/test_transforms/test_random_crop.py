from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mmcv.transforms import TransformBroadcaster

from mmenlighten.datasets import ImageFolderDataset, RandomCrop
from mmenlighten.utils.errors import ConfigError
from tests.test_datasets.pictures import load_epoch, picture, write_pictures

Messages = Callable[[], list[str]]


def numbered(height: int, width: int) -> np.ndarray:
    """Each pixel holds its row and column."""
    rows, columns = np.mgrid[0:height, 0:width]
    return np.stack([rows, columns, np.zeros_like(rows)], axis=2).astype(np.uint8)


def crop(transform: RandomCrop, image: np.ndarray, seed: int = 0) -> np.ndarray:
    np.random.seed(seed)
    return transform(dict(img=image))['img']


def corner(window: np.ndarray) -> tuple[int, int]:
    return int(window[0, 0, 0]), int(window[0, 0, 1])


def broadcast(share: bool, size: int, images: dict[str, np.ndarray], seed: int) -> dict[str, Any]:
    np.random.seed(seed)
    wrapper = TransformBroadcaster(
        transforms=[RandomCrop(size)],
        mapping=dict(img=list(images)),
        auto_remap=True,
        share_random_params=share,
    )
    return wrapper(dict(images))


@pytest.mark.parametrize('size', [(5, 7), [5, 7]])
def test_window_is_a_connected_part_of_the_picture(size: Any) -> None:
    window = crop(RandomCrop(size), numbered(12, 15))
    top, left = corner(window)
    assert np.array_equal(window, numbered(12, 15)[top : top + 5, left : left + 7])


def test_all_positions_have_the_same_chance() -> None:
    transform, image = RandomCrop(4), numbered(6, 7)
    np.random.seed(0)
    counts = Counter(corner(transform(dict(img=image))['img']) for _ in range(2400))
    assert sorted(counts) == [(top, left) for top in range(3) for left in range(4)]
    assert sum((count - 200) ** 2 / 200 for count in counts.values()) < 37.4  # once in 10^4


def test_window_as_large_as_the_picture_is_the_picture(messages: Messages) -> None:
    assert np.array_equal(crop(RandomCrop((6, 8)), picture(6, 8)), picture(6, 8))
    assert messages() == []


def test_gray_pictures_are_taken() -> None:
    assert crop(RandomCrop(4), picture()[..., 0]).shape == (4, 4)


@pytest.mark.parametrize('shape', [(4, 4), (3, 40), (40, 3), (1, 1), (15, 16), (7, 13)])
def test_smaller_picture_is_enlarged_until_the_window_fits(
    messages: Messages, shape: tuple[int, int]
) -> None:
    transform = RandomCrop(16)
    assert crop(transform, picture(*shape)).shape == (16, 16, 3)
    assert len(messages()) == 1
    assert f'{shape[1]}x{shape[0]} pixels is smaller than the crop of 16x16' in messages()[0]


@pytest.mark.parametrize(
    ('shape', 'enlarged'), [((4, 6), (16, 24)), ((32, 8), (64, 16)), ((15, 16), (16, 18))]
)
def test_enlarging_keeps_the_aspect_and_is_as_small_as_possible(
    messages: Messages, shape: tuple[int, int], enlarged: tuple[int, int]
) -> None:
    assert RandomCrop(16)._enlarge(picture(*shape)).shape[:2] == enlarged
    assert len(messages()) == 1


def test_enlarging_is_said_once(messages: Messages) -> None:
    transform = RandomCrop(16)
    for seed in range(4):
        crop(transform, picture(8, 8 + seed), seed)
    assert len(messages()) == 1


def test_enlarging_is_said_once_across_workers_and_epochs(
    tmp_path: Path, messages: Messages
) -> None:
    write_pictures(tmp_path / 'low', [f'{k}.png' for k in range(3)], height=20, width=20)
    write_pictures(tmp_path / 'low', ['1.png'], height=4, width=4)
    pipeline = [
        dict(type='LoadEnhanceImages', keys=['low']),
        dict(
            type='TransformBroadcaster',
            mapping=dict(img=['low']),
            auto_remap=True,
            transforms=[dict(type='RandomCrop', size=16)],
        ),
    ]
    dataset = ImageFolderDataset(tmp_path, dict(low='low'), pipeline=pipeline)
    for _ in range(2):
        assert load_epoch(dataset, 2, lambda sample: sample['low'].shape) == [(16, 16, 3)] * 3
    assert len(messages()) == 1


def test_pictures_share_their_window_only_if_that_is_asked_for() -> None:
    images = dict(low=numbered(50, 60), normal=numbered(50, 60))
    for share in (True, False):
        windows = [broadcast(share, 8, images, seed) for seed in range(6)]
        same = [corner(window['low']) == corner(window['normal']) for window in windows]
        assert all(same) if share else not any(same)


def test_pictures_of_two_sizes_can_share_a_window() -> None:
    images = dict(low=numbered(50, 60), normal=numbered(9, 200))
    windows = broadcast(True, 8, images, 0)
    assert windows['low'].shape == windows['normal'].shape == (8, 8, 3)


@pytest.mark.parametrize('size', [0, (4, 0), (-1, 4)])
def test_size_that_is_not_positive_is_refused(size: Any) -> None:
    with pytest.raises(ConfigError, match='must be positive'):
        RandomCrop(size)


def test_representation_shows_the_arguments() -> None:
    assert repr(RandomCrop(4)) == 'RandomCrop(size=(4, 4))'
