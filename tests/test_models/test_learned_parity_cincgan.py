"""CinCGAN's networks and inner training step equal the reference."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from torch import nn

from mmenlighten.models import EDSR, CinCGANGenerator, PatchDiscriminator
from tests.golden import assert_close, fill_by_rule, learned_folder, read_seed, rule_image


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


@pytest.mark.parametrize('name', NETWORKS)
def test_generators(name: str) -> None:
    folder = learned_folder('cincgan')
    golden, seed = np.load(folder / 'networks.npz'), read_seed(folder)
    network = fill_by_rule(NETWORKS[name](), name, seed)
    image = rule_image(name, tuple(golden[f'{name}_shape']), seed)
    with torch.no_grad():
        result = network(image)
    assert_close((result + 1) / 2, golden[f'{name}_output'], 1e-5)


@pytest.mark.parametrize('name', DISCRIMINATORS)
def test_discriminators(name: str) -> None:
    folder = learned_folder('cincgan')
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
