from __future__ import annotations

from typing import Any

import pytest
import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict

from mmenlighten.models import CinCGAN
from mmenlighten.utils.errors import ConfigError


def build(**options: Any) -> CinCGAN:
    torch.manual_seed(0)
    return CinCGAN(
        data_preprocessor=dict(type='BaseDataPreprocessor'),
        generator=dict(type='CinCGANGenerator', base_channels=4, num_blocks=1),
        discriminator=dict(type='PatchDiscriminator', base_channels=4, num_downs=2, norm='batch'),
        **options,
    )


def step(model: CinCGAN) -> dict[str, torch.Tensor]:
    optimizers = OptimWrapperDict(
        **{
            name: OptimWrapper(torch.optim.SGD(getattr(model, name).parameters(), lr=0.1))
            for name in ('generator', 'reverse_generator', 'discriminator')
        }
    )
    low, normal = torch.rand((2, 2, 3, 16, 12), generator=torch.Generator().manual_seed(1)) * 2 - 1
    return model.train_step(dict(inputs=dict(low=low, normal=normal)), optimizers)


def test_generators_rest_in_iterations_of_the_discriminator() -> None:
    model = build()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    model.begin_iteration(seed=0, iteration=0, update_generator=False)
    assert set(step(model)) == {'loss_discriminator'}
    changed = {
        key.partition('.')[0]
        for key, value in model.state_dict().items()
        if not torch.equal(value, before[key])
    }
    assert changed == {'discriminator'}


def test_average_follows_the_generator() -> None:
    model = build(ema=dict(type='ExponentialMovingAverage', momentum=0.5))
    step(model)
    image = torch.zeros(1, 3, 9, 7)
    assert torch.equal(model.enhance(image), model.generator(image))


def test_weights_of_losses() -> None:
    model = build(loss_weights=dict(cycle_low=0.0))
    before = [parameter.clone() for parameter in model.reverse_generator.parameters()]
    step(model)
    assert all(map(torch.equal, before, model.reverse_generator.parameters()))
    with pytest.raises(ConfigError, match=r'model.loss_weights names cycle: use generator'):
        build(loss_weights=dict(cycle=1.0))


def test_structure_is_kept_if_asked_for() -> None:
    config = dict(type='BlurGradientLoss', sigmas=[1], weights=[1])
    assert step(build(structure_loss=config))['loss_structure'] > 0


def test_pictures_of_training() -> None:
    model = build()
    images = torch.zeros(1, 3, 9, 7)
    pictures = model.training_pictures(dict(low=images, normal=images))
    assert [picture.shape for picture in pictures.values()] == 2 * [images.shape]
