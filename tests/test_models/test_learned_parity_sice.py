"""SICE-net equals the authors' networks, losses and split, of which the goldens are made."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from mmenlighten.models import AbsoluteSumLoss, BlockSSIMLoss, EuclideanLoss, SICENet
from mmenlighten.models.layers import WLSDecompose
from tests.golden import (
    assert_close,
    fill_by_rule,
    learned_or_travelling_folder,
    probe,
    read_seed,
    rule_input,
)

PARAMETERS = {1: 557_443, 2: 560_323, 3: 655_408}
LOSSES = dict(ssim=BlockSSIMLoss, euclidean=EuclideanLoss, l1=AbsoluteSumLoss)

Arrays = dict[str, np.ndarray]


@pytest.fixture(scope='module')
def folder() -> Path:
    """The full goldens, or else those that travel with the project, which are a part of them."""
    return learned_or_travelling_folder('sice')


@pytest.fixture(scope='module')
def seed(folder: Path) -> int:
    return read_seed(folder)


@pytest.fixture(scope='module')
def golden(folder: Path) -> Arrays:
    return dict(np.load(folder / 'sice.npz'))


def build(variant: int, seed: int) -> SICENet:
    network = SICENet(variant)  # type: ignore[arg-type]
    fill_by_rule(network, f'sice_model{variant}', seed)
    return network


def enhance(network: SICENet, name: str, shape: tuple[int, int, int], seed: int) -> Tensor:
    """What a network makes, in [0, 1], of an image and two parts by rule, in its type."""
    number, height, width = shape
    like = network.trunk[0]
    dtype = network.get_parameter(f'{like}.weight').dtype
    image = rule_input(f'sice/{name}_rgb', (number, 3, height, width), seed)
    parts = [
        rule_input(f'sice/{name}_{part}', (number, 1, height, width), seed, low, high)
        for part, low, high in (('lumin', 0, 1), ('detail', -0.3, 0.3))
    ]
    result: Tensor = network(2 * image.to(dtype) - 1, torch.cat(parts, dim=1).to(dtype))
    return (result + 1) / 2


def products(network: SICENet, values: dict[str, Tensor], seed: int) -> Tensor:
    name = f'sice_model{network.variant}'
    return torch.stack(
        [(v * probe(f'{name}/{key}', tuple(v.shape), seed)).sum() for key, v in values.items()]
    )


@pytest.mark.parametrize('variant', PARAMETERS)
def test_parameters(folder: Path, variant: int) -> None:
    shapes = json.loads((folder / 'shapes.json').read_text())[f'model{variant}']
    with torch.device('meta'):
        state = SICENet(variant).state_dict()  # type: ignore[arg-type]
    assert {key: list(value.shape) for key, value in state.items()} == shapes
    assert sum(value.numel() for value in state.values()) == PARAMETERS[variant]


@pytest.mark.parametrize('case', [0, 1])
@pytest.mark.parametrize('variant', PARAMETERS)
def test_outputs(golden: Arrays, seed: int, variant: int, case: int) -> None:
    if f'model{variant}_case{case}_output' not in golden:
        pytest.skip('only in the full goldens')
    shapes = [(2, 24, 32), (1, 28, 36) if variant == 3 else (1, 27, 35)]
    with torch.no_grad():
        output = enhance(build(variant, seed), f'case{case}', shapes[case], seed)
    assert_close(output, golden[f'model{variant}_case{case}_output'], 1e-5)


@pytest.mark.parametrize('variant', PARAMETERS)
def test_two_steps(golden: Arrays, seed: int, variant: int) -> None:
    network, loss = build(variant, seed).double(), EuclideanLoss()
    parameters = dict(network.named_parameters())
    start = {key: value.detach().clone() for key, value in parameters.items()}
    optimizer = torch.optim.Adam(parameters.values(), lr=1e-4)
    losses = []
    for step in range(2):
        output = enhance(network, f'train{step}', (2, 32, 40), seed)
        target = rule_input(f'sice/train{step}_target', (2, 3, 32, 40), seed).double()
        losses.append(loss(output, target))
        optimizer.zero_grad()
        losses[-1].backward()
        if step == 0:
            gradients = {key: p.grad for key, p in parameters.items() if p.grad is not None}
            expected = golden[f'model{variant}_step0_grad_norm_and_probe']
            norms = torch.stack([gradient.norm() for gradient in gradients.values()])
            assert_close(norms, expected[:, 0], 1e-9)
            assert_close(products(network, gradients, seed), expected[:, 1], 1e-9)
        optimizer.step()
    assert_close(torch.stack(losses), golden[f'model{variant}_step_losses_euclidean'], 1e-12)
    changes = {key: parameters[key] - start[key] for key in parameters}
    expected = golden[f'model{variant}_step_param_probe_torch_adam']
    assert_close(products(network, changes, seed), expected, 1e-8)


@pytest.mark.parametrize('shape', [(2, 3, 32, 40), (1, 3, 27, 35)])
def test_losses(golden: Arrays, seed: int, shape: tuple[int, int, int, int]) -> None:
    index = int(shape[0] == 1)
    x, y = (rule_input(f'sice/loss{index}_{name}', shape, seed).double() for name in 'xy')
    x.requires_grad_()
    for name, loss in LOSSES.items():
        value = loss()(x, y)
        assert_close(value, golden[f'loss{index}_{name}'], 1e-12)
        if (expected := golden.get(f'loss{index}_{name}_grad')) is not None:
            [gradient] = torch.autograd.grad(value, x)
            assert_close(gradient, expected, 1e-6)


@pytest.mark.parametrize('size', [(24, 32), (19, 27)])
def test_split(golden: Arrays, seed: int, size: tuple[int, int]) -> None:
    index = int(size == (19, 27))
    levels = rule_input(f'sice/wls{index}', (3, *size), seed, 0, 256).floor()
    image = (levels / 127.5 - 1)[None]
    parts = WLSDecompose(tolerance=1e-9)(image)[0]
    for part, name in zip(parts, ('lumin', 'detail'), strict=True):
        assert_close(part, golden[f'wls{index}_{name}'], 1e-6)
    as_enhanced = WLSDecompose()(image)[0]
    torch.testing.assert_close(as_enhanced, parts, rtol=0, atol=2e-3)
