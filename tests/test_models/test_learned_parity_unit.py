"""UNIT equals the released program."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import nn

from mmenlighten.models import (
    UNIT,
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
    probe,
    read_seed,
    rule_image,
    rule_noise,
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
    image = rule_image(f'generator_case{case}', shape, seed).double()
    generator = fill(VAEGenerator(), 'generator', ORDERS['generator'], seed).double().eval()
    with torch.no_grad():
        latent = generator.encode(image)
        enhanced = generator.enhance_padded(image)
    assert list(latent.shape) == read(f'generator_case{case}_latent_shape').tolist()
    # In float64 it is the same on every processor; what is expected was rounded on the way.
    assert_close(latent[:, ::16, ::2, ::2], read(f'generator_case{case}_latent'), 1e-5)
    assert_close(enhanced, read(f'generator_case{case}_output'), 2e-5)


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


OFFICIAL_NAMES = dict(
    generator='gen_adv_b',
    reverse_generator='gen_adv_a',
    reconstruction_low='gen_recon_x_a',
    reconstruction_normal='gen_recon_x_b',
    kl_low='gen_recon_kl_a',
    kl_normal='gen_recon_kl_b',
    cycle_low='gen_cyc_x_a',
    cycle_normal='gen_cyc_x_b',
    kl_cycle_low='gen_recon_kl_cyc_aba',
    kl_cycle_normal='gen_recon_kl_cyc_bab',
    feature_low='gen_vgg_a',
    feature_normal='gen_vgg_b',
    discriminator='dis_b',
    reverse_discriminator='dis_a',
)
"""The released program's losses by ours."""

NOISES = ('dis_a', 'dis_b', 'gen_a', 'gen_b', 'gen_b_again', 'gen_a_again')
"""In the order in which an iteration draws them."""


class WithGivenNoise(UNIT):
    """Takes the noise from the rule instead of drawing it."""

    prefix: str
    drawn: int

    def add_noise(self, latent: torch.Tensor) -> torch.Tensor:
        name = f'{self.prefix}_{NOISES[self.drawn]}'
        self.drawn += 1
        return latent + rule_noise(name, tuple(latent.shape), self.seed).to(latent)


def official_parameters(model: UNIT) -> dict[str, dict[str, torch.Tensor]]:
    """The parameters of each official network by their official names, in the official order."""
    halves = {'gen_a': ('generator', 'reverse_generator')}
    halves['gen_b'] = halves['gen_a'][::-1]
    parameters = {}
    for name, (encoder, decoder) in halves.items():
        ours = {
            **dict(getattr(model, encoder).encoder.named_parameters(prefix='encoder')),
            **dict(getattr(model, decoder).decoder.named_parameters(prefix='decoder')),
        }
        names = names_of_generator(ORDERS['generator_small'])
        parameters[name] = {official: ours[key] for official, key in names.items()}
    for name, judge in (('dis_a', 'reverse_discriminator'), ('dis_b', 'discriminator')):
        ours = dict(getattr(model, judge).named_parameters())
        names = names_of_discriminator(ORDERS['discriminator_small'])
        parameters[name] = {official: ours[key] for official, key in names.items()}
    return parameters


def build(scenario: str, seed: int) -> tuple[WithGivenNoise, OptimWrapperDict]:
    features = dict(
        type='VGG16Features', layer='relu5_3', weights='rule', preprocessing='caffe_mean'
    )
    model = WithGivenNoise(
        data_preprocessor=dict(type='BaseDataPreprocessor'),
        generator=dict(type='VAEGenerator', base_channels=16),
        discriminator=dict(type='MultiScaleDiscriminator', base_channels=16),
        feature_loss=dict(type='SelfFeaturePreservingLoss', features=features)
        if scenario == 'perceptual'
        else None,
    )
    for name, parameters in official_parameters(model).items():
        for key, parameter in parameters.items():
            rule = rule_tensor(f'{name}/{rule_name(key)}', tuple(parameter.shape), seed)
            parameter.data.copy_(rule)
    if model.feature_loss is not None:
        shapes = model.feature_loss.features.shapes
        model.feature_loss.features.set_weights(rule_vgg16_weights(seed, shapes))
    model.double().train()
    networks = ('generator', 'reverse_generator', 'discriminator', 'reverse_discriminator')
    optimizers = {
        name: OptimWrapper(
            torch.optim.Adam(
                getattr(model, name).parameters(), lr=1e-4, betas=(0.5, 0.999), weight_decay=1e-4
            )
        )
        for name in networks
    }
    return model, OptimWrapperDict(**optimizers)


def record_gradients(optimizers: OptimWrapperDict) -> dict[torch.Tensor, torch.Tensor]:
    """Gradients by parameter, as each optimizer's step sees them."""
    gradients: dict[torch.Tensor, torch.Tensor] = {}

    def hook(optimizer: torch.optim.Optimizer, args: object, kwargs: object) -> None:
        for parameter in optimizer.param_groups[0]['params']:
            gradients[parameter] = parameter.grad.clone()

    for wrapper in optimizers.values():
        wrapper.optimizer.register_step_pre_hook(hook)
    return gradients


@pytest.mark.parametrize('scenario', ['plain', 'perceptual'])
def test_two_iterations(folder: Path, scenario: str) -> None:
    golden = np.load(folder / 'training_step.npz')
    seed = read_seed(folder)
    if f'{scenario}_0_loss_dis_a' not in golden:
        pytest.skip(f'{scenario} is only in the full goldens')
    model, optimizers = build(scenario, seed)
    gradients = record_gradients(optimizers)
    networks = official_parameters(model)
    start = {
        name: {key: parameter.detach().clone() for key, parameter in parameters.items()}
        for name, parameters in networks.items()
    }
    for iteration in range(2):
        model.prefix, model.drawn = f'{scenario}_{iteration}', 0
        model.begin_iteration(seed, iteration)
        shape = (1 if scenario == 'plain' else 2, 3, 64, 64)
        low, normal = (
            rule_image(f'{model.prefix}_{domain}', shape, seed).double() for domain in 'AB'
        )
        losses = model.train_step(dict(inputs=dict(low=low, normal=normal)), optimizers)
        assert model.drawn == len(NOISES)
        assert {name.removeprefix('loss_') for name in losses} == {
            name
            for name in OFFICIAL_NAMES
            if scenario == 'perceptual' or not name.startswith('feature')
        }
        for name, loss in losses.items():
            official = OFFICIAL_NAMES[name.removeprefix('loss_')]
            assert_close(loss, golden[f'{model.prefix}_loss_{official}'], 1e-12)
        for name, parameters in networks.items():
            rows = []
            for key, parameter in parameters.items():
                direction = probe(f'{name}/{rule_name(key)}', tuple(parameter.shape), seed)
                gradient, change = gradients[parameter], parameter.detach() - start[name][key]
                products = (gradient * direction).sum(), (change * direction).sum()
                rows.append(torch.stack([gradient.norm(), *products]))
            norms, gradient_probes, change_probes = torch.stack(rows, dim=1)
            expected = golden[f'{model.prefix}_{name}_grad_norm_and_probe']
            assert_close(norms, expected[:, 0], 1e-9)
            assert_close(gradient_probes, expected[:, 1], 1e-9)
            assert_close(change_probes, golden[f'{model.prefix}_{name}_param_probe'], 1e-8)
