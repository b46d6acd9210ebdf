"""Losses of our reading of UD-GAN equal the formulas of the specification."""

from __future__ import annotations

import numpy as np

from mmenlighten.models import BlurGradientLoss, LuminanceAdjustment
from tests.golden import assert_close, learned_folder, read_seed, rule_image


def test_blur_gradient_loss() -> None:
    folder = learned_folder('unsupervised_deraining')
    golden, seed = np.load(folder / 'losses.npz'), read_seed(folder)
    rainy, derained = (
        rule_image(name, (2, 3, 64, 72), seed).double() for name in ('rainy', 'derained')
    )
    for sigma in (3, 5, 9):
        term = BlurGradientLoss(sigmas=[sigma], weights=[1.0])(derained, rainy)
        assert_close(term, golden[f'blur_gradient_sigma_{sigma}'], 1e-12)
    derained.requires_grad_()
    loss = BlurGradientLoss()(derained, rainy)
    loss.backward()
    assert_close(loss, golden['blur_gradient_loss'], 1e-12)
    assert_close(derained.grad, golden['blur_gradient_input_gradient'], 1e-9)


def test_luminance_adjustment() -> None:
    folder = learned_folder('unsupervised_deraining')
    golden, seed = np.load(folder / 'losses.npz'), read_seed(folder)
    clean = rule_image('clean', (2, 3, 24, 20), seed, low=0).double()
    derained = rule_image('derained01', (2, 3, 24, 20), seed, low=0, high=0.7).double()
    adjusted = LuminanceAdjustment()(2 * clean - 1, 2 * derained - 1)
    assert_close((adjusted + 1) / 2, golden['luminance_adjusted_real'], 1e-12)
