"""JED against a direct solver and the pictures of the authors."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from mmenlighten.models.classical.jed import JED
from mmenlighten.utils.errors import ConfigError

from . import plain_methods
from .classical_tester import ClassicalTester, dark_scene
from .photographs import astronaut, psnr, reference, to_image, to_levels
from .plain_methods import precise_image


class TestJED(ClassicalTester):
    config: ClassVar = dict(type='JED')
    is_differentiable = True
    batch_tolerance = 1e-3


def test_picture_of_the_authors() -> None:
    enhanced = JED().enhance_light(to_image(reference('jed/1_input.png')))
    assert psnr(to_levels(enhanced), reference('jed/1_official_p.png')) > 45


def test_reference_output() -> None:
    enhanced = JED().enhance_light(to_image(reference('inputs/astronaut256_dark.png')))
    expected = reference('jed/astronaut256_dark_proto_JED.png')
    assert psnr(to_levels(enhanced), expected) > 55


def test_it_is_the_plain_one() -> None:
    low = astronaut(size=64)[:49]
    expected = (plain_methods.jed(low / 255).clip(0, 1) * 255).round()
    precise = JED(tolerance=1e-9).enhance_light(precise_image(low))
    assert (to_levels(precise) == expected).mean() > 0.999
    assert psnr(to_levels(JED().enhance_light(to_image(low))), expected) > 50


def test_edges_grow_more_than_noise() -> None:
    low = dark_scene()
    plain = JED(gain=0).enhance_light(low)
    strong = JED(gain=16).enhance_light(low)
    assert strong.std() > plain.std()
    assert JED(beta=1).enhance_light(low).diff(dim=-1).abs().median() < (
        JED(beta=0).enhance_light(low).diff(dim=-1).abs().median()
    )


@pytest.mark.parametrize('setting', [dict(gamma=0), dict(tolerance=0), dict(alpha=-1)])
def test_settings_that_make_no_sense(setting: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match='must'):
        JED(**setting)
