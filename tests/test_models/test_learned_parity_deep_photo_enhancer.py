"""Deep Photo Enhancer equals the authors' released program, of which the goldens are made."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict

from mmenlighten.models import (
    AdaptivePenaltyWeight,
    CriticNetwork,
    DeepPhotoEnhancer,
    GlobalUNet,
)
from mmenlighten.models.generators.global_unet import selu
from mmenlighten.utils.padding import pad_symmetric
from tests.golden import (
    REPOSITORY,
    assert_close,
    fill_by_rule,
    learned_folder,
    probe,
    read_seed,
    rule_image,
    rule_uniform,
)

SYSTEM = 'deep_photo_enhancer'
TRAVELLING = REPOSITORY / 'tests' / 'data' / 'learned' / SYSTEM


@dataclass
class Goldens:
    """A folder of goldens, of which the one that travels with the project lacks some arrays."""

    folder: Path

    @property
    def seed(self) -> int:
        return read_seed(self.folder)

    def arrays(self, name: str) -> Mapping[str, np.ndarray]:
        return np.load(self.folder / f'{name}.npz')

    def network(self, key: str) -> np.ndarray:
        arrays = self.arrays('networks')
        if key not in arrays:
            pytest.skip(f'{key} is only in the full goldens')
        return arrays[key]

    def picture(self, name: str, number: int, size: int) -> torch.Tensor:
        """In [0, 1], as the goldens have it."""
        return rule_image(name, (number, 3, size, size), self.seed, low=0, high=1)


@pytest.fixture(scope='module', params=['travelling', 'full'])
def goldens(request: pytest.FixtureRequest) -> Goldens:
    if request.param == 'full':
        return Goldens(learned_folder(SYSTEM))
    return Goldens(TRAVELLING)


def enhance_unit(generator: GlobalUNet, unit: torch.Tensor, norm_set: int = 0) -> torch.Tensor:
    """Takes and gives pictures in [0, 1]."""
    return (generator(2 * unit - 1, norm_set) + 1) / 2


def count(network: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def test_activation_and_padding(goldens: Goldens) -> None:
    arrays = goldens.arrays('networks')
    assert_close(selu(torch.from_numpy(arrays['selu_x'])), arrays['selu_y'], 1e-14)
    image = torch.arange(1.0, 13).view(1, 1, 3, 4)
    assert_close(pad_symmetric(image, 2), arrays['symmetric_pad_2'], 0)


def test_networks_at_full_size(goldens: Goldens) -> None:
    counts = json.loads((goldens.folder / 'parameter_counts.json').read_text())
    generator = fill_by_rule(GlobalUNet(), 'generator', goldens.seed).eval()
    critic = fill_by_rule(CriticNetwork(), 'discriminator', goldens.seed).eval()
    assert (count(generator), count(critic)) == (counts['generator'], counts['discriminator'])
    vectors = []
    generator.globals[-1].conv.register_forward_hook(lambda *args: vectors.append(args[-1]))
    unit = goldens.picture('generator_512', 1, 512)
    with torch.no_grad():
        first, second = (enhance_unit(generator, unit, norms) for norms in (0, 1))
        score = critic(2 * unit - 1)

    assert_close(
        first[:, :, 5::16, 3::16], goldens.network('generator_512_output_every_16th'), 1e-5
    )
    direction = probe('generator_512_output', (1, 3, 512, 512), goldens.seed)
    # Relative to what the sum is of: the terms cancel, and with them digits of float32.
    difference = (first * direction).sum() - goldens.network('generator_512_output_probe')
    assert abs(difference) <= 1e-5 * first.abs().max() * direction.norm()
    assert_close(
        second[:, :, 5::16, 3::16], goldens.network('generator_512_second_norms_every_16th'), 1e-5
    )
    assert_close(vectors[0], goldens.network('generator_512_global_feature'), 1e-5)
    assert abs(score - goldens.network('discriminator_512_output')) <= 1e-5  # of scores near 1


@pytest.mark.parametrize('norms', [0, 1])
def test_small_generator(goldens: Goldens, norms: int) -> None:
    expected = goldens.network(f'generator_64_eval_norms_{norms}')
    generator = fill_by_rule(GlobalUNet(image_size=64), 'generator', goldens.seed).double().eval()
    with torch.no_grad():
        enhanced = enhance_unit(generator, goldens.picture('generator_64', 3, 64).double(), norms)
    assert_close(enhanced, expected, 1e-5)


def test_small_generator_in_training(goldens: Goldens) -> None:
    generator = fill_by_rule(GlobalUNet(image_size=64), 'generator', goldens.seed).double().train()
    enhanced = enhance_unit(generator, goldens.picture('generator_64', 3, 64).double())
    for key in (
        'down.4.norm.0.running_mean',
        'down.4.norm.0.running_var',
        'globals.1.norm.0.running_var',
    ):
        assert_close(generator.get_buffer(key), goldens.network(f'after_train_{key}'), 1e-5)
    assert_close(enhanced, goldens.network('generator_64_train_norms_0'), 1e-5)


def test_small_critic(goldens: Goldens) -> None:
    critic = fill_by_rule(CriticNetwork(image_size=64), 'discriminator', goldens.seed)
    scores = critic(2 * goldens.picture('discriminator_64', 3, 64) - 1)
    assert_close(scores, goldens.network('discriminator_64_output'), 1e-5)


@pytest.mark.parametrize(
    ('name', 'settings'),
    [('default', {}), ('decay_09_buffer_5', dict(decay=0.9, patience=5))],
)
def test_adaptive_weight(goldens: Goldens, name: str, settings: dict[str, float]) -> None:
    arrays = goldens.arrays('adaptive_weight')
    adaptive = AdaptivePenaltyWeight(**settings)
    weights = []
    for penalty in torch.from_numpy(arrays['excess'])[: len(arrays[name])]:
        adaptive.update(penalty)
        weights.append(adaptive.weight)
    assert_close(torch.stack(weights), arrays[name], 0)


NETWORKS = {
    'G_A': 'generator',
    'G_B': 'reverse_generator',
    'D_A': 'discriminator',
    'D_B': 'reverse_discriminator',
}
"""Ours by the names of the goldens."""


class WithGivenShares(DeepPhotoEnhancer):
    """Takes the places of the slopes from the goldens' rule instead of drawing them."""

    shares: list[np.ndarray]

    def draw_shares(self, images: torch.Tensor) -> torch.Tensor:
        return torch.from_numpy(self.shares.pop(0))


def build(seed: int) -> tuple[WithGivenShares, OptimWrapperDict]:
    model = WithGivenShares(
        data_preprocessor=dict(type='BaseDataPreprocessor'),
        generator=dict(type='GlobalUNet', image_size=64),
        discriminator=dict(type='CriticNetwork', image_size=64),
        penalty_weight=dict(type='AdaptivePenaltyWeight', decay=0.5, patience=2),
    )
    optimizers = {}
    for official, name in NETWORKS.items():
        network = fill_by_rule(getattr(model, name), official, seed).double()
        optimizers[name] = OptimWrapper(torch.optim.Adam(network.parameters(), lr=1e-5))
    return model.train(), OptimWrapperDict(**optimizers)


def record_gradients(optimizers: OptimWrapperDict) -> dict[str, list[torch.Tensor]]:
    """Keeps the gradients that each optimizer's step sees; they are cleared right after it."""
    gradients: dict[str, list[torch.Tensor]] = {}

    def keep(name: str) -> None:
        def hook(optimizer: torch.optim.Optimizer, args: object, kwargs: object) -> None:
            parameters = optimizer.param_groups[0]['params']
            gradients[name] = [
                torch.zeros_like(p) if p.grad is None else p.grad.clone() for p in parameters
            ]

        optimizers[name].optimizer.register_step_pre_hook(hook)

    for name in NETWORKS.values():
        keep(name)
    return gradients


def test_three_iterations(goldens: Goldens) -> None:
    """The generators learn in the first and in the third."""
    if goldens.folder != TRAVELLING and 'MMENLIGHTEN_LEARNED_GOLDENS' not in os.environ:
        pytest.skip('the travelling ones are the same')
    arrays, seed = goldens.arrays('training_step'), goldens.seed
    model, optimizers = build(seed)
    gradients = record_gradients(optimizers)
    # Adam's first update divides a gradient by its own size, and that of a bias whose batch norm
    # sees two values (one for each picture) is next to nothing: round-off decides there, and the
    # following iterations start from it.
    undecided = [key for key, _ in model.generator.named_parameters()].index('globals.1.conv.bias')
    start = {
        name: [p.detach().clone() for p in getattr(model, name).parameters()]
        for name in NETWORKS.values()
    }
    directions = {
        name: [
            probe(f'{official}/{key}', tuple(p.shape), seed)
            for key, p in getattr(model, name).named_parameters()
        ]
        for official, name in NETWORKS.items()
    }
    for iteration in range(3):
        prefix = f'every_2nd_{iteration}'
        low, normal = (2 * goldens.picture(f'{prefix}_{k}', 2, 64).double() - 1 for k in 'AB')
        model.shares = [*rule_uniform(f'{prefix}_interpolation', (2, 2), seed)]
        model.begin_iteration(seed=0, iteration=iteration, update_generator=iteration % 2 == 0)
        gradients.clear()
        tolerance = (1e-9, 1e-7, 1e-6)[iteration]
        loss = model.train_step(dict(inputs=dict(low=low, normal=normal)), optimizers)

        penalties = torch.stack([loss[f'loss_penalty_{name}'] for name in model.CRITICS])
        judged = loss['loss_discriminator'] + loss['loss_reverse_discriminator']
        assert_close(judged, arrays[f'{prefix}_loss_D_adversarial'], tolerance)
        assert_close(penalties, arrays[f'{prefix}_penalty'], tolerance)
        weights = torch.stack([loss[f'penalty_weight_{name}'] for name in model.CRITICS])
        assert_close(weights, arrays[f'{prefix}_weights_after'], 0)
        if iteration % 2 == 0:
            adversarial = loss['loss_generator'] + loss['loss_reverse_generator']
            assert_close(adversarial, arrays[f'{prefix}_loss_G_adversarial'], tolerance)
            for kind in ('identity', 'cycle'):
                both = loss[f'loss_{kind}_low'] + loss[f'loss_{kind}_normal']
                assert_close(both, arrays[f'{prefix}_{kind}'], tolerance)
        for official, name in NETWORKS.items():
            network = getattr(model, name)
            if iteration % 2 == 1 and name in model.GENERATORS:
                assert name not in gradients
            else:
                check_gradients(
                    directions[name], official, gradients[name], arrays, prefix, tolerance
                )
            changes = [
                ((p.detach() - first) * direction).sum()
                for p, first, direction in zip(
                    network.parameters(), start[name], directions[name], strict=True
                )
            ]
            expected = arrays[f'{prefix}_{official}_param_probe'].copy()
            if name in model.GENERATORS:
                assert_close(changes[undecided], expected[undecided], 1e-3)
                changes[undecided], expected[undecided] = torch.zeros(()), 0
            assert_close(torch.stack(changes), expected, 10 * tolerance)
        for official in ('G_A', 'G_B'):
            norms = getattr(model, NETWORKS[official]).globals[1].norm
            variances = torch.stack([norm.running_var for norm in norms])
            key = f'{prefix}_{official}_running_var_of_globals_1_norms'
            assert_close(variances, arrays[key], tolerance)


def check_gradients(
    directions: list[torch.Tensor],
    official: str,
    gradients: list[torch.Tensor],
    arrays: Mapping[str, np.ndarray],
    prefix: str,
    tolerance: float,
) -> None:
    expected = arrays[f'{prefix}_{official}_grad_norm_and_probe']
    probes = [
        (gradient * direction).sum()
        for gradient, direction in zip(gradients, directions, strict=True)
    ]
    norms = torch.stack([gradient.norm() for gradient in gradients])
    assert_close(norms, expected[:, 0], tolerance)
    assert_close(torch.stack(probes), expected[:, 1], tolerance)
