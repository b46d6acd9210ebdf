"""Whole-number colour conversions against OpenCV's."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch

from mmenlighten.models.classical.operators import eight_bit_colour


def all_colours() -> np.ndarray:
    """RGB (M, 256, 3) over the whole cube, in rows of whole vectors of any processor."""
    axis = np.r_[np.arange(0, 256, 5), 255]
    red, green, blue = np.meshgrid(axis, axis, np.arange(256), indexing='ij')
    return np.stack([red, green, blue], -1).reshape(-1, 256, 3).astype(np.uint8)


def to_tensor(image: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(image.astype(np.int64)).permute(2, 0, 1)[None]


def to_array(levels: torch.Tensor) -> np.ndarray:
    return levels[0].permute(1, 2, 0).numpy()


@pytest.mark.parametrize(
    ('name', 'code', 'share'),
    [('rgb_to_lab', cv2.COLOR_RGB2LAB, 2e-4), ('rgb_to_hsv', cv2.COLOR_RGB2HSV, 0)],
)
def test_to_another_space(name: str, code: int, share: float) -> None:
    image = all_colours()
    expected = cv2.cvtColor(image, code).astype(int)
    difference = abs(to_array(getattr(eight_bit_colour, name)(to_tensor(image))) - expected)
    assert difference.max() <= (share > 0)
    assert (difference > 0).mean() <= share


@pytest.mark.parametrize(
    ('name', 'forth', 'back', 'channel'),
    [
        ('lab_to_rgb', cv2.COLOR_RGB2LAB, cv2.COLOR_LAB2RGB, 0),
        ('hsv_to_rgb', cv2.COLOR_RGB2HSV, cv2.COLOR_HSV2RGB, 2),
    ],
)
def test_back_to_rgb_with_another_lightness(name: str, forth: int, back: int, channel: int) -> None:
    converted = cv2.cvtColor(all_colours(), forth)
    random = np.random.default_rng(0)
    changed = converted.copy()
    factors = random.uniform(0.3, 4, changed.shape[:2])
    changed[..., channel] = np.clip(changed[..., channel] * factors, 0, 255)
    for image in (converted, changed):
        expected = cv2.cvtColor(image, back).astype(int)
        difference = abs(to_array(getattr(eight_bit_colour, name)(to_tensor(image))) - expected)
        assert difference.max() <= 1
        assert (difference > 0).mean() < 1e-3
