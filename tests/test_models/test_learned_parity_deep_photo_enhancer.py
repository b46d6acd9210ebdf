"""Deep Photo Enhancer equals the authors' released program, of which the goldens are made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

from mmenlighten.models import AdaptivePenaltyWeight, CriticNetwork, GlobalUNet
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
)

SYSTEM = 'deep_photo_enhancer'


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
    return Goldens(REPOSITORY / 'tests' / 'data' / 'learned' / SYSTEM)


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
    generator = fill_by_rule(GlobalUNet(image_size=64), 'generator', goldens.seed).eval()
    with torch.no_grad():
        enhanced = enhance_unit(generator, goldens.picture('generator_64', 3, 64), norms)
    assert_close(enhanced, expected, 1e-5)


def test_small_generator_in_training(goldens: Goldens) -> None:
    generator = fill_by_rule(GlobalUNet(image_size=64), 'generator', goldens.seed).train()
    enhanced = enhance_unit(generator, goldens.picture('generator_64', 3, 64))
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
