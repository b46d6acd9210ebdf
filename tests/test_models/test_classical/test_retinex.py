"""The Retinex methods: one and several scales, and the named forms with colour."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from mmenlighten.models.classical import ClassicalEnhancer
from mmenlighten.models.classical.operators.retinex import balance, log_ratio
from mmenlighten.registry import MODELS
from mmenlighten.utils.errors import ConfigError

from .classical_tester import ClassicalTester
from .photographs import astronaut, psnr, reference, to_image, to_levels

SCALES = (15, 80, 250)


class TestSingleScaleRetinex(ClassicalTester):
    config: ClassVar = dict(type='SingleScaleRetinex', sigma=9)
    is_differentiable = True


class TestMultiScaleRetinex(ClassicalTester):
    config: ClassVar = dict(type='MultiScaleRetinex')
    is_differentiable = True
    batch_tolerance = 1e-4


class TestKeepingFlat(ClassicalTester):
    config: ClassVar = dict(type='MultiScaleRetinex', keep_flat=True)
    is_differentiable = True
    batch_tolerance = 1e-4


class TestMultiScaleRetinexIPOL(ClassicalTester):
    config: ClassVar = dict(type='MultiScaleRetinexIPOL')
    is_differentiable = True
    batch_tolerance = 1e-4


class TestMultiScaleRetinexOpenCE(ClassicalTester):
    config: ClassVar = dict(type='MultiScaleRetinexOpenCE')
    is_differentiable = True
    batch_tolerance = 1e-4


class TestMultiScaleRetinexChromaticityPreserving(ClassicalTester):
    config: ClassVar = dict(type='MultiScaleRetinexChromaticityPreserving')
    is_differentiable = True
    batch_tolerance = 1e-4


def build(name: str, **options: Any) -> ClassicalEnhancer:
    enhancer: ClassicalEnhancer = MODELS.build(dict(type=name, **options))
    return enhancer


def retinex(light: np.ndarray, sigmas: tuple[float, ...]) -> np.ndarray:
    """Plainly, in float64, mirrored; (H, W, C)."""
    blurred = [gaussian_filter(light, (s, s, 0), mode='mirror') for s in sigmas]
    return np.log(light) - np.mean(np.log(blurred), axis=0)


def stretch(values: np.ndarray) -> np.ndarray:
    low, high = np.quantile(values, [0.01, 0.99], axis=(0, 1))
    return np.clip((values - low) / (high - low), 0, 1) * 255


def single_scale(x: np.ndarray) -> np.ndarray:
    return stretch(retinex(x, (80,)))


def multi_scale(x: np.ndarray) -> np.ndarray:
    return stretch(retinex(x, SCALES))


def ipol(x: np.ndarray) -> np.ndarray:
    restoration = 46 * (np.log(125 * x) - np.log(x.sum(2, keepdims=True)))
    return stretch(restoration * retinex(x, SCALES))


def chromaticity_preserving(x: np.ndarray) -> np.ndarray:
    intensity = x.mean(2, keepdims=True)
    out = stretch(retinex(intensity, SCALES)) + 1
    return x * np.minimum(256 / x.max(2, keepdims=True), out / intensity) - 1


FORMS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    'SingleScaleRetinex': single_scale,
    'MultiScaleRetinex': multi_scale,
    'MultiScaleRetinexIPOL': ipol,
    'MultiScaleRetinexChromaticityPreserving': chromaticity_preserving,
}


@pytest.mark.parametrize('name', FORMS)
def test_photograph_is_as_the_equations_say(name: str) -> None:
    picture = astronaut(0.12)
    expected = FORMS[name](picture + 1.0)
    enhanced = build(name).enhance_light(to_image(picture))[0].permute(1, 2, 0).numpy() * 255
    assert psnr(enhanced, expected) > 55


def test_ipol_form_of_the_references() -> None:
    picture = reference('inputs/astronaut256_dark.png')
    expected = reference('msrcr/astronaut256_dark_proto_MSRCR_ipol.png')
    enhanced = build('MultiScaleRetinexIPOL').enhance_light(to_image(picture))
    assert psnr(to_levels(enhanced), expected) > 50


@pytest.mark.parametrize('number', [1, 22])
def test_opence_form_of_the_references(number: int) -> None:
    picture = reference(f'inputs/lol_eval15_{number}_low.png')
    expected = reference(f'msrcr/lol_eval15_OpenCE_MSRCR_numpyport_{number}.png')
    enhanced = build('MultiScaleRetinexOpenCE').enhance_light(to_image(picture))
    assert psnr(to_levels(enhanced), expected) > 45


def test_opence_form_of_a_photograph() -> None:
    picture = astronaut(0.12)
    x = picture + 1.0
    blurred = [
        gaussian_filter(x, (s, s, 0), mode='nearest', radius=(2 * s, 2 * s, 0)) for s in SCALES
    ]
    ratio = np.log(x) - np.mean(np.log(np.array(blurred) + 1), axis=0) + 0.5
    values = (np.log(125 * x) - np.log(x.sum(2, keepdims=True))) * ratio
    low, high = values.min((0, 1)), values.max((0, 1))
    values = (values - low) / (high - low)
    for channel in range(3):
        counts, _ = np.histogram(np.floor(values[..., channel] * 255 + 0.5), 256, (0, 256))
        shares = counts.cumsum() / counts.sum()
        first, last = np.argmax(shares > 0.01) / 255, np.argmax(shares >= 0.99) / 255
        values[..., channel] = np.clip((values[..., channel] - first) / (last - first), 0, 1)
    enhanced = build('MultiScaleRetinexOpenCE').enhance_light(to_image(picture))
    assert psnr(enhanced[0].permute(1, 2, 0).numpy() * 255, values * 255) > 45


@pytest.mark.parametrize('name', ['MultiScaleRetinexChromaticityPreserving'])
def test_chromaticity_stays(name: str) -> None:
    image = to_image(astronaut(0.3, 64)) + 1 / 255
    light = build(name).enhance_light(image) + 1 / 255
    shares, before = (x / x.sum(1, keepdim=True) for x in (light, image + 0))
    assert (shares - before).abs().mean() < 0.01


def test_light_that_changes_slowly_is_taken_out() -> None:
    columns = torch.arange(400) / 400
    surfaces = (torch.arange(400) // 5 % 2) * 0.5 + 0.5
    image = (surfaces * (0.1 + 0.4 * columns)).expand(1, 3, 60, 400)
    light = build('SingleScaleRetinex', sigma=15).enhance_light(image)[0, 0, 30, 50:350]
    steps = light.reshape(-1, 5).mean(1)
    assert (steps[0::2] - steps[1::2]).std() < 0.05  # all surfaces of a kind look alike
    assert abs(steps[0::2].mean() - steps[1::2].mean()) > 0.5


def test_ratio_of_several_scales_is_their_mean() -> None:
    image = to_image(astronaut(0.3, 64)).double()
    sigmas = (2, 5, 11, 15)
    expected = torch.stack([log_ratio(image, [sigma]) for sigma in sigmas]).mean(0)
    torch.testing.assert_close(log_ratio(image, sigmas), expected)


def test_balance_cuts_a_percent_at_each_end() -> None:
    values = torch.rand(2, 3, 50, 60, generator=torch.Generator().manual_seed(0)) * 7 - 3
    stretched = balance(values.clone(), 1, values)
    assert ((stretched == 0).float().mean((2, 3)) - 0.01).abs().max() < 1e-3
    assert ((stretched == 1).float().mean((2, 3)) - 0.01).abs().max() < 1e-3


def test_channel_without_detail_stays() -> None:
    image = to_image(astronaut(0.3, 64))
    image[:, 2] = 0.25
    enhanced = build('MultiScaleRetinex').enhance_light(image)
    assert torch.equal(enhanced[:, 2], image[:, 2])
    assert enhanced[:, 0].std() > 2 * image[:, 0].std()


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (dict(sigmas=()), r'sigmas=\(\): give at least one'),
        (dict(sigmas=(5, -1)), 'all of them positive'),
        (dict(percent=50), 'percent=50 must be'),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build('MultiScaleRetinex', **options)
