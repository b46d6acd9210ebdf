"""LIME: its three solvers against plain ones and the output of the MATLAB program."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from torch import Tensor

from mmenlighten.models.classical.lime import LIME
from mmenlighten.models.classical.non_local_means import NonLocalMeans
from mmenlighten.utils.errors import ConfigError

from . import plain_methods
from .classical_tester import ClassicalTester, dark_scene
from .photographs import astronaut, psnr, reference, to_image, to_levels
from .plain_methods import precise_image


class TestRelease(ClassicalTester):
    config: ClassVar = dict(type='LIME')
    is_differentiable = True
    batch_tolerance = 1e-4


class TestSpedUp(ClassicalTester):
    config: ClassVar = dict(type='LIME', solver='spedup')
    is_differentiable = True
    batch_tolerance = 1e-4


class TestExact(ClassicalTester):
    config: ClassVar = dict(type='LIME', solver='exact')
    is_differentiable = True
    batch_tolerance = 1e-4


def levels(image: np.ndarray) -> np.ndarray:
    return (image.clip(0, 1) * 255).round().astype(np.uint8)


@pytest.mark.parametrize('name', ['astronaut256_dark', 'lol22'])
def test_release_is_the_program_of_the_authors(name: str) -> None:
    low = reference(f'inputs/{dict(lol22="lol_eval15_22_low").get(name, name)}.png')
    expected = reference(f'lime/{name}_SyZhang_octave.png')
    precise = LIME(tolerance=1e-8).enhance_light(precise_image(low))
    assert (to_levels(precise) == expected).mean() > 0.999
    assert psnr(to_levels(LIME().enhance_light(to_image(low))), expected) > 62


def plain_release(image: np.ndarray, weighting: int | None) -> np.ndarray:
    assert weighting is None
    return plain_methods.lime_release(image)


PLAIN = dict(
    release=plain_release, spedup=plain_methods.lime_spedup, exact=plain_methods.lime_exact
)


@pytest.mark.parametrize(
    ('solver', 'weighting'),
    [('release', None), *((s, w) for s in ('spedup', 'exact') for w in (1, 2, 3))],
)
def test_solvers_are_the_plain_ones(solver: Any, weighting: Any) -> None:
    low = astronaut(size=96)[:73]
    expected = levels(PLAIN[solver](low / 255, weighting))
    precise = LIME(solver, weighting, tolerance=1e-8).enhance_light(precise_image(low))
    assert (to_levels(precise) == expected).mean() > 0.999
    quick = LIME(solver, weighting).enhance_light(to_image(low))
    assert psnr(to_levels(quick), expected) > 60


def test_smaller_gamma_is_brighter() -> None:
    low = dark_scene()
    assert LIME(gamma=0.9).enhance_light(low).mean() > LIME(gamma=0.6).enhance_light(low).mean()


@pytest.mark.parametrize('solver', ['release', 'spedup'])
def test_gradient_is_that_of_the_solution(solver: Any) -> None:
    low = dark_scene(height=8, width=10).double().requires_grad_()
    enhancer = LIME(solver, tolerance=1e-12)
    probe = torch.rand(low.shape, generator=torch.Generator().manual_seed(0), dtype=low.dtype)

    def score(image: Tensor) -> Tensor:
        return (enhancer.enhance_light(image) * probe).sum()

    (gradient,) = torch.autograd.grad(score(low), low)
    direction = torch.rand(low.shape, generator=torch.Generator().manual_seed(1)).double() - 0.5
    step = 1e-7
    with torch.no_grad():
        slope = (score(low + step * direction) - score(low - step * direction)) / (2 * step)
    torch.testing.assert_close((gradient * direction).sum(), slope, rtol=1e-4, atol=1e-5)


def test_denoiser_sees_luma_and_works_where_it_was_dark() -> None:
    seen = []

    def erase(luma: Tensor) -> Tensor:
        seen.append(luma)
        return torch.full_like(luma, 16 / 255)  # black

    low = torch.full((1, 3, 30, 40), 0.1)
    low[..., 20:] = 1
    denoised = LIME(denoise=erase).enhance_light(low)
    plain = LIME().enhance_light(low)
    assert seen[0].shape == (1, 1, 30, 40)
    assert seen[0].max() <= 235 / 255 + 1e-6
    torch.testing.assert_close(denoised[..., 30:], plain[..., 30:], rtol=0, atol=0.05)
    assert (denoised[..., :10] < 0.3 * plain[..., :10]).all()


def test_non_local_means_from_a_config() -> None:
    enhancer = LIME(denoise=dict(type='NonLocalMeans', strength=20))
    noise = torch.randn(1, 3, 40, 52, generator=torch.Generator().manual_seed(0)) * 0.02
    low = (torch.full((1, 3, 40, 52), 0.15) + noise).clamp(0, 1)
    assert enhancer.enhance_light(low).mean(1).std() < 0.7 * LIME().enhance_light(low).mean(1).std()
    constant = torch.full((2, 1, 9, 8), 0.4)
    torch.testing.assert_close(NonLocalMeans()(constant), constant, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (dict(solver='fast'), "solver='fast' is unknown"),
        (dict(solver='exact', weighting=4), 'weighting=4 is unknown'),
        (dict(weighting=2), 'goes with the solvers'),
        (dict(gamma=0), 'gamma=0 must be positive'),
        (dict(alpha=-1), 'alpha=-1 must not be negative'),
    ],
)
def test_settings_that_make_no_sense(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        LIME(**settings)


def test_sizes_of_the_denoiser_are_odd() -> None:
    with pytest.raises(ConfigError, match='template_size=4 must be odd'):
        NonLocalMeans(template_size=4)
