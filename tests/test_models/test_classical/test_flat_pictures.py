"""Methods that stretch levels, by their names: what has no detail is not stretched."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest
import torch

from mmenlighten import get_model
from mmenlighten.models.classical import CLAHE, ClassicalEnhancer, HistogramEqualization

from .photographs import astronaut

HISTOGRAM = ('he', 'ahe', 'npe')
RETINEX = ('ssr', 'msr', 'msrcr-ipol', 'msrcr-opence', 'msrcp')
SKY = slice(0, 110)
"""Rows of the sky that are away from its edge."""


@cache
def method(name: str) -> ClassicalEnhancer:
    enhancer = get_model(name)
    assert isinstance(enhancer, ClassicalEnhancer)
    return enhancer


def noise(least: int, most: int, channels: int, rows: int = 120) -> np.ndarray:
    random = np.random.default_rng(0)
    return random.integers(least, most + 1, (rows, 300, channels)).astype(np.uint8)


def scene(sky: np.ndarray | int) -> np.ndarray:
    """A sky above ground of levels 10 to 60, uint8 RGB."""
    picture = noise(10, 60, 3, 200)
    picture[:120] = sky
    return picture


SKIES = {
    'black': 0,
    'one level': 1,
    'gray noise': noise(0, 1, 1),
    'coloured noise': noise(0, 2, 3),
    'purple': np.array([2, 0, 2], np.uint8),
}


@pytest.mark.parametrize('sky', SKIES.values(), ids=SKIES)
@pytest.mark.parametrize('name', [*HISTOGRAM, *RETINEX, 'classic'])
def test_a_black_sky_stays_black(name: str, sky: np.ndarray | int) -> None:
    picture = scene(sky)
    enhanced = method(name).enhance_array(picture)
    assert np.abs(enhanced[SKY].astype(int) - picture[SKY]).max() <= 3
    assert enhanced[130:].mean() > 1.3 * picture[130:].mean()


@pytest.mark.parametrize('sky', [0, noise(0, 1, 1)], ids=['black', 'noise'])
def test_clahe_keeps_it_nearly_black_by_its_limit(sky: np.ndarray | int) -> None:
    assert method('clahe').enhance_array(scene(sky))[SKY].max() <= 10


FLAT = {
    'black': np.zeros((200, 300, 3), np.uint8),
    'gray': np.full((200, 300, 3), 20, np.uint8),
    'colour': np.full((200, 300, 3), (90, 40, 10), np.uint8),
    'white': np.full((200, 300, 3), 255, np.uint8),
    'noise in black': noise(0, 1, 3, 200),
    'noise in gray': np.repeat(noise(19, 21, 1, 200), 3, 2),
    'tiny': np.full((1, 2, 3), 70, np.uint8),
}


@pytest.mark.parametrize('picture', FLAT.values(), ids=FLAT)
@pytest.mark.parametrize('name', [*HISTOGRAM, *RETINEX])
def test_pictures_without_detail_stay(name: str, picture: np.ndarray) -> None:
    enhanced = method(name).enhance_array(picture)
    assert np.abs(enhanced.astype(int) - picture).max() <= 1


@pytest.mark.parametrize('level', [0, 30, 128, 230])
def test_flat_areas_keep_their_value_under_adaptive_equalisation(level: int) -> None:
    enhanced = method('ahe').enhance_array(scene(level))
    assert (enhanced[:120] == level).all()


@pytest.mark.parametrize('name', ['he', 'npe'])
@pytest.mark.parametrize('level', [0, 5, 30, 128])
def test_flat_areas_stay_flat_and_get_no_darker(name: str, level: int) -> None:
    sky = method(name).enhance_array(scene(level))[SKY]
    assert np.ptp(sky) <= 1
    assert sky.min() >= level


@pytest.mark.parametrize('depth', ['8', '16'])
@pytest.mark.parametrize('name', ['he', 'ahe'])
def test_depths_agree(name: str, depth: str) -> None:
    levels = torch.from_numpy(scene(0)).permute(2, 0, 1)[None] / 255
    image = levels if depth == '8' else (levels * 65535 + (levels > 0) * 0.2).round() / 65535
    light = method(name).enhance_light(image)
    assert not light[:, :, SKY].any()
    assert light[:, :, 130:].mean() > 1.3 * image[:, :, 130:].mean()


@pytest.mark.parametrize(
    ('enhancer', 'expected'),
    [
        (HistogramEqualization('rgb', keep_flat=True), cv2.equalizeHist),
        (CLAHE(0, channel='rgb', keep_flat=True), cv2.createCLAHE(0, (8, 8)).apply),
        (CLAHE(2, channel='rgb', keep_flat=True), cv2.createCLAHE(2, (8, 8)).apply),
    ],
    ids=['he', 'ahe', 'clahe'],
)
def test_without_flat_areas_it_is_opencv(enhancer: ClassicalEnhancer, expected: object) -> None:
    picture = astronaut(0.5) // 2 * 2 + np.random.default_rng(0).integers(0, 9, (256, 256, 1))
    picture = picture.astype(np.uint8)
    planes = [expected(np.ascontiguousarray(plane)) for plane in cv2.split(picture)]  # type: ignore[operator]
    assert np.array_equal(enhancer.enhance_array(picture), cv2.merge(planes))
