"""Global histogram equalisation."""

from __future__ import annotations

from typing import ClassVar

import cv2
import numpy as np
import pytest
import torch

from mmenlighten.models.classical import HistogramEqualization
from mmenlighten.utils.errors import ConfigError

from .classical_tester import ClassicalTester
from .photographs import astronaut, equalized_by_tensors, smooth_shades, to_image, to_levels


class TestHistogramEqualization(ClassicalTester):
    config: ClassVar = dict(type='HistogramEqualization')


class TestOfChannels(ClassicalTester):
    config: ClassVar = dict(type='HistogramEqualization', channel='rgb')


class TestKeepingFlat(ClassicalTester):
    config: ClassVar = dict(type='HistogramEqualization', keep_flat=True)


class TestOfLightness(ClassicalTester):
    config: ClassVar = dict(type='HistogramEqualization', channel='lab')


@pytest.mark.parametrize('channel', ['hsv', 'lab', 'rgb'])
def test_eight_bits_are_equalised_as_by_opencv(channel: str) -> None:
    picture = astronaut(0.2)
    enhancer = HistogramEqualization(channel)
    expected = by_opencv(picture, channel)
    assert np.array_equal(to_levels(enhancer.enhance_light(to_image(picture))), expected)
    difference = abs(equalized_by_tensors(enhancer, picture).astype(int) - expected)
    assert difference.max() <= 1
    assert (difference > 0).mean() < 1e-3


def by_opencv(picture: np.ndarray, channel: str) -> np.ndarray:
    if channel == 'rgb':
        return np.stack([cv2.equalizeHist(plane) for plane in cv2.split(picture)], 2)
    forth, back, plane = dict(
        hsv=(cv2.COLOR_RGB2HSV, cv2.COLOR_HSV2RGB, 2), lab=(cv2.COLOR_RGB2LAB, cv2.COLOR_LAB2RGB, 0)
    )[channel]
    converted = cv2.cvtColor(picture, forth)
    converted[..., plane] = cv2.equalizeHist(np.ascontiguousarray(converted[..., plane]))
    return cv2.cvtColor(converted, back)


def test_value_becomes_evenly_frequent() -> None:
    value = HistogramEqualization().enhance_light(smooth_shades(0, 0.2)).amax(1)
    counts = torch.histc(value, 8, 0, 1)
    assert (counts / value.numel() - 1 / 8).abs().max() < 0.03


def test_smooth_shades_stay_smooth() -> None:
    image = smooth_shades(0, 8 / 255)
    levels = HistogramEqualization().enhance_light(image).unique()
    assert len(levels) == len(image.unique())


def test_hue_of_fine_pictures_stays_exactly() -> None:
    image = torch.tensor([0.1, 0.05, 0.02])[:, None, None] * torch.linspace(0.3, 1, 50)
    light = HistogramEqualization().enhance_light(image[None])[0, :, :, 1:]
    torch.testing.assert_close(light[1] / light[0], torch.full_like(light[0], 0.5))
    torch.testing.assert_close(light[2] / light[0], torch.full_like(light[0], 0.2))


def test_channel_must_be_known() -> None:
    with pytest.raises(ConfigError, match="channel='luma' is unknown"):
        HistogramEqualization('luma')  # type: ignore[arg-type]
