"""The robust Retinex model against a direct solver and the official pictures."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from mmenlighten.models.classical.robust_retinex import RobustRetinex
from mmenlighten.utils.errors import ConfigError

from . import plain_methods
from .classical_tester import ClassicalTester
from .photographs import astronaut, psnr, reference, to_image, to_levels
from .plain_methods import precise_image


class TestRobustRetinex(ClassicalTester):
    config: ClassVar = dict(type='RobustRetinex')
    is_differentiable = True
    batch_tolerance = 1e-3


def test_official_picture() -> None:
    enhanced = RobustRetinex().enhance_light(to_image(reference('robust_retinex/1_input.png')))
    assert psnr(to_levels(enhanced), reference('robust_retinex/1_official_p.png')) > 43


def test_reference_output() -> None:
    enhanced = RobustRetinex().enhance_light(to_image(reference('inputs/astronaut256_dark.png')))
    expected = reference('robust_retinex/astronaut256_dark_proto_RobustRetinex.png')
    assert psnr(to_levels(enhanced), expected) > 55


@pytest.mark.parametrize('steps', [1, 2, 4])
def test_it_is_the_plain_one(steps: int) -> None:
    low = astronaut(factor=0.3, size=64)[:49]
    expected = (plain_methods.robust_retinex(low / 255, steps).clip(0, 1) * 255).round()
    precise = RobustRetinex(steps=steps, tolerance=1e-10).enhance_light(precise_image(low))
    assert (to_levels(precise) == expected).mean() > 0.999
    assert psnr(to_levels(RobustRetinex(steps=steps).enhance_light(to_image(low))), expected) > 48


@pytest.mark.parametrize('setting', [dict(gamma=0), dict(omega=0), dict(beta=-1), dict(steps=0)])
def test_settings_that_make_no_sense(setting: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match='must'):
        RobustRetinex(**setting)
