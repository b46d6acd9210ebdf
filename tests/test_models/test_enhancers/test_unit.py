"""What is special to UNIT; its step is compared in test_learned_parity_unit.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.optim import OptimWrapper, OptimWrapperDict
from mmengine.registry import DefaultScope
from PIL import Image
from torch.utils.flop_counter import FlopCounterMode

from mmenlighten.models import UNIT
from mmenlighten.registry import TRANSFORMS
from mmenlighten.utils.errors import ConfigError
from tests.builders import copy_state, random_inputs
from tests.golden import REPOSITORY

NETWORKS = ('generator', 'reverse_generator', 'discriminator', 'reverse_discriminator')
SMALL = dict(
    generator=dict(type='VAEGenerator', base_channels=2, num_blocks=2),
    discriminator=dict(type='MultiScaleDiscriminator', base_channels=2, num_layers=2, num_scales=2),
)


def build(**options: Any) -> UNIT:
    torch.manual_seed(0)
    defaults = SMALL | dict(data_preprocessor=dict(type='BaseDataPreprocessor'))
    return UNIT(**(defaults | options)).double().train()


def optimizers_of(model: UNIT, **options: Any) -> OptimWrapperDict:
    return OptimWrapperDict(
        **{
            name: OptimWrapper(
                torch.optim.SGD(getattr(model, name).parameters(), lr=0.1), **options
            )
            for name in NETWORKS
        }
    )


def changed(model: UNIT, before: dict[str, torch.Tensor]) -> set[str]:
    """Networks of which a parameter is another."""
    state = model.state_dict()
    return {key.partition('.')[0] for key in before if not torch.equal(state[key], before[key])}


def test_generators_learn_in_their_iterations_alone() -> None:
    model, data = build(), dict(inputs=random_inputs(2, 3, 16, 16))
    optimizers, before = optimizers_of(model), copy_state(model)
    model.begin_iteration(0, 0, update_generator=False)
    losses = model.train_step(data, optimizers)
    assert changed(model, before) == set(NETWORKS[2:])
    assert losses.keys() == {'loss_discriminator', 'loss_reverse_discriminator'}
    model.begin_iteration(0, 1)
    losses = model.train_step(data, optimizers)
    assert changed(model, before) == set(NETWORKS)
    assert len(losses) == 12


def test_accumulated_gradients_step_all_networks_at_once() -> None:
    model, data = build(), dict(inputs=random_inputs(2, 3, 16, 16))
    optimizers, before = optimizers_of(model, accumulative_counts=2), copy_state(model)
    for name, wrapper in optimizers.items():
        wrapper.initialize_count_status(getattr(model, name), 0, 2)
    model.train_step(data, optimizers)
    assert not changed(model, before)
    model.train_step(data, optimizers)
    assert changed(model, before) == set(NETWORKS)


def test_shared_blocks_belong_to_the_exported_generator() -> None:
    model = build(shared_blocks=1)
    whole, rest = (
        sum(parameter.numel() for parameter in getattr(model, name).parameters())
        for name in ('generator', 'reverse_generator')
    )
    assert whole - rest == 2 * 2 * (8 * 8 * 9 + 8)
    normal, low = (random_inputs(1, 3, 16, 16)[key] for key in ('normal', 'low'))
    for translated in model.training_pictures(dict(low=low, normal=normal)).values():
        assert translated.shape == low.shape
    optimizers, before = optimizers_of(model), copy_state(model)
    model.train_step(dict(inputs=dict(low=low, normal=normal)), optimizers)
    assert changed(model, before) == set(NETWORKS)
    # Both auto-encoders go through them.
    for loss in (model.decode_low(model.encode_low(low)), model.encode_normal(normal)):
        [gradient] = torch.autograd.grad(loss.sum(), model.generator.encoder[-1].parameters())[:1]
        assert gradient.abs().max() > 0


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (dict(shared_blocks=3), 'shared_blocks=3: it must be 0 to 2, the num_blocks'),
        (dict(loss_weights=dict(vgg=1)), 'model.loss_weights names vgg: use generator'),
        (dict(generator=dict(type='AttentionUNet', base_channels=2)), 'trains a VAEGenerator'),
        (dict(gan_loss=dict(type='RelativisticGANLoss')), 'takes a GANLoss alone'),
    ],
)
def test_refuses_what_cannot_work(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build(**options)


def test_refuses_crops_that_the_decoder_would_cut() -> None:
    model = build()
    with pytest.raises(ConfigError, match='multiples of 4, not 18 x 16: set the size'):
        model.train_step(dict(inputs=random_inputs(1, 3, 16, 18)), optimizers_of(model))


def test_learning_rate_is_halved_before_the_hundred_thousandth_iteration() -> None:
    """The released program steps its schedule first in an iteration: the n-th has n steps."""
    scheduler = Config.fromfile(REPOSITORY / 'configs/unit/unit_lol.py').param_scheduler
    for iteration in (0, 99_998, 99_999, 199_998, 199_999, 999_998):
        halvings = sum(milestone <= iteration for milestone in scheduler.milestones)
        assert halvings == (iteration + 1) // 100_000


def test_crops_are_those_of_the_shorter_side() -> None:
    config = Config.fromfile(REPOSITORY / 'configs/unit/unit_lol.py')
    picture = np.random.default_rng(0).integers(0, 256, (400, 600, 3), np.uint8)
    with DefaultScope.overwrite_default_scope('mmenlighten'):
        step = TRANSFORMS.build(config.train_dataloader.dataset.pipeline[1])
    _, resize, crop = step.transforms
    resized = resize(dict(img=picture))['img']
    expected = np.asarray(Image.fromarray(picture).resize((384, 256), Image.Resampling.BILINEAR))
    np.testing.assert_array_equal(resized, expected)
    assert crop(dict(img=resized))['img'].shape == (256, 256, 3)
    both = step(dict(low=picture, normal=picture.transpose(1, 0, 2)))
    assert both['low'].shape == both['normal'].shape == (256, 256, 3)


def official_order(model: UNIT, low: torch.Tensor, normal: torch.Tensor) -> None:
    """The work of the released program: all is encoded twice, gradients come to all networks."""

    def judge(player: str, name: str, *images: torch.Tensor) -> torch.Tensor:
        scores = [getattr(model, name)(image) for image in images]
        return model._sum_of_scales(player, scores[0], scores[-1])

    latents = model.encode_low(low), model.encode_normal(normal)
    enhanced, darkened = model.decode_normal(latents[0]), model.decode_low(latents[1])
    loss = judge('discriminator', 'discriminator', normal, enhanced.detach())
    loss = loss + judge('discriminator', 'reverse_discriminator', low, darkened.detach())
    loss.backward()

    latents = model.encode_low(low), model.encode_normal(normal)
    own = model.decode_low(latents[0]), model.decode_normal(latents[1])
    enhanced, darkened = model.decode_normal(latents[0]), model.decode_low(latents[1])
    low_again = model.decode_low(model.encode_normal(enhanced))
    normal_again = model.decode_normal(model.encode_low(darkened))
    loss = sum(image.sum() for image in (*own, low_again, normal_again))
    loss = loss + judge('generator', 'discriminator', enhanced)
    loss = loss + judge('generator', 'reverse_discriminator', darkened)
    loss = loss + model.feature_loss(enhanced, low) + model.feature_loss(darkened, normal)
    loss.backward()


def test_a_step_does_no_work_twice() -> None:
    """GFLOP of an iteration with the official networks: 256 x 256 pixels, batch 1."""
    features = dict(type='VGG16Features', layer='relu5_3', weights='untrained')
    with torch.device('meta'):
        model = UNIT(
            generator=dict(type='VAEGenerator'),
            discriminator=dict(type='MultiScaleDiscriminator'),
            feature_loss=dict(type='SelfFeaturePreservingLoss', features=features),
            data_preprocessor=dict(type='BaseDataPreprocessor'),
        )
        low, normal = torch.empty(2, 1, 3, 256, 256)
    model.to('meta').train()
    optimizers = optimizers_of(model)
    counts = []
    for step in (
        lambda: model.train_step(dict(inputs=dict(low=low, normal=normal)), optimizers),
        lambda: official_order(model, low, normal),
    ):
        with FlopCounterMode(display=False) as counter:
            step()
        counts.append(counter.get_total_flops() / 1e9)
    assert counts == pytest.approx([2825.8, 2931.4], abs=0.1)
