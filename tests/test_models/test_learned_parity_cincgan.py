"""CinCGAN's networks and inner training step equal the reference.

What travels with the project was recorded from this implementation when it matched the reference:
smaller images, and a training step of smaller networks.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import nn

from mmenlighten.models import EDSR, CinCGAN, CinCGANGenerator, PatchDiscriminator
from tests.golden import (
    REPOSITORY,
    assert_close,
    fill_by_rule,
    learned_folder,
    probe,
    read_seed,
    rule_image,
)


def discriminator(stride: int) -> nn.ModuleDict:
    """Under the name ``features``, which the reference has it under."""
    network = PatchDiscriminator(num_downs=3, padding=1, norm='batch', stride=stride)
    return nn.ModuleDict(dict(features=network.model))


NETWORKS = {
    'generator': lambda: CinCGANGenerator(),
    'generator_3': lambda: CinCGANGenerator(stride=2),
    'edsr_small': lambda: EDSR(base_channels=16, num_blocks=2),
}
DISCRIMINATORS = {'discriminator_inner': 1, 'discriminator_outer': 2}

STEPS = {'travelling': (8, (2, 3, 16, 16)), 'full': (64, (4, 3, 32, 32))}
"""Channels of all networks, and shape of the images of a training step."""


@pytest.fixture(params=STEPS)
def source(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def folder(source: str) -> Path:
    if source == 'full':
        return learned_folder('cincgan')
    return REPOSITORY / 'tests' / 'data' / 'learned' / 'cincgan'


@pytest.mark.parametrize('name', NETWORKS)
def test_generators(name: str, folder: Path) -> None:
    golden, seed = np.load(folder / 'networks.npz'), read_seed(folder)
    network = fill_by_rule(NETWORKS[name](), name, seed)
    image = rule_image(name, tuple(golden[f'{name}_shape']), seed)
    with torch.no_grad():
        result = network(image)
    assert_close((result + 1) / 2, golden[f'{name}_output'], 1e-5)


@pytest.mark.parametrize('name', DISCRIMINATORS)
def test_discriminators(name: str, folder: Path) -> None:
    golden, seed = np.load(folder / 'networks.npz'), read_seed(folder)
    network = fill_by_rule(discriminator(DISCRIMINATORS[name]), name, seed)['features']
    image = rule_image(name, tuple(golden[f'{name}_shape']), seed, low=0)
    with torch.no_grad():
        for mode in ('eval', 'train'):
            scores = network.train(mode == 'train')(image)
            assert_close(scores, golden[f'{name}_{mode}'], 1e-5)


def test_parameters() -> None:
    folder = learned_folder('cincgan')
    counts = json.loads((folder / 'parameter_counts.json').read_text())
    with torch.device('meta'):
        built = {name: build() for name, build in NETWORKS.items()}
        built |= {name: discriminator(stride) for name, stride in DISCRIMINATORS.items()}
        built['edsr_x4_32_256'] = EDSR()
    for name, network in built.items():
        assert sum(parameter.numel() for parameter in network.parameters()) == counts[name]
    order = json.loads((folder / 'parameter_order.json').read_text())
    for name, keys in order.items():
        assert [key for key, _ in built[name].named_parameters()] == keys


NAMES = {'generator': 'G_1', 'reverse_generator': 'G_2', 'discriminator': 'D_1'}
"""What the reference calls the networks of a training step."""


def build(channels: int, seed: int) -> tuple[CinCGAN, dict[str, nn.Module], OptimWrapperDict]:
    model = CinCGAN(
        data_preprocessor=dict(type='BaseDataPreprocessor'),
        generator=dict(type='CinCGANGenerator', base_channels=channels),
        discriminator=dict(
            type='PatchDiscriminator',
            base_channels=channels,
            num_downs=3,
            padding=1,
            norm='batch',
            stride=1,
        ),
    )
    networks = {name: getattr(model, name) for name in NAMES}
    networks['discriminator'] = nn.ModuleDict(dict(features=model.discriminator.model))
    for name, network in networks.items():
        fill_by_rule(network, NAMES[name], seed).double()
        for parameter in network.parameters():
            if parameter.dim() == 4 and name != 'discriminator':
                parameter.data.mul_(0.8)  # as in the reference: images would explode
    model.train()
    adam = {
        name: OptimWrapper(torch.optim.Adam(network.parameters(), lr=2e-4, betas=(0.5, 0.999)))
        for name, network in networks.items()
    }
    return model, networks, OptimWrapperDict(**adam)


def test_two_iterations(source: str, folder: Path) -> None:
    channels, shape = STEPS[source]
    golden, seed = np.load(folder / 'training_step.npz'), read_seed(folder)
    model, networks, optimizers = build(channels, seed)
    gradients: dict[str, list[torch.Tensor]] = {}
    for name, network in networks.items():

        def keep(*_: object, name: str = name, network: nn.Module = network) -> None:
            gradients[name] = [parameter.grad.clone() for parameter in network.parameters()]

        optimizers[name].optimizer.register_step_pre_hook(keep)
    start = {name: [p.detach().clone() for p in net.parameters()] for name, net in networks.items()}

    for iteration in range(2):
        inputs = {
            ours: 2 * rule_image(f'inner_{iteration}_{theirs}', shape, seed, low=0).double() - 1
            for ours, theirs in (('low', 'noisy'), ('normal', 'clean'))
        }
        losses = model.train_step(dict(inputs=inputs), optimizers)
        for ours, theirs in (
            ('generator', 'adversarial'),
            ('cycle_low', 'cycle'),
            ('identity_normal', 'identity'),
            ('total_variation', 'tv'),
            ('discriminator', 'D'),
        ):
            assert_close(losses[f'loss_{ours}'], golden[f'inner_{iteration}_loss_{theirs}'], 1e-12)
        for name, network in networks.items():
            norms, gradient_probes, change_probes = [], [], []
            for (key, parameter), gradient, first in zip(
                network.named_parameters(), gradients[name], start[name], strict=True
            ):
                direction = probe(f'{NAMES[name]}/{key}', tuple(parameter.shape), seed)
                norms.append(gradient.norm())
                gradient_probes.append((gradient * direction).sum())
                change_probes.append(((parameter.detach() - first) * direction).sum())
            prefix = f'inner_{iteration}_{NAMES[name]}'
            expected = golden[f'{prefix}_grad_norm_and_probe']
            assert_close(torch.stack(norms), expected[:, 0], 1e-9)
            assert_close(torch.stack(gradient_probes), expected[:, 1], 1e-9)
            assert_close(torch.stack(change_probes), golden[f'{prefix}_param_probe'], 1e-8)
        assert_close(
            model.discriminator.model[3].running_var,
            golden[f'inner_{iteration}_D_1_running_var_of_features_3'],
            1e-12,
        )
