"""CycleGAN equals the official PyTorch program: networks, pool, schedule, two iterations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from mmenlighten.models import GANLoss, PatchDiscriminator, PixelDiscriminator, ResnetGenerator
from tests.golden import (
    REPOSITORY,
    assert_close,
    fill_by_rule,
    learned_folder,
    probe,
    read_seed,
    rule_image,
    rule_noise,
)

TRAVELLING = REPOSITORY / 'tests' / 'data' / 'learned' / 'cyclegan'


class Goldens:
    """Files of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seed = read_seed(folder)
        self.networks = np.load(folder / 'networks.npz')

    def array(self, name: str) -> np.ndarray:
        """An array of ``networks.npz``, or a skip."""
        if name not in self.networks:
            pytest.skip(f'{name} is only in the full goldens')
        return self.networks[name]

    def json(self, name: str) -> Any:
        return json.loads((self.folder / f'{name}.json').read_text())


@pytest.fixture(scope='module', params=['travelling', 'full'])
def goldens(request: pytest.FixtureRequest) -> Goldens:
    return Goldens(TRAVELLING if request.param == 'travelling' else learned_folder('cyclegan'))


def cyclegan_discriminator(**options: Any) -> PatchDiscriminator:
    return PatchDiscriminator(**dict(num_downs=3, padding=1, norm='instance') | options)


def count(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def test_parameters(goldens: Goldens) -> None:
    counts, order = goldens.json('parameter_counts'), goldens.json('parameter_order')
    with torch.device('meta'):
        networks = {
            'generator_9': ResnetGenerator(),
            'generator_6': ResnetGenerator(num_blocks=6),
            'discriminator': cyclegan_discriminator(),
            'generator_small': ResnetGenerator(base_channels=16, num_blocks=6),
            'discriminator_small': cyclegan_discriminator(base_channels=16),
            'pixel_discriminator': PixelDiscriminator(),
        }
    assert {name: count(network) for name, network in networks.items()} == counts
    for name, keys in order.items():
        assert list(networks[name].state_dict()) == keys


@pytest.mark.parametrize('case', [0, 1])
@pytest.mark.parametrize('blocks', [9, 6])
def test_generator(goldens: Goldens, blocks: int, case: int) -> None:
    name = f'generator_{blocks}_case{case}'
    expected, shape = goldens.array(f'{name}_output'), goldens.array(f'{name}_shape')
    generator = fill_by_rule(ResnetGenerator(num_blocks=blocks), 'generator', goldens.seed)
    with torch.no_grad():
        result = generator.enhance_padded(rule_image(name, tuple(shape), goldens.seed))
    assert_close(result, expected, 1e-5)


def test_gradients_of_a_generator(goldens: Goldens) -> None:
    name, seed = 'generator_6_case1', goldens.seed
    generator = fill_by_rule(ResnetGenerator(num_blocks=6), 'generator', seed).double()
    image = rule_image(name, tuple(goldens.array(f'{name}_shape')), seed).double().requires_grad_()
    result = generator.enhance_padded(image)
    (result * rule_noise('output_weight', tuple(result.shape), seed)).sum().backward()
    assert_close(image.grad, goldens.array(f'{name}_input_gradient'), 1e-9)
    gradients = {key: p.grad for key, p in generator.named_parameters()}
    expected = goldens.array(f'{name}_grad_norm_and_probe')
    assert_gradients(gradients, expected, 'generator', seed)


def assert_gradients(
    gradients: dict[str, torch.Tensor], expected: np.ndarray, name: str, seed: int
) -> None:
    """Compares norms of gradients and their products with the probes."""
    products = {
        key: (gradient * probe(f'{name}/{key}', tuple(gradient.shape), seed)).sum()
        for key, gradient in gradients.items()
    }
    norms = torch.stack([gradient.norm() for gradient in gradients.values()])
    assert_close(norms, expected[:, 0], 1e-9)
    assert_close(torch.stack(list(products.values())), expected[:, 1], 1e-9)


@pytest.mark.parametrize('case', [0, 1])
def test_discriminator(goldens: Goldens, case: int) -> None:
    name = f'discriminator_case{case}'
    expected, shape = goldens.array(f'{name}_output'), goldens.array(f'{name}_shape')
    discriminator = fill_by_rule(cyclegan_discriminator(), 'discriminator', goldens.seed)
    assert_close(discriminator(rule_image(name, tuple(shape), goldens.seed)), expected, 1e-5)


@pytest.mark.parametrize('num_downs', [2, 4])
def test_discriminators_of_other_depths(goldens: Goldens, num_downs: int) -> None:
    name, shape = 'discriminator_case1', goldens.array('discriminator_case1_shape')
    discriminator = cyclegan_discriminator(num_downs=num_downs)
    fill_by_rule(discriminator, 'discriminator', goldens.seed)
    result = discriminator(rule_image(name, tuple(shape), goldens.seed))
    assert_close(result, goldens.array(f'discriminator_n_layers_{num_downs}_output'), 1e-5)


def test_pixel_discriminator(goldens: Goldens) -> None:
    discriminator = fill_by_rule(PixelDiscriminator(), 'pixel_discriminator', goldens.seed)
    result = discriminator(rule_image('pixel_discriminator', (1, 3, 16, 20), goldens.seed))
    assert_close(result, goldens.array('pixel_discriminator_output'), 1e-5)


@pytest.mark.parametrize(
    ('variant', 'official'), [('lsgan', 'lsgan'), ('vanilla', 'vanilla'), ('wgan', 'wgangp')]
)
def test_gan_losses(goldens: Goldens, variant: str, official: str) -> None:
    scores = rule_noise('prediction', (2, 1, 5, 7), goldens.seed).double()
    loss = GANLoss(variant, reduction_of_discriminator='sum')
    as_real = loss.generator(scores, scores)
    as_fake = loss.discriminator(scores, scores) - as_real
    assert_close(torch.stack([as_real, as_fake]), goldens.array(f'gan_loss_{official}'), 1e-6)
