"""Naturalness-preserved enhancement."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest
import torch

from mmenlighten.models.classical import NPE
from mmenlighten.utils.errors import ConfigError

from .classical_tester import ClassicalTester
from .photographs import astronaut, psnr, reference, smooth_shades, to_image, to_levels


class TestNPE(ClassicalTester):
    config: ClassVar = dict(type='NPE')


class TestKeepingFlat(ClassicalTester):
    config: ClassVar = dict(type='NPE', keep_flat=True)


class TestWithSimilarLevels(ClassicalTester):
    config: ClassVar = dict(type='NPE', radius=2, similar_levels=3)


def plain_npe(picture: np.ndarray, radius: int, similar: int) -> np.ndarray:
    """The equations of the paper pixel by pixel; uint8 in, float in 0..255 out."""
    light = picture.max(2).astype(int)
    padded = np.pad(light, radius, mode='symmetric')
    height, width = light.shape
    side = 2 * radius + 1
    squares = [
        (y, x, padded[y : y + side, x : x + side].ravel())
        for y in range(height)
        for x in range(width)
    ]
    pairs = np.zeros((256, 256))
    for y, x, square in squares:
        np.add.at(pairs[light[y, x]], square, 1)
    sums = np.zeros((256, 256))
    for shift in range(-similar, similar + 1):
        for level in range(max(0, -shift), min(256, 256 - shift)):
            sums[:, level] += pairs[:, level + shift]
    smooth = np.zeros(light.shape)
    for y, x, square in squares:
        brighter = square[square >= light[y, x]]
        weights = sums[light[y, x], brighter]
        smooth[y, x] = (weights * brighter).sum() / weights.sum()
    levels = np.rint(smooth).astype(int)
    weights = np.bincount(levels.ravel(), np.log(smooth + 1).ravel(), 256).cumsum()
    target = np.log(np.arange(256) + 1.0).cumsum()
    mapped = [np.argmax(target / target[-1] >= share) for share in weights / weights[-1]]
    gain = np.array(mapped)[levels] / np.maximum(smooth, 1e-6)
    return np.clip(picture * gain[..., None], 0, 255)


@pytest.mark.parametrize(('radius', 'similar'), [(7, 0), (2, 0), (3, 2)])
def test_photograph_is_as_the_equations_say(radius: int, similar: int) -> None:
    picture = astronaut(0.2, 60)
    enhanced = NPE(radius, similar).enhance_light(to_image(picture))[0]
    expected = plain_npe(picture, radius, similar)
    assert psnr(enhanced.permute(1, 2, 0).numpy() * 255, expected) > 60


def test_reference_output() -> None:
    picture = reference('inputs/astronaut256_dark.png')
    expected = reference('npe/astronaut256_dark_proto_NPE_paper.png')
    assert psnr(to_levels(NPE().enhance_light(to_image(picture))), expected) > 50


def test_all_channels_of_a_pixel_have_one_gain() -> None:
    image = to_image(astronaut(0.2, 64))
    light = NPE().enhance_light(image)
    gain = light.amax(1, keepdim=True) / image.amax(1, keepdim=True).clamp_min(1e-6)
    inside = light.amax(1, keepdim=True) < 1
    torch.testing.assert_close(
        light[inside.expand(-1, 3, -1, -1)], (image * gain)[inside.expand(-1, 3, -1, -1)]
    )


def test_black_stays_black() -> None:
    image = to_image(astronaut(0.2, 64))
    image[..., :20, :20] = 0
    assert not NPE().enhance_light(image)[..., :20, :20].any()
    assert not NPE().enhance_light(torch.zeros(1, 3, 9, 9)).any()


def test_shades_finer_than_eight_bits_stay_apart() -> None:
    image = smooth_shades(0, 40 / 255)
    assert len(NPE().enhance_light(image).unique()) > 0.9 * len(image.unique())


def test_arguments_out_of_range_are_refused() -> None:
    with pytest.raises(ConfigError, match='radius=-1 must not be negative'):
        NPE(radius=-1)
