"""SRIE against a plain iteration and reference outputs."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
import torch

from mmenlighten.models.classical.srie import SRIE
from mmenlighten.utils.errors import ConfigError

from . import plain_methods
from .classical_tester import ClassicalTester, dark_scene
from .photographs import astronaut, psnr, reference, to_image, to_levels


class TestSRIE(ClassicalTester):
    config: ClassVar = dict(type='SRIE')
    is_differentiable = True
    batch_tolerance = 1e-4


@pytest.mark.parametrize(
    ('low', 'expected'),
    [('astronaut256_dark', 'astronaut256_dark_proto_SRIE'), ('lol_eval15_1_low', 'srie_proto_1')],
)
def test_reference_outputs(low: str, expected: str) -> None:
    enhanced = SRIE().enhance_light(to_image(reference(f'inputs/{low}.png')))
    assert psnr(to_levels(enhanced), reference(f'srie/{expected}.png')) > 60


@pytest.mark.parametrize('size', [(40, 56), (41, 55)])
def test_decomposition_is_the_plain_one(size: tuple[int, int]) -> None:
    value = astronaut(size=64)[: size[0], : size[1]].max(2)
    expected = plain_methods.srie(value.astype(float), steps=30)
    found = SRIE(stop=0, most_steps=30).decompose(torch.from_numpy(value).double()[None])
    for one, other in zip(found, expected):
        np.testing.assert_allclose(one[0].numpy(), other, rtol=1e-9)


def test_hue_and_saturation_stay() -> None:
    low = dark_scene() + 0.01
    enhanced = SRIE().enhance_light(low)
    ratio = enhanced / low
    torch.testing.assert_close(ratio.amax(1), ratio.amin(1))


def test_it_stops_once_little_changes() -> None:
    low = dark_scene()
    early = SRIE(stop=100, most_steps=100).enhance_light(low)
    torch.testing.assert_close(early, SRIE(stop=0, most_steps=3).enhance_light(low))


def test_black_pixels_take_the_light_around_them_and_a_black_picture_stays_black() -> None:
    low = torch.full((1, 3, 12, 14), 0.2)
    low[..., 5, 5] = 0
    assert SRIE().enhance_light(low)[..., 5, 5].min() > 0
    assert SRIE().enhance_light(torch.zeros(1, 3, 12, 14)).max() == 0


@pytest.mark.parametrize('setting', [dict(penalty=0), dict(gamma=-1), dict(stop=-1)])
def test_settings_that_make_no_sense(setting: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match='must'):
        SRIE(**setting)
