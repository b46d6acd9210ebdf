"""Contrast-limited adaptive histogram equalisation."""

from __future__ import annotations

from typing import ClassVar

import cv2
import numpy as np
import pytest
import torch

from mmenlighten.models.classical import CLAHE
from mmenlighten.utils.errors import ConfigError

from .classical_tester import ClassicalTester
from .photographs import (
    astronaut,
    equalized_by_tensors,
    reference,
    smooth_shades,
    to_image,
    to_levels,
)


class TestCLAHE(ClassicalTester):
    config: ClassVar = dict(type='CLAHE')


class TestOfValue(ClassicalTester):
    config: ClassVar = dict(type='CLAHE', channel='hsv', clip_limit=4.0, tiles=(3, 2))


class TestKeepingFlat(ClassicalTester):
    config: ClassVar = dict(type='CLAHE', channel='hsv', clip_limit=0, keep_flat=True)


class TestWithoutLimit(ClassicalTester):
    config: ClassVar = dict(type='CLAHE', channel='rgb', clip_limit=0)


LIMITS = [0, 1, 2, 4, 40]
SIZES = [(64, 64), (64, 60), (60, 64), (61, 67), (9, 8), (5, 3), (1, 1), (8, 1)]


@pytest.mark.parametrize('size', SIZES)
@pytest.mark.parametrize('limit', LIMITS)
def test_batches_of_planes_agree_with_opencv(limit: float, size: tuple[int, int]) -> None:
    random = np.random.default_rng(0)
    planes = random.gamma(2, 12, (3, *size)).clip(0, 255).astype(np.uint8)
    equalized = CLAHE(limit).equalize(torch.from_numpy(planes).float(), is_rounded=True).numpy()
    assert_close(equalized, np.stack([CLAHE(limit).equalize_by_opencv(p) for p in planes]))


@pytest.mark.parametrize('tiles', [(8, 8), (4, 2), (1, 1), (3, 5)])
def test_tiles_agree_with_opencv(tiles: tuple[int, int]) -> None:
    plane = astronaut(0.2, 121)[..., 0]
    equalized = CLAHE(2, tiles).equalize(torch.from_numpy(plane)[None].float(), is_rounded=True)
    assert_close(equalized[0].numpy(), cv2.createCLAHE(2, tiles).apply(plane))


def assert_close(equalized: np.ndarray, expected: np.ndarray) -> None:
    """At most one level on at most 0.3 % of the pixels."""
    difference = abs(equalized - expected.astype(int))
    assert difference.max() <= 1
    assert (difference > 0).mean() <= 0.003


@pytest.mark.parametrize('channel', ['hsv', 'lab', 'rgb'])
@pytest.mark.parametrize('limit', LIMITS)
def test_pictures_agree_with_opencv(channel: str, limit: float) -> None:
    picture = astronaut()
    enhancer = CLAHE(limit, channel=channel)
    expected = by_opencv(picture, channel, limit)
    assert np.array_equal(to_levels(enhancer.enhance_light(to_image(picture))), expected)
    difference = abs(equalized_by_tensors(enhancer, picture).astype(int) - expected)
    # One level of L or V can be more than one of R, G, B.
    assert (difference > 0).mean() <= 0.003
    assert difference.max() <= 2


def by_opencv(picture: np.ndarray, channel: str, limit: float) -> np.ndarray:
    clahe = cv2.createCLAHE(limit, (8, 8))
    if channel == 'rgb':
        return np.stack([clahe.apply(plane) for plane in cv2.split(picture)], 2)
    forth, back, plane = dict(
        hsv=(cv2.COLOR_RGB2HSV, cv2.COLOR_HSV2RGB, 2), lab=(cv2.COLOR_RGB2LAB, cv2.COLOR_LAB2RGB, 0)
    )[channel]
    converted = cv2.cvtColor(picture, forth)
    converted[..., plane] = clahe.apply(np.ascontiguousarray(converted[..., plane]))
    return cv2.cvtColor(converted, back)


@pytest.mark.parametrize(('limit', 'tiles'), [(2, 8), (40, 8), (4, 4)])
@pytest.mark.parametrize(('name', 'channel'), [('HSVV', 'hsv'), ('LABL', 'lab'), ('perBGR', 'rgb')])
def test_reference_outputs(name: str, channel: str, limit: int, tiles: int) -> None:
    picture = reference('inputs/astronaut256_dark.png')
    expected = reference(f'clahe/astronaut256_dark_opencv_{name}_clip{limit}_tile{tiles}.png')
    enhancer = CLAHE(limit, (tiles, tiles), channel)
    light = enhancer.enhance_light(to_image(picture))
    for levels in (to_levels(light), equalized_by_tensors(enhancer, picture)):
        difference = abs(levels.astype(int) - expected)
        assert difference.max() <= 1
        assert (difference > 0).mean() <= 0.003


@pytest.mark.parametrize('channel', ['hsv', 'lab', 'rgb'])
def test_fine_pictures_are_close_to_what_eight_bits_give(channel: str) -> None:
    picture = to_image(astronaut(0.5))
    enhancer = CLAHE(2, channel=channel)
    # Not whole levels, so that nothing is rounded.
    difference = enhancer.enhance_light(picture + 0.01 / 255) - enhancer.enhance_light(picture)
    assert difference.abs().mean() < 2 / 255  # a and b of Lab are whole numbers in 8 bits


@pytest.mark.parametrize('channel', ['hsv', 'lab', 'rgb'])
def test_smooth_shades_stay_smooth(channel: str) -> None:
    image = smooth_shades(0.001, 16 / 255)
    light = CLAHE(channel=channel).enhance_light(image)
    assert len(light.unique()) > 0.9 * len(image.unique())
    assert light.diff(dim=-1).max() < 3 / 255


def test_batch_may_mix_eight_bits_and_more() -> None:
    pictures = torch.cat([to_image(astronaut(size=64)), to_image(astronaut(size=64)) * 0.777])
    together = CLAHE().enhance_light(pictures)
    for index in range(2):
        alone = CLAHE().enhance_light(pictures[index : index + 1])
        assert torch.equal(together[index : index + 1], alone)


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (dict(clip_limit=-1), 'clip_limit=-1 must not be negative'),
        (dict(tiles=(8, 0)), r'tiles=\(8, 0\): give two numbers'),
        (dict(channel='v'), "channel='v' is unknown"),
    ],
)
def test_options_out_of_range_are_refused(options: dict, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        CLAHE(**options)
