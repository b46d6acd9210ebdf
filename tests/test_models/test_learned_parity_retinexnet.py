"""RetinexNet equals the official TensorFlow program: networks, all losses, two steps of a phase."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import Tensor, nn

from mmenlighten.models import DecomNet, RelightNet, RetinexNet
from tests.golden import (
    assert_close,
    learned_or_travelling_folder,
    probe,
    read_seed,
    rule_input,
    rule_tensor,
)

SHAPES = [(2, 3, 48, 48), (1, 3, 37, 53), (1, 3, 50, 70)]
TRAIN_SHAPES = [(2, 3, 48, 48), (2, 3, 48, 48), (1, 3, 37, 53)]

DECOM = ['shallow_feature_extraction', *(f'activated_layer_{i}' for i in range(5)), 'recon_layer']
RELIGHT = ('conv0', 'conv1', 'conv2', 'conv3', 'deconv1', 'deconv2', 'deconv3', 'fusion', 'output')
OFFICIAL = {f'decom.{name}': f'DecomNet/{name}' for name in DECOM} | {
    f'relight.{name}': f'RelightNet/conv2d{f"_{number}" if number else ""}'
    for number, name in enumerate(RELIGHT)
}
"""Official names of layers, by those of the generator."""

TERMS = dict(
    low='recon_loss_low',
    normal='recon_loss_high',
    mutual_low='recon_loss_mutal_low',
    mutual_normal='recon_loss_mutal_high',
    reflectance='equal_R_loss',
    smooth_low='Ismooth_loss_low',
    smooth_normal='Ismooth_loss_high',
    relit='relight_loss',
    smooth_relit='Ismooth_loss_delta',
)
"""Official names of the losses."""

PHASES = ['decom', 'relight']


@pytest.fixture(scope='module')
def folder() -> Path:
    """The full goldens, or else those that travel with the project, which are a part of them."""
    return learned_or_travelling_folder('retinexnet')


@pytest.fixture(scope='module')
def seed(folder: Path) -> int:
    return read_seed(folder)


@pytest.fixture(scope='module')
def golden(folder: Path) -> dict[str, np.ndarray]:
    return {**np.load(folder / 'forward.npz'), **np.load(folder / 'training_step.npz')}


def official_name(name: str) -> str:
    layer, _, kind = name.rpartition('.')
    return f'retinexnet/{OFFICIAL[layer]}.{kind}'


def build(seed: int, phase: int = 0) -> RetinexNet:
    model = RetinexNet(
        generator=dict(type='RetinexNetGenerator'),
        data_preprocessor=dict(type='BaseDataPreprocessor'),
    )
    model.generator.load_state_dict(
        {
            name: rule_tensor(official_name(name), tuple(value.shape), seed)
            for name, value in model.generator.state_dict().items()
        }
    )
    model.begin_phase(phase)
    return model


def pair(case: int, seed: int) -> dict[str, Tensor]:
    """A training batch in [-1, 1]."""
    names = dict(low=('low', 0.3), normal=('high', 1.0))
    shape = TRAIN_SHAPES[case]
    return {
        kind: 2 * rule_input(f'retinexnet/train{case}_{name}', shape, seed, 0, top).double() - 1
        for kind, (name, top) in names.items()
    }


def test_parameters(folder: Path) -> None:
    order = json.loads((folder / 'parameter_order.json').read_text())
    with torch.device('meta'):
        networks = dict(decom=DecomNet(), relight=RelightNet())
    for (name, network), expected in zip(networks.items(), (207_748, 236_865), strict=True):
        assert sum(parameter.numel() for parameter in network.parameters()) == expected
        keys = [official_name(f'{name}.{key}') for key in network.state_dict()]
        assert keys == [f'retinexnet/{key}' for key in order[name]]


@pytest.mark.parametrize('case', [0, 1, 2])
def test_networks(golden: dict[str, np.ndarray], seed: int, case: int) -> None:
    if f'case{case}_R' not in golden:
        pytest.skip('only in the full goldens')
    generator = build(seed).generator
    stages: dict[str, Tensor] = {}
    record(generator.decom.shallow_feature_extraction, 'shallow', stages)
    record(generator.decom.activated_layer_4, 'act4', stages, nn.ReLU())
    for level in range(4):
        activation = nn.ReLU() if level else nn.Identity()
        layer = generator.relight.get_submodule(f'conv{level}')
        record(layer, f'relight_conv{level}', stages, activation)
    record(generator.relight.fusion, 'relight_fusion', stages)
    image = rule_input(f'retinexnet/case{case}', SHAPES[case], seed, 0, 0.3)
    with torch.no_grad():
        reflectance, illumination = generator.decom(image)
        adjusted = generator.relight(reflectance, illumination)
        enhanced = (generator.enhance_padded(2 * image - 1) + 1) / 2
    found = dict(R=reflectance, I=illumination, I_delta=adjusted, S=enhanced)
    expected = {name: golden.get(f'case{case}_{name}') for name in found}
    if expected['S'] is None:
        expected['S'] = expected['R'] * expected['I_delta']
    for name, value in found.items():
        assert_close(value, expected[name], 1e-5)
    for name, value in stages.items():
        shape, product = tuple(value.shape), probe(f'retinexnet/stage/{name}', value.shape, seed)
        numbers = [*shape, value.mean(), value.std(correction=0), (value * product).sum()]
        actual = torch.tensor(numbers, dtype=torch.float64)
        np.testing.assert_allclose(actual, golden[f'case{case}_stage_{name}'], 1e-4, 1e-4)


def record(
    layer: nn.Module, name: str, stages: dict[str, Tensor], activation: nn.Module | None = None
) -> None:
    """Keeps what a layer gives, once."""

    def hook(module: nn.Module, inputs: object, output: Tensor) -> None:
        stages.setdefault(name, output if activation is None else activation(output))

    layer.register_forward_hook(hook)


@pytest.mark.parametrize('case', [0, 1, 2])
def test_losses_and_gradients(golden: dict[str, np.ndarray], seed: int, case: int) -> None:
    if f'train{case}_loss_Decom' not in golden:
        pytest.skip('only in the full goldens')
    inputs = pair(case, seed)
    for phase, name in enumerate(PHASES):
        model = build(seed, phase).double()
        losses = model.compute_losses(inputs)
        for term, value in losses.items():
            assert_close(value, golden[f'train{case}_{TERMS[term]}'], 1e-12)
        total = sum(model.loss_weights[term] * value for term, value in losses.items())
        assert_close(total, golden[f'train{case}_loss_{name.title()}'], 1e-12)
        expected = golden.get(f'train{case}_{name}_grad_norm_and_probe')
        if expected is None:
            continue
        total.backward()
        other = model.generator.get_submodule(PHASES[1 - phase])
        assert all(parameter.grad is None for parameter in other.parameters())
        gradients = {
            key: parameter.grad
            for key, parameter in model.generator.named_parameters()
            if key.startswith(name)
        }
        norms = torch.stack([gradient.norm() for gradient in gradients.values()])
        assert_close(norms, expected[:, 0], 1e-9)
        assert_close(products(gradients, seed), expected[:, 1], 1e-9)


def products(values: dict[str, Tensor], seed: int) -> Tensor:
    """Products of tensors with their probes."""
    return torch.stack(
        [
            (value * probe(official_name(name), tuple(value.shape), seed)).sum()
            for name, value in values.items()
        ]
    )


@pytest.mark.parametrize('phase', [0, 1])
def test_two_steps(golden: dict[str, np.ndarray], seed: int, phase: int) -> None:
    name, model = PHASES[phase], build(seed, phase).double()
    wrapper = OptimWrapper(torch.optim.Adam(model.generator.parameters(), lr=1e-3))
    start = {key: value.clone() for key, value in model.generator.state_dict().items()}
    totals = []
    for case in (0, 1):
        data = dict(inputs=pair(case, seed))
        losses = model.train_step(data, OptimWrapperDict(generator=wrapper))
        terms = [
            model.loss_weights[term.removeprefix('loss_')] * loss for term, loss in losses.items()
        ]
        totals.append(torch.stack(terms).sum())
    assert_close(torch.stack(totals), golden[f'step_{name}_losses'], 1e-9)
    changes = {key: value - start[key] for key, value in model.generator.state_dict().items()}
    learned = {key: change for key, change in changes.items() if key.startswith(name)}
    assert not any(change.any() for key, change in changes.items() if key not in learned)
    assert_close(products(learned, seed), golden[f'step_{name}_param_probe_torch_adam'], 1e-8)
