"""Losses of our reading of UD-GAN equal the formulas of the specification."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
import torch

from mmenlighten.models import BlurGradientLoss, LuminanceAdjustment
from tests.golden import REPOSITORY, assert_close, learned_folder, read_seed, rule_image

STEPS = {'travelling': ((8, 9), (6, 5)), 'full': ((1, 1), (1, 1))}
"""Which pixels of the gradient and of the adjusted images there are."""


@pytest.fixture(params=STEPS)
def source(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def golden(source: str) -> tuple[Mapping[str, np.ndarray], int]:
    """The values and their seed."""
    folder = REPOSITORY / 'tests' / 'data' / 'learned' / 'unsupervised_deraining'
    if source == 'full':
        folder = learned_folder('unsupervised_deraining')
    return np.load(folder / 'losses.npz'), read_seed(folder)


def thin(image: torch.Tensor, steps: tuple[int, int]) -> torch.Tensor:
    return image[..., :: steps[0], :: steps[1]]


def test_blur_gradient_loss(source: str, golden: tuple[Mapping[str, np.ndarray], int]) -> None:
    values, seed = golden
    rainy, derained = (
        rule_image(name, (2, 3, 64, 72), seed).double() for name in ('rainy', 'derained')
    )
    for sigma in (3, 5, 9):
        term = BlurGradientLoss(sigmas=[sigma], weights=[1.0])(derained, rainy)
        assert_close(term, values[f'blur_gradient_sigma_{sigma}'], 1e-12)
    derained.requires_grad_()
    loss = BlurGradientLoss()(derained, rainy)
    loss.backward()
    assert_close(loss, values['blur_gradient_loss'], 1e-12)
    assert derained.grad is not None
    gradient = thin(derained.grad, STEPS[source][0])
    assert_close(gradient, values['blur_gradient_input_gradient'], 1e-9)


def test_luminance_adjustment(source: str, golden: tuple[Mapping[str, np.ndarray], int]) -> None:
    values, seed = golden
    clean = rule_image('clean', (2, 3, 24, 20), seed, low=0).double()
    derained = rule_image('derained01', (2, 3, 24, 20), seed, low=0, high=0.7).double()
    adjusted = (LuminanceAdjustment()(2 * clean - 1, 2 * derained - 1) + 1) / 2
    assert_close(thin(adjusted, STEPS[source][1]), values['luminance_adjusted_real'], 1e-12)
