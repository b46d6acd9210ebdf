"""Perceptual, style and total variation losses equal the released program of Johnson et al."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from mmenlighten.models import PerceptualLoss, StyleLoss, TVLoss
from tests.golden import (
    learned_or_travelling_folder,
    probe,
    read_seed,
    rule_input,
    rule_tensor,
)

LAYERS = ('relu1_2', 'relu2_2', 'relu3_3', 'relu4_3')
SHAPE = (2, 3, 40, 48)
CAFFE = dict(weights='untrained', preprocessing='caffe_mean')


@pytest.fixture(scope='module')
def folder() -> Path:
    """The full goldens, or else those that travel with the project."""
    return learned_or_travelling_folder('perceptual')


@pytest.fixture(scope='module')
def seed(folder: Path) -> int:
    return read_seed(folder)


@pytest.fixture(scope='module')
def golden(folder: Path) -> dict[str, np.ndarray]:
    return dict(np.load(folder / 'perceptual.npz'))


def filled(loss: PerceptualLoss, seed: int) -> PerceptualLoss:
    """The loss with features of a rule-filled VGG-16, in float64."""
    loss.features.set_weights(
        {
            f'{layer}.{kind}': rule_tensor(f'vgg16/{layer}.{kind}', size, seed)
            for layer, shape in loss.features.shapes.items()
            for kind, size in (('weight', shape), ('bias', shape[:1]))
        }
    )
    return loss.double()


def check(golden: dict[str, np.ndarray], name: str, loss: Tensor, x: Tensor, seed: int) -> None:
    """Compares value and gradient with respect to the picture."""
    assert loss.item() == pytest.approx(golden[name].item(), rel=1e-12)
    (gradient,) = torch.autograd.grad(loss, x)
    direction = probe('perceptual/x', SHAPE, seed)
    found = torch.stack([gradient.norm(), (gradient * direction).sum()])
    expected = torch.from_numpy(golden[f'grad_norm_and_probe_{name}'])
    assert (found - expected).abs().max() <= 1e-9 * expected.abs().max()


def pictures(seed: int) -> tuple[Tensor, Tensor]:
    x, y = (rule_input(f'perceptual/{name}', SHAPE, seed).double() for name in 'xy')
    return x.requires_grad_(), y


@pytest.mark.parametrize('layer', LAYERS)
def test_content(golden: dict[str, np.ndarray], seed: int, layer: str) -> None:
    x, y = pictures(seed)
    loss = filled(PerceptualLoss({layer: 1.0}, CAFFE), seed)
    check(golden, f'content_{layer}', loss(x, y), x, seed)


@pytest.mark.parametrize('norm', ['mean', 'frobenius'])
@pytest.mark.parametrize('layer', LAYERS)
def test_style(golden: dict[str, np.ndarray], seed: int, layer: str, norm: str) -> None:
    x, y = pictures(seed)
    loss = filled(StyleLoss('style.png', {layer: 1.0}, norm, features=CAFFE), seed)
    style = rule_input('perceptual/style', (1, 3, 32, 56), seed).double()
    loss._grams_of_style = loss._grams(style)
    check(golden, f'style_{norm}_{layer}', loss(x, y), x, seed)


def test_total_variation(golden: dict[str, np.ndarray], seed: int) -> None:
    x, _ = pictures(seed)
    check(golden, 'tv_half_sum', TVLoss()(x), x, seed)
