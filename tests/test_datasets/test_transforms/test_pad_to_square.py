"""Squares of pictures that are too small for one."""

from __future__ import annotations

import numpy as np
import pytest

from mmenlighten.datasets import LoadEnhanceImages, PackEnhanceInputs, PadToSquare
from mmenlighten.models import EnhanceDataPreprocessor
from mmenlighten.utils.errors import ConfigError


def numbered(height: int, width: int) -> np.ndarray:
    values = np.arange(height * width, dtype=np.uint8).reshape(height, width, 1)
    return values.repeat(3, axis=2)


@pytest.mark.parametrize('size', [(2, 5), (5, 1), (8, 8)])
def test_the_rest_is_mirrored(size: tuple[int, int]) -> None:
    image = numbered(*size)
    results = PadToSquare(8)(dict(low=image, normal=image))
    padding = [(0, 8 - size[0]), (0, 8 - size[1]), (0, 0)]
    np.testing.assert_array_equal(results['low'], np.pad(image, padding, mode='symmetric'))
    mask = results['normal_mask'][..., 0]
    assert (mask[: size[0], : size[1]] == 255).all()
    assert (mask == 255).sum() == size[0] * size[1]


def test_masks_travel_as_pictures_do() -> None:
    results = PadToSquare(8)(dict(low=numbered(4, 8), normal=numbered(8, 8)))
    packed = PackEnhanceInputs(inputs=('low', 'normal', 'low_mask', 'normal_mask'))(results)
    batch = EnhanceDataPreprocessor()(dict(inputs={k: [v] for k, v in packed['inputs'].items()}))
    mask = batch['inputs']['low_mask']
    assert mask.shape == (1, 1, 8, 8)
    assert mask[0, 0, :, 0].tolist() == [1] * 4 + [-1] * 4


def test_a_larger_picture_is_refused() -> None:
    with pytest.raises(ConfigError, match='longest=8'):
        PadToSquare(8)(dict(low=numbered(4, 9), normal=numbered(4, 8)))
    assert LoadEnhanceImages(longest=8).longest == 8


def test_settings_out_of_range() -> None:
    with pytest.raises(ConfigError, match='size'):
        PadToSquare(0)
