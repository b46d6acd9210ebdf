from __future__ import annotations

import pytest
import torch
from torch import nn

from mmenlighten.engine.optim_wrappers import AutocastOptimWrapper
from mmenlighten.models import EnlightenGAN, PatchDiscriminator
from mmenlighten.registry import OPTIM_WRAPPERS
from mmenlighten.utils.errors import ConfigError
from tests.builders import NETWORKS, build_enlightengan, random_images, random_inputs


def build(network: nn.Module, **options: object) -> AutocastOptimWrapper:
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    return OPTIM_WRAPPERS.build(dict(type='AutocastOptimWrapper', optimizer=optimizer, **options))


def test_forward_runs_in_bfloat16_inside_the_context_only() -> None:
    discriminator = PatchDiscriminator(base_channels=4, num_downs=1)
    image = random_images(1, 3, 16, 16)
    wrapper = build(discriminator)
    with wrapper.optim_context(discriminator):
        assert discriminator(image).dtype == torch.bfloat16
    assert discriminator(image).dtype == torch.float32


def test_dtype_may_be_chosen() -> None:
    discriminator = PatchDiscriminator(base_channels=4, num_downs=1)
    wrapper = build(discriminator, dtype='float16')
    with wrapper.optim_context(discriminator):
        assert discriminator(random_images(1, 3, 16, 16)).dtype == torch.float16


def test_weights_gradients_and_steps_stay_in_float32() -> None:
    discriminator = PatchDiscriminator(base_channels=4, num_downs=1)
    before = discriminator.model[0].weight.detach().clone()
    wrapper = build(discriminator)
    with wrapper.optim_context(discriminator):
        loss = discriminator(random_images(1, 3, 16, 16)).float().square().mean()
    wrapper.backward(loss)
    gradient = discriminator.model[0].weight.grad.clone()
    wrapper.step()
    assert gradient.dtype == torch.float32
    torch.testing.assert_close(discriminator.model[0].weight.detach(), before - 0.1 * gradient)


def test_accumulates_gradients_as_mmengine_does() -> None:
    discriminator = PatchDiscriminator(base_channels=4, num_downs=1)
    before = discriminator.model[0].weight.detach().clone()
    wrapper = build(discriminator, accumulative_counts=2)
    changed = []
    for _ in range(2):
        with wrapper.optim_context(discriminator):
            loss = discriminator(random_images(1, 3, 16, 16)).float().square().mean()
        wrapper.update_params(loss)
        changed.append(not torch.equal(discriminator.model[0].weight, before))
    assert changed == [False, True]


def test_training_step_judges_in_bfloat16_and_loses_in_float32() -> None:
    model: EnlightenGAN = build_enlightengan().float()
    optimizers = {name: build(getattr(model, name)) for name in NETWORKS}
    scores: dict[str, torch.dtype] = {}
    for name in NETWORKS[1:]:

        def record(module: nn.Module, args: object, output: torch.Tensor, name: str = name) -> None:
            scores[name] = output.dtype

        getattr(model, name).register_forward_hook(record)
    inputs = random_inputs(2, 3, 24, 24, dtype=torch.float32)
    losses = model.train_step(dict(inputs=inputs), optimizers)
    assert scores == dict.fromkeys(NETWORKS[1:], torch.bfloat16)
    assert {loss.dtype for loss in losses.values()} == {torch.float32}


def test_unknown_dtype_is_named() -> None:
    with pytest.raises(ConfigError, match="dtype='half' is unknown"):
        build(PatchDiscriminator(base_channels=4, num_downs=1), dtype='half')
