from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import Tensor

from mmenlighten.models import TrainedEnhancer
from mmenlighten.registry import MODELS
from mmenlighten.utils.errors import ConfigError
from tests.builders import random_images

NETWORKS = ('generator', 'reverse_generator', 'discriminator')
CRITIC = dict(type='PatchDiscriminator', base_channels=2, num_downs=1)


class ThereAndBack(TrainedEnhancer):
    """Two networks that learn from one loss, and one that does not."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        super().__init__(CRITIC)  # a network of some layers; what they compute does not matter
        self.reverse_generator = MODELS.build(CRITIC)
        self.discriminator = MODELS.build(CRITIC)
        self.double()

    def loss(self, image: Tensor) -> Tensor:
        scores = [getattr(self, name)(image) for name in NETWORKS]
        return scores[0].square().mean() * scores[1].exp().mean() * scores[2].exp().mean()


def optimizers(model: TrainedEnhancer, **options: Any) -> OptimWrapperDict:
    return OptimWrapperDict(
        **{
            name: OptimWrapper(torch.optim.Adam(getattr(model, name).parameters()), **options)
            for name in NETWORKS
        }
    )


def image(seed: int) -> Tensor:
    return random_images(2, 3, 12, 12, seed=seed, dtype=torch.float64)


def weights(model: TrainedEnhancer) -> Mapping[str, Tensor]:
    return {name: value.clone() for name, value in model.state_dict().items()}


def test_networks_learn_as_by_one_optimizer_over_them() -> None:
    model, expected = ThereAndBack(), ThereAndBack()
    wrappers = optimizers(model)
    learning = [*expected.generator.parameters(), *expected.reverse_generator.parameters()]
    optimizer = torch.optim.Adam(learning)
    for step in range(3):
        assert model.update(wrappers, model.loss(image(step)), NETWORKS[:2])
        optimizer.zero_grad()
        expected.loss(image(step)).backward(inputs=learning)
        optimizer.step()
    for name, value in expected.state_dict().items():
        torch.testing.assert_close(model.state_dict()[name], value, rtol=0, atol=0)
    assert all(parameter.grad is None for parameter in model.discriminator.parameters())


def test_gradients_are_accumulated_in_all_networks_alike() -> None:
    model = ThereAndBack()
    wrappers = optimizers(model, accumulative_counts=2)
    before = weights(model)
    assert not model.update(wrappers, model.loss(image(0)), NETWORKS[:2])
    assert all(torch.equal(value, before[name]) for name, value in weights(model).items())
    assert model.update(wrappers, model.loss(image(1)), NETWORKS[:2])
    changed = {
        name.partition('.')[0]
        for name, value in weights(model).items()
        if not torch.equal(value, before[name])
    }
    assert changed == {'generator', 'reverse_generator'}


def test_a_loss_scaler_for_each_of_several_networks_is_refused() -> None:
    model = ThereAndBack()
    wrappers = optimizers(model)
    wrappers['generator'].loss_scaler = object()
    with pytest.raises(ConfigError, match=r"reverse_generator learn from one .*'AutocastOptimWr"):
        model.update(wrappers, model.loss(image(0)), NETWORKS[:2])


def test_weights_of_the_generator_alone_are_enough() -> None:
    model = ThereAndBack()
    state = {name: value for name, value in weights(model).items() if name.startswith('generator')}
    assert model.load_state_dict(state, strict=False).missing_keys == []
    del state['generator.model.0.bias']
    assert model.load_state_dict(state, strict=False).missing_keys == ['generator.model.0.bias']


def test_all_that_learns_is_compiled() -> None:
    assert ThereAndBack().networks_to_compile() == list(NETWORKS)
