"""UNIT equals the released program: networks in float32, two iterations in float64."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from mmenlighten.models import (
    GANLoss,
    MultiScaleDiscriminator,
    SelfFeaturePreservingLoss,
    VAEGenerator,
)
from mmenlighten.models.enhancers.unit_weights import names_of_discriminator, names_of_generator
from tests.golden import (
    REPOSITORY,
    assert_close,
    learned_folder,
    read_seed,
    rule_image,
    rule_tensor,
    rule_vgg16_weights,
)

TRAVELLING = REPOSITORY / 'tests' / 'data' / 'learned' / 'unit'
ORDERS: dict[str, list[str]] = json.loads((TRAVELLING / 'parameter_order.json').read_text())

Goldens = tuple[Callable[[str], np.ndarray], int]


def names_of(network: nn.Module, official: Iterable[str]) -> dict[str, str]:
    if isinstance(network, VAEGenerator):
        return names_of_generator(official)
    return names_of_discriminator(official)


def rule_name(name: str) -> str:
    """Scale and shift of a layer norm take the rule of a weight and a bias."""
    return name.replace('.gamma', '.weight').replace('.beta', '.bias')


def fill(network: nn.Module, name: str, order: list[str], seed: int) -> nn.Module:
    """Gives each parameter the rule of its official name."""
    state = network.state_dict()
    filled = {
        ours: rule_tensor(f'{name}/{rule_name(official)}', tuple(state[ours].shape), seed)
        for official, ours in names_of(network, order).items()
    }
    network.load_state_dict(filled)
    return network


@pytest.fixture(scope='module', params=['travelling', 'full'])
def folder(request: pytest.FixtureRequest) -> Path:
    return TRAVELLING if request.param == 'travelling' else learned_folder('unit')


@pytest.fixture(scope='module')
def goldens(folder: Path) -> Goldens:
    """Reads an array by name, or skips; and the seed."""
    arrays = np.load(folder / 'networks.npz')

    def read(name: str) -> np.ndarray:
        if name not in arrays:
            pytest.skip(f'{name} is only in the full goldens')
        return arrays[name]

    return read, read_seed(folder)


def test_parameters(folder: Path) -> None:
    counts = json.loads((folder / 'parameter_counts.json').read_text())
    assert json.loads((folder / 'parameter_order.json').read_text()) == ORDERS
    with torch.device('meta'):
        networks = dict(
            generator=VAEGenerator(),
            generator_small=VAEGenerator(base_channels=16),
            discriminator=MultiScaleDiscriminator(),
            discriminator_small=MultiScaleDiscriminator(base_channels=16),
        )
    for name, network in networks.items():
        parameters = dict(network.named_parameters())
        assert sum(parameter.numel() for parameter in parameters.values()) == counts[name]
        assert set(names_of(network, ORDERS[name]).values()) == parameters.keys()


@pytest.mark.parametrize('case', [0, 1, 2])
def test_generator(goldens: Goldens, case: int) -> None:
    read, seed = goldens
    shape = tuple(int(side) for side in read(f'generator_case{case}_shape'))
    image = rule_image(f'generator_case{case}', shape, seed)
    generator = fill(VAEGenerator(), 'generator', ORDERS['generator'], seed).eval()
    with torch.no_grad():
        latent = generator.encode(image)
        enhanced = generator.enhance_padded(image)
    assert list(latent.shape) == read(f'generator_case{case}_latent_shape').tolist()
    assert_close(latent[:, ::16, ::2, ::2], read(f'generator_case{case}_latent'), 1e-5)
    assert_close(enhanced, read(f'generator_case{case}_output'), 1e-5)


@pytest.mark.parametrize('case', [0, 1])
def test_discriminator(goldens: Goldens, case: int) -> None:
    read, seed = goldens
    shape = tuple(int(side) for side in read(f'discriminator_case{case}_shape'))
    image = rule_image(f'discriminator_case{case}', shape, seed)
    discriminator = fill(MultiScaleDiscriminator(), 'discriminator', ORDERS['discriminator'], seed)
    for scale, scores in enumerate(discriminator(image)):
        assert_close(scores, read(f'discriminator_case{case}_scale{scale}'), 1e-5)


def test_losses(goldens: Goldens) -> None:
    read, seed = goldens
    discriminator = fill(MultiScaleDiscriminator(), 'discriminator', ORDERS['discriminator'], seed)
    fake = rule_image('loss_fake', (2, 3, 64, 64), seed)
    real = rule_image('loss_real', (2, 3, 64, 64), seed)
    scores = list(zip(discriminator(real), discriminator(fake)))
    for official, variant in (('lsgan', 'lsgan'), ('nsgan', 'vanilla')):
        loss = GANLoss(variant, reduction_of_discriminator='sum')
        for player in ('discriminator', 'generator'):
            total = sum(getattr(loss, player)(*pair) for pair in scores)
            assert_close(total, read(f'{player}_loss_{official}'), 1e-5)


def test_feature_loss(goldens: Goldens) -> None:
    read, seed = goldens
    loss = SelfFeaturePreservingLoss(
        dict(type='VGG16Features', layer='relu5_3', weights='rule', preprocessing='caffe_mean')
    )
    loss.features.set_weights(rule_vgg16_weights(seed, loss.features.shapes))
    images = [rule_image(f'vgg_{name}', (2, 3, 64, 48), seed) for name in 'xy']
    assert_close(loss(*images), read('vgg_loss'), 1e-5)
    features = loss.features(images[0])
    assert_close(features[:, ::32], read('vgg_features'), 1e-5)
