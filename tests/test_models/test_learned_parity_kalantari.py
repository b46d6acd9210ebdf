"""KalantariHDR equals the numbers of an independent version: outputs, gradients, two steps."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from mmenlighten.models import KalantariHDR
from tests.golden import (
    assert_close,
    learned_or_travelling_folder,
    probe,
    read_seed,
    rule_input,
    rule_tensor,
)

PARAMETERS = dict(direct=383_603, we=383_909, wie=384_368)
SHAPES = [(1, 9, 33, 41), (2, 9, 24, 24)]
EXPOSURES = torch.tensor([0.25, 1.0, 4.0])


@pytest.fixture(scope='module')
def folder() -> Path:
    """The full goldens, or else those that travel with the project, which are the same."""
    return learned_or_travelling_folder('kalantari_hdr')


@pytest.fixture(scope='module')
def seed(folder: Path) -> int:
    return read_seed(folder)


@pytest.fixture(scope='module')
def golden(folder: Path) -> dict[str, np.ndarray]:
    return dict(np.load(folder / 'kalantari.npz'))


@pytest.fixture(params=PARAMETERS)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


def build(kind: str, seed: int) -> KalantariHDR:
    network = KalantariHDR(kind)
    state = {
        name: rule_tensor(f'kalantari_{kind}/{name}', tuple(value.shape), seed)
        for name, value in network.state_dict().items()
    }
    network.load_state_dict(state)
    return network


def merge(network: KalantariHDR, ldr: Tensor) -> Tensor:
    """Radiance in [0, 1] without the margin."""
    exposures = EXPOSURES.to(ldr.dtype).expand(len(ldr), 3)
    inner = network(2 * ldr - 1, exposures, 'inner')
    assert isinstance(inner, Tensor)
    return (inner + 1) / 2


def mu_law(radiance: Tensor) -> Tensor:
    return torch.log(1 + 5000 * radiance) / np.log(5001)


def test_parameters(kind: str, folder: Path) -> None:
    network = KalantariHDR(kind)
    assert sum(parameter.numel() for parameter in network.parameters()) == PARAMETERS[kind]
    shapes = json.loads((folder / 'shapes.json').read_text())[kind]
    assert {name: list(value.shape) for name, value in network.state_dict().items()} == shapes


@pytest.mark.parametrize('case', [0, 1])
def test_outputs(golden: dict[str, np.ndarray], seed: int, kind: str, case: int) -> None:
    ldr = rule_input(f'kalantari/case{case}_ldr', SHAPES[case], seed)
    with torch.no_grad():
        network = build(kind, seed)
        merged = merge(network, ldr)
        whole = network(2 * ldr - 1, EXPOSURES.expand(len(ldr), 3))
    assert_close(merged, golden[f'{kind}_case{case}_output'], 1e-5)
    assert whole.shape == (len(ldr), 3, *ldr.shape[2:])
    torch.testing.assert_close((whole[..., 6:-6, 6:-6] + 1) / 2, merged)


def test_two_steps(golden: dict[str, np.ndarray], seed: int, kind: str) -> None:
    network = build(kind, seed).double()
    parameters = dict(network.named_parameters())
    directions = {
        name: probe(f'kalantari_{kind}/{name}', tuple(value.shape), seed)
        for name, value in parameters.items()
    }
    start = {name: value.detach().clone() for name, value in parameters.items()}
    optimizer = torch.optim.Adam(parameters.values(), lr=1e-4)
    losses = []
    for step in range(2):
        ldr = rule_input(f'kalantari/train{step}_ldr', (2, 9, 40, 40), seed).double()
        target = rule_input(f'kalantari/train{step}_hdr', (2, 3, 28, 28), seed).double()
        losses.append((mu_law(merge(network, ldr)) - mu_law(target)).square().mean())
        optimizer.zero_grad()
        losses[-1].backward()
        if step == 0:
            gradients = [value.grad for value in parameters.values()]
            expected = golden[f'{kind}_step0_grad_norm_and_probe']
            norms = torch.stack([gradient.norm() for gradient in gradients if gradient is not None])
            assert_close(norms, expected[:, 0], 1e-9)
            products = [(value.grad * directions[name]).sum() for name, value in parameters.items()]
            assert_close(torch.stack(products), expected[:, 1], 1e-9)
        optimizer.step()
    assert_close(torch.stack(losses), golden[f'{kind}_step_losses'], 1e-12)
    changes = [
        ((value - start[name]) * directions[name]).sum() for name, value in parameters.items()
    ]
    assert_close(torch.stack(changes), golden[f'{kind}_step_param_probe_torch_adam'], 1e-8)


def test_traces_hold_at_other_sizes_and_exposures(kind: str) -> None:
    network = KalantariHDR(kind, (4, 4, 4)).eval()
    example = torch.rand(1, 9, 20, 24), torch.tensor([[1.0, 4.0, 16.0]])
    traced = torch.jit.trace(network, example)
    other = torch.rand(2, 9, 31, 17) * 2 - 1, torch.tensor([[1.0, 8.0, 64.0], [1.0, 2.0, 4.0]])
    torch.testing.assert_close(traced(*other), network(*other))
