"""What is special to CycleGAN; its step is compared in test_learned_parity_cyclegan.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from mmcv.transforms import Compose
from mmengine.config import Config
from mmengine.registry import DefaultScope
from PIL import Image

from mmenlighten.engine.optim_wrappers import MultiOptimWrapperConstructor
from mmenlighten.models import CycleGAN
from mmenlighten.models.enhancers.image_pool import ImagePool
from mmenlighten.utils.errors import ConfigError
from tests.builders import random_inputs
from tests.golden import REPOSITORY

NETWORKS = ('generator', 'reverse_generator', 'discriminator', 'reverse_discriminator')


def build(**options: Any) -> CycleGAN:
    torch.manual_seed(0)
    defaults = dict(
        data_preprocessor=dict(type='BaseDataPreprocessor'),
        generator=dict(type='ResnetGenerator', base_channels=2, num_blocks=1),
        discriminator=dict(type='PatchDiscriminator', base_channels=4, num_downs=2, padding=1),
    )
    return CycleGAN(**defaults | options).double()


def train(model: CycleGAN, first: int = 0, last: int = 1, learns: bool = True) -> dict[str, Any]:
    """Trains from iteration ``first`` on, each with its own pictures; the losses of the last."""
    optimizers = MultiOptimWrapperConstructor(
        {name: dict(optimizer=dict(type='SGD', lr=0.1)) for name in NETWORKS}
    )(model)
    for iteration in range(first, last):
        model.begin_iteration(0, iteration, learns)
        inputs = random_inputs(2, 3, 16, 16, seed=iteration)
        losses = model.train_step(dict(inputs=inputs), optimizers)
    return losses


def test_directions_are_networks_of_their_own() -> None:
    model = build()
    for name, reverse in (NETWORKS[:2], NETWORKS[2:]):
        one, other = (list(getattr(model, each).parameters()) for each in (name, reverse))
        assert not any(torch.equal(a, b) for a, b in zip(one, other) if a.dim() == 4)
    assert set(model.GENERATORS) == set(NETWORKS[:2])


def test_discriminators_can_learn_alone() -> None:
    model = build()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    losses = train(model, learns=False)
    assert set(losses) == {'loss_discriminator', 'loss_reverse_discriminator'}
    for key, value in model.state_dict().items():
        is_generator = 'generator.' in key
        assert torch.equal(value, before[key]) or not is_generator, key
    assert not torch.equal(
        model.discriminator.model[0].weight, before['discriminator.model.0.weight']
    )


def test_what_weighs_nothing_is_not_computed() -> None:
    losses = train(build(loss_weights=dict(identity_low=0, identity_normal=0)))
    assert not any('identity' in name for name in losses)
    assert {'loss_cycle_low', 'loss_cycle_normal', 'loss_generator'} < set(losses)


def test_structure_is_kept_both_ways_if_asked_for() -> None:
    model = build(structure_loss=dict(type='BlurGradientLoss', sigmas=[1], weights=[1]))
    inputs = random_inputs(2, 3, 16, 16)
    pairs = (model.generator, inputs['low']), (model.reverse_generator, inputs['normal'])
    expected = sum(model.structure_loss(network(image), image) for network, image in pairs)
    torch.testing.assert_close(train(model)['loss_structure'], expected.detach())


def test_average_follows_the_generator() -> None:
    model = build(ema=dict(type='ExponentialMovingAverage', momentum=0.5))
    train(model)  # its first update takes the weights as they are
    image = random_inputs(1, 3, 16, 16)['low']
    assert torch.equal(model.enhance(image), model.generator(image))


def test_images_of_the_pools_survive_a_resume() -> None:
    whole = build(pool_size=3)
    expected = train(whole, 0, 4)
    first = build(pool_size=3)
    train(first, 0, 3)
    assert not any('pool' in key for key in first.state_dict())
    second = build(pool_size=3)
    second.load_state_dict(first.state_dict())
    second.load_training_state(first.training_state())
    losses = train(second, 3, 4)
    assert losses == expected
    assert all(
        torch.equal(second.state_dict()[key], value) for key, value in whole.state_dict().items()
    )


def test_nothing_is_kept_without_pools() -> None:
    model = build(pool_size=0)
    train(model)
    assert model.training_state() == {}
    assert all(not pool.images for pool in model.pools.values())


def test_discriminators_see_earlier_images() -> None:
    pool, random = ImagePool(2), np.random.default_rng(0)
    images = torch.arange(40.0).view(-1, 1, 1, 1)
    returned = [pool.query(image[None], random).item() for image in images]
    assert returned[:2] == [0, 1]
    old = [value < number for number, value in enumerate(returned)]
    assert 10 < sum(old) < 30
    assert len(pool.images) == 2


def test_further_pictures() -> None:
    inputs = random_inputs(1, 3, 16, 16)
    pictures = build().training_pictures(inputs)
    assert len(pictures) == 3
    assert all(image.shape == inputs['low'].shape for image in pictures.values())


def test_unknown_settings() -> None:
    with pytest.raises(ConfigError, match=r'model.loss_weights names cycle: use .*cycle_low'):
        build(loss_weights=dict(cycle=1))
    with pytest.raises(ConfigError, match=r'model.pool_size=-1'):
        build(pool_size=-1)


def test_official_crops(tmp_path: Path) -> None:
    """Windows of 256 pixels, drawn apart, of pictures of 286 x 286 scaled by Pillow's bicubic."""
    paths, scaled = {}, {}
    for number, key in enumerate(('low', 'normal')):
        values = np.random.default_rng(number).integers(0, 256, (40, 30, 3), dtype=np.uint8)
        paths[f'{key}_path'] = str(tmp_path / f'{key}.png')
        Image.fromarray(values).save(paths[f'{key}_path'])
        scaled[key] = np.asarray(Image.fromarray(values).resize((286, 286), Image.BICUBIC))
    config = Config.fromfile(REPOSITORY / 'configs' / 'cyclegan' / 'cyclegan_lol.py')
    np.random.seed(0)
    with DefaultScope.overwrite_default_scope('mmenlighten'):
        inputs = Compose(config.train_dataloader.dataset.pipeline)(dict(paths))['inputs']
    windows = []
    for key, image in scaled.items():
        crop = inputs[key].permute(1, 2, 0).numpy()
        assert crop.shape == (256, 256, 3)
        windows += [
            (key, top, left, flipped)
            for flipped, source in enumerate((image, image[:, ::-1]))
            for top, left in zip(*(source[:31, :31] == crop[0, 0]).all(2).nonzero())
            if np.array_equal(source[top : top + 256, left : left + 256], crop)
        ]
    assert [window[0] for window in windows] == ['low', 'normal']
    assert windows[0][1:] != windows[1][1:]
