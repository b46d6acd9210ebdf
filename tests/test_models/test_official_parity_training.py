"""Two training iterations equal the official ones: losses, gradients, updates (float64)."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict

from mmenlighten.models import EnlightenGAN
from tests.golden import (
    TRAVELLING,
    assert_close,
    fill_by_rule,
    golden_folder,
    probe,
    read_seed,
    rule_vgg16_weights,
)

NETWORKS = ('generator', 'global_discriminator', 'local_discriminator')


class WithGivenWindows(EnlightenGAN):
    """Takes the patch windows from the goldens instead of drawing them."""

    windows: np.ndarray

    def draw_windows(self, height: int, width: int) -> list[tuple[int, int]]:
        return [(int(left), int(top)) for left, top in self.windows]


def build(seed: int) -> tuple[WithGivenWindows, OptimWrapperDict]:
    model = WithGivenWindows(
        # The goldens are in [-1, 1] already, and a way to [0, 255] and back would cost a bit.
        data_preprocessor=dict(type='BaseDataPreprocessor'),
        generator=dict(type='AttentionUNet'),
        global_discriminator=dict(type='PatchDiscriminator'),
        local_discriminator=dict(type='PatchDiscriminator', num_downs=4),
        feature_loss=dict(
            type='SelfFeaturePreservingLoss', features=dict(type='VGG16Features', weights='rule')
        ),
    )
    for name in NETWORKS:
        fill_by_rule(getattr(model, name), name, seed)
    features = model.feature_loss.features
    features.set_weights(rule_vgg16_weights(seed, features.shapes))
    model.double().train()
    optimizers = {
        name: OptimWrapper(
            torch.optim.Adam(getattr(model, name).parameters(), lr=1e-4, betas=(0.5, 0.999))
        )
        for name in NETWORKS
    }
    return model, OptimWrapperDict(**optimizers)


def record_gradients(optimizers: OptimWrapperDict) -> dict[str, list[torch.Tensor]]:
    """Keeps the gradients that each optimizer's step sees; they are cleared right after it."""
    gradients: dict[str, list[torch.Tensor]] = {}

    def keep(name: str) -> None:
        def hook(optimizer: torch.optim.Optimizer, args: object, kwargs: object) -> None:
            parameters = optimizer.param_groups[0]['params']
            gradients[name] = [parameter.grad.clone() for parameter in parameters]

        optimizers[name].optimizer.register_step_pre_hook(hook)

    for name in NETWORKS:
        keep(name)
    return gradients


def read_inputs(golden: Mapping[str, np.ndarray]) -> dict[str, torch.Tensor]:
    """The golden pictures; the travelling goldens hold the seed of theirs instead.

    Those were recorded from this implementation when it matched the full goldens.
    """
    if 'image_seed' in golden:
        random = np.random.RandomState(golden['image_seed'])
        low, normal = random.uniform(-1, 0.2, (2, 3, 48, 64)), random.uniform(-1, 1, (2, 3, 48, 64))
        darkened = (low + 1) / np.reshape([1.0, 2.5], (2, 1, 1, 1)) - 1
        images = dict(low=low, normal=normal, darkened=darkened)
    else:
        images = dict(
            low=golden['low'], normal=golden['normal'], darkened=golden['generator_input']
        )
    return {key: torch.from_numpy(image) for key, image in images.items()}


@pytest.mark.parametrize('source', ['travelling', 'full'])
def test_two_iterations(source: str) -> None:
    if source == 'full' and 'MMENLIGHTEN_GOLDENS' not in os.environ:
        pytest.skip('the travelling ones show the same (for the full ones: MMENLIGHTEN_GOLDENS)')
    folder: Path = TRAVELLING if source == 'travelling' else golden_folder()
    seed = read_seed(folder)
    golden = np.load(folder / 'training_step.npz')
    order = json.loads((folder / 'parameter_order.json').read_text())
    model, optimizers = build(seed)
    gradients = record_gradients(optimizers)
    start = {
        name: [p.detach().clone() for p in getattr(model, name).parameters()] for name in NETWORKS
    }
    inputs = read_inputs(golden)

    for iteration in range(2):
        model.windows = golden[f'iter{iteration}_patch_offsets_wh']
        losses = model.train_step(dict(inputs=inputs), optimizers)
        sums = {
            'loss_G_A': losses['loss_generator_global'] + losses['loss_generator_local'],
            'loss_vgg_b': losses['loss_feature_global'] + losses['loss_feature_local'],
            'loss_D_A': losses['loss_global_discriminator'],
            'loss_D_P': losses['loss_local_discriminator'],
        }
        for name, loss in sums.items():
            assert_close(loss, golden[f'iter{iteration}_{name}'], (1e-12, 1e-10)[iteration])
        # Adam's first update divides a gradient by its own size: where it is next to nothing,
        # round-off decides, and the second iteration starts from there.
        tolerance = (1e-9, 1e-6)[iteration]
        for name in NETWORKS:
            keys = [key for key, _ in getattr(model, name).named_parameters()]
            assert keys == order[name]
            norms, gradient_probes, change_probes = [], [], []
            for key, parameter, gradient, first in zip(
                keys, getattr(model, name).parameters(), gradients[name], start[name], strict=True
            ):
                direction = probe(f'{name}/{key}', tuple(parameter.shape), seed)
                norms.append(gradient.norm())
                gradient_probes.append((gradient * direction).sum())
                change_probes.append(((parameter.detach() - first) * direction).sum())
            expected = golden[f'iter{iteration}_{name}_grad_norm_and_probe']
            assert_close(torch.stack(norms), expected[:, 0], tolerance)
            assert_close(torch.stack(gradient_probes), expected[:, 1], tolerance)
            expected_change = golden[f'iter{iteration}_{name}_param_probe']
            assert_close(torch.stack(change_probes), expected_change, 30 * tolerance)
