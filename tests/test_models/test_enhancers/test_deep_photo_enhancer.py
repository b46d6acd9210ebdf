"""What is special to Deep Photo Enhancer; its step is compared in another file (parity)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from mmcv.transforms import Compose
from mmengine.config import Config
from mmengine.optim import OptimWrapperDict
from mmengine.registry import DefaultScope
from PIL import Image
from torch import Tensor

from mmenlighten.acceleration import accelerate
from mmenlighten.engine.optim_wrappers import MultiOptimWrapperConstructor
from mmenlighten.models import DeepPhotoEnhancer
from mmenlighten.models.enhancers.deep_photo_enhancer import squared_error
from mmenlighten.utils.errors import ConfigError
from tests.builders import random_inputs
from tests.golden import REPOSITORY, fill_by_rule

NETWORKS = ('generator', 'reverse_generator', 'discriminator', 'reverse_discriminator')


def build(by_rule: bool = True, **options: Any) -> DeepPhotoEnhancer:
    torch.manual_seed(0)
    model = DeepPhotoEnhancer(
        data_preprocessor=dict(type='BaseDataPreprocessor'),
        generator=dict(type='GlobalUNet', image_size=64, base_channels=2),
        discriminator=dict(type='CriticNetwork', image_size=64, base_channels=2),
        **options,
    )
    for name in NETWORKS if by_rule else ():
        fill_by_rule(getattr(model, name), name, seed=1)
    return model.double().train()


def optimizers_of(model: DeepPhotoEnhancer) -> OptimWrapperDict:
    return MultiOptimWrapperConstructor(
        {name: dict(optimizer=dict(type='Adam', lr=1e-3)) for name in NETWORKS}
    )(model)


def train(
    model: DeepPhotoEnhancer, first: int = 0, last: int = 1, every: int = 1, **inputs: Tensor
) -> dict[str, Tensor]:
    """Trains from iteration ``first`` on; the generators in 0, ``every``, ...; the last losses."""
    optimizers = optimizers_of(model)
    for iteration in range(first, last):
        torch.manual_seed(iteration)
        model.begin_iteration(0, iteration, iteration % every == 0)
        pictures = random_inputs(2, 3, 64, 64, seed=iteration) | inputs
        losses = model.train_step(dict(inputs=pictures), optimizers)
    return losses


def state_of(model: DeepPhotoEnhancer) -> dict[str, Tensor]:
    return {key: value.clone() for key, value in model.state_dict().items()}


def test_generators_stay_as_they_are_while_critics_learn_alone() -> None:
    """Their statistics too."""
    model = build()
    before = state_of(model)
    losses = train(model, first=1, last=2, every=2)
    assert not any('generator' in name or 'cycle' in name for name in losses)
    for key, value in model.state_dict().items():
        assert torch.equal(value, before[key]) or 'generator' not in key, key
    assert not torch.equal(
        model.discriminator.last['conv'].weight, before['discriminator.last.conv.weight']
    )
    assert all(module.training for module in model.generator.modules())


def test_what_the_other_generator_made_has_batch_norms_of_its_own() -> None:
    model = build()
    before = state_of(model)
    train(model)
    moved = {
        key.rpartition('norm.')[2][0]
        for key, value in model.state_dict().items()
        if 'running_mean' in key and not torch.equal(value, before[key])
    }
    assert moved == {'0', '1'}
    counts = {int(v) for k, v in model.state_dict().items() if 'num_batches_tracked' in k}
    assert counts == {1}


def test_first_step_is_near_the_identity() -> None:
    losses = train(build(by_rule=False))
    assert (losses['loss_identity_low'] + losses['loss_identity_normal']).item() < 5e-3


def test_weights_of_the_penalties_survive_a_resume() -> None:
    settings: dict[str, Any] = dict(type='AdaptivePenaltyWeight', decay=0.5, patience=2)
    whole = build(penalty_weight=settings)
    expected = train(whole, 0, 5, every=2)
    assert expected['penalty_weight_discriminator'] > 10
    first, second = build(penalty_weight=settings), build(penalty_weight=settings)
    train(first, 0, 3, every=2)
    assert not any('penalty' in key for key in first.state_dict())
    second.load_training_state(first.training_state())
    for name, weight in first.penalty_weights.items():
        assert second.penalty_weights[name].state_dict() == weight.state_dict()


def test_padding_does_not_count_in_errors() -> None:
    image, target, _ = random_inputs(2, 3, 8, 8).values()
    mask = torch.full((2, 1, 8, 8), -1.0, dtype=torch.float64)
    mask[0, :, :4], mask[1, :, :, :2] = 1, 1
    parts = image[0, :, :4] - target[0, :, :4], image[1, :, :, :2] - target[1, :, :, :2]
    expected = sum((part / 2).square().mean() for part in parts) / 2
    torch.testing.assert_close(squared_error(image, target, mask), expected)
    whole = torch.ones_like(mask)
    torch.testing.assert_close(squared_error(image, target, whole), squared_error(image, target))


def test_masks_reach_the_losses() -> None:
    masks = {
        f'{kind}_mask': torch.full((2, 1, 64, 64), -1.0, dtype=torch.float64)
        for kind in ('low', 'normal')
    }
    for mask in masks.values():
        mask[..., :10, :] = 1
    plain, masked = train(build()), train(build(), **masks)
    assert plain['loss_discriminator'] == masked['loss_discriminator']
    for name in ('identity_low', 'identity_normal', 'cycle_low', 'cycle_normal'):
        assert plain[f'loss_{name}'] != masked[f'loss_{name}']


def test_fast_layers_train_as_plain_ones() -> None:
    plain, fast = build(), build()
    accelerate(fast)
    expected, found = train(plain, 0, 2, every=2), train(fast, 0, 2, every=2)
    for name, loss in expected.items():
        torch.testing.assert_close(found[name], loss, rtol=1e-7, atol=0)


def test_critics_are_not_compiled() -> None:
    assert set(build().networks_to_compile()) == {'generator', 'reverse_generator'}


def test_pictures_of_another_size_are_refused() -> None:
    with pytest.raises(ConfigError, match=r'64.*PadToSquare'):
        train(build(), low=torch.zeros(2, 3, 64, 48))


def test_unknown_losses_are_refused() -> None:
    with pytest.raises(ConfigError, match='identity_low'):
        build(loss_weights=dict(identity=1.0))


def test_pictures_of_the_recipe_are_squares_with_masks(tmp_path: Path) -> None:
    Image.new('RGB', (1024, 600)).save(tmp_path / 'a.png')
    config = Config.fromfile(REPOSITORY / 'configs/deep_photo_enhancer/deep_photo_enhancer_lol.py')
    with DefaultScope.overwrite_default_scope('mmenlighten'):
        pipeline = Compose(config.train_dataloader.dataset.pipeline)
    inputs = pipeline({f'{kind}_path': tmp_path / 'a.png' for kind in ('low', 'normal')})['inputs']
    assert inputs['low'].shape == inputs['normal'].shape == (3, 512, 512)
    assert (inputs['low_mask'] == 255).sum() == 512 * 300
    assert config.train_cfg.discriminator_updates == 50
    assert config.train_cfg.generator_first
