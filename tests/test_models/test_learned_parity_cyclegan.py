"""CycleGAN equals the official PyTorch program: networks, pool, schedule, two iterations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.optim import OptimWrapper, OptimWrapperDict
from mmengine.registry import PARAM_SCHEDULERS
from torch import nn

from mmenlighten.models import (
    CycleGAN,
    GANLoss,
    PatchDiscriminator,
    PixelDiscriminator,
    ResnetGenerator,
)
from mmenlighten.models.enhancers.image_pool import ImagePool
from tests.golden import (
    REPOSITORY,
    assert_close,
    fill_by_rule,
    learned_folder,
    probe,
    read_seed,
    rule_image,
    rule_noise,
    rule_uniform,
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


@pytest.fixture(scope='module')
def goldens() -> Goldens:
    """The full ones, or else those that travel with the project, which are a part of them."""
    try:
        return Goldens(learned_folder('cyclegan'))
    except pytest.skip.Exception:
        return Goldens(TRAVELLING)


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
    generator = fill_by_rule(ResnetGenerator(num_blocks=blocks), 'generator', goldens.seed).double()
    with torch.no_grad():
        result = generator.enhance_padded(rule_image(name, tuple(shape), goldens.seed).double())
    # In float64 it is the same on every processor; what is expected was rounded on the way.
    assert_close(result, expected, 2e-5)


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
    image = rule_image(name, tuple(shape), goldens.seed).double()
    assert_close(discriminator.double()(image), expected, 1e-5)


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


class Decisions:
    """Gives random numbers out of a list."""

    def __init__(self, numbers: np.ndarray) -> None:
        self.numbers = iter(numbers)

    def random(self) -> float:
        return float(next(self.numbers))


def test_image_pool(goldens: Goldens) -> None:
    golden = goldens.json('image_pool')
    pool = ImagePool(golden['pool_size'])
    random = Decisions(rule_uniform('pool', (400,), goldens.seed))
    for query, returned in zip(golden['queries'], golden['returned'], strict=True):
        images = torch.tensor(query).double().view(-1, 1, 1, 1)
        assert pool.query(images, random).flatten().tolist() == returned
    assert [image.item() for image in pool.images] == golden['stored_at_end']


def test_learning_rates(goldens: Goldens) -> None:
    config = Config.fromfile(REPOSITORY / 'configs' / 'cyclegan' / 'cyclegan_lol.py')
    settings = config.optim_wrapper.generator.optimizer
    optimizer = torch.optim.Adam([nn.Parameter(torch.zeros(1))], settings.lr, settings.betas)
    scheduler = PARAM_SCHEDULERS.build(
        config.param_scheduler, default_args=dict(optimizer=optimizer)
    )
    rates = []
    for _ in range(config.train_cfg.max_epochs):
        rates.append(optimizer.param_groups[0]['lr'])
        optimizer.step()
        scheduler.step()
    expected = goldens.json('lr_schedule')['lr_in_epoch_1_to_200']
    assert rates == pytest.approx(expected, rel=0, abs=1e-17)
    assert rates[-1] == 0
    assert settings.betas == (0.5, 0.999)


NETWORKS = {
    'generator': 'G_A',
    'reverse_generator': 'G_B',
    'discriminator': 'D_A',
    'reverse_discriminator': 'D_B',
}
"""Official names of the networks."""

LOSSES = {
    'generator': 'G_A',
    'reverse_generator': 'G_B',
    'cycle_low': 'cycle_A',
    'cycle_normal': 'cycle_B',
    'identity_normal': 'idt_A',
    'identity_low': 'idt_B',
    'discriminator': 'D_A',
    'reverse_discriminator': 'D_B',
}
"""Official names of the losses; there, those of cycles and identity have their weights."""


class WithGivenDecisions(ImagePool):
    """Draws from the goldens."""

    decisions: Decisions

    def query(self, images: torch.Tensor, random: object) -> torch.Tensor:
        return super().query(images, self.decisions)


def build(options: dict[str, Any], seed: int) -> tuple[CycleGAN, OptimWrapperDict]:
    weights = dict(cycle_low=options['lambda_A'], cycle_normal=options['lambda_B'])
    identity = options['lambda_identity']
    weights |= dict(
        identity_low=identity * options['lambda_A'], identity_normal=identity * options['lambda_B']
    )
    model = CycleGAN(
        data_preprocessor=dict(type='BaseDataPreprocessor'),
        generator=dict(type='ResnetGenerator', base_channels=options['ngf'], num_blocks=6),
        discriminator=dict(
            type='PatchDiscriminator',
            base_channels=options['ndf'],
            num_downs=3,
            padding=1,
            norm='instance',
        ),
        gan_loss=dict(type='GANLoss', variant=options['gan_mode']),
        loss_weights=weights,
        pool_size=options['pool_size'],
    )
    optimizers = {}
    for name, official in NETWORKS.items():
        network = fill_by_rule(getattr(model, name), official, seed).double()
        optimizers[name] = OptimWrapper(
            torch.optim.Adam(network.parameters(), lr=options['lr'], betas=options['betas'])
        )
    return model.train(), OptimWrapperDict(**optimizers)


def record_gradients(optimizer: torch.optim.Optimizer) -> list[torch.Tensor]:
    """Fills a list with the gradients that the next steps see, which are cleared after them."""
    gradients: list[torch.Tensor] = []

    def hook(optimizer: torch.optim.Optimizer, args: object, kwargs: object) -> None:
        gradients[:] = [parameter.grad.clone() for parameter in optimizer.param_groups[0]['params']]

    optimizer.register_step_pre_hook(hook)
    return gradients


@pytest.mark.parametrize('scenario', ['plain', 'identity_pool', 'vanilla'])
def test_two_iterations(goldens: Goldens, scenario: str) -> None:
    golden = np.load(goldens.folder / 'training_step.npz')
    if f'{scenario}_0_loss_D_A' not in golden:
        pytest.skip(f'{scenario} is only in the full goldens')
    options, seed = goldens.json('training_config')[scenario], goldens.seed
    model, optimizers = build(options, seed)
    decisions = Decisions(rule_uniform(f'train_pool_{scenario}', (400,), seed))
    for pool in model.pools.values():
        pool.__class__, pool.decisions = WithGivenDecisions, decisions
    gradients = {name: record_gradients(optimizers[name].optimizer) for name in NETWORKS}
    start = {name: getattr(model, name).state_dict() for name in NETWORKS}
    start = {
        name: {key: value.clone() for key, value in state.items()} for name, state in start.items()
    }

    for iteration in range(2):
        prefix = f'{scenario}_{iteration}'
        low, normal = (
            rule_image(f'{prefix}_{domain}', (options['batch'], 3, *options['size']), seed).double()
            for domain in 'AB'
        )
        if f'{prefix}_fake_B' in golden:
            assert_translations(model, low, normal, golden, prefix)
        losses = model.train_step(dict(inputs=dict(low=low, normal=normal)), optimizers)
        for name, official in LOSSES.items():
            if f'loss_{name}' in losses:
                weight = model.loss_weights.get(name, 1)
                expected = golden[f'{prefix}_loss_{official}']
                assert_close(weight * losses[f'loss_{name}'], expected, 1e-12)
        for name, official in NETWORKS.items():
            keys = list(start[name])
            expected = golden[f'{prefix}_{official}_grad_norm_and_probe']
            assert_gradients(dict(zip(keys, gradients[name])), expected, official, seed)
            state = getattr(model, name).state_dict()
            changes = [
                ((state[key] - value) * probe(f'{official}/{key}', tuple(value.shape), seed)).sum()
                for key, value in start[name].items()
            ]
            assert_close(torch.stack(changes), golden[f'{prefix}_{official}_param_probe'], 1e-8)


def assert_translations(
    model: CycleGAN,
    low: torch.Tensor,
    normal: torch.Tensor,
    golden: Mapping[str, np.ndarray],
    prefix: str,
) -> None:
    """Compares every fourth pixel of what the generators make before the step."""
    with torch.no_grad():
        enhanced, darkened = model.generator(low), model.reverse_generator(normal)
        images = {
            'fake_B': enhanced,
            'rec_A': model.reverse_generator(enhanced),
            'fake_A': darkened,
            'rec_B': model.generator(darkened),
        }
    for name, image in images.items():
        assert_close(image[..., ::4, ::4], golden[f'{prefix}_{name}'], 1e-9)
