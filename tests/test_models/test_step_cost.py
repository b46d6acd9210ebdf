"""The work of a training step, counted in full size without doing it (2 x multiply-adds)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch.utils.flop_counter import FlopCounterMode

from mmenlighten.models import CycleGAN, EnlightenGAN
from tests.builders import NETWORKS, build_optimizers
from tests.test_models.official_step import official_step

Step = Callable[[EnlightenGAN, dict[str, Any], OptimWrapperDict], dict[str, torch.Tensor]]


def count(step: Step) -> float:
    """GFLOP of a step with the official networks: 128 x 128 pixels, batch 2."""
    with torch.device('meta'):
        model = EnlightenGAN(
            generator=dict(type='AttentionUNet'),
            global_discriminator=dict(type='PatchDiscriminator'),
            local_discriminator=dict(type='PatchDiscriminator', num_downs=4),
            feature_loss=dict(
                type='SelfFeaturePreservingLoss',
                features=dict(type='VGG16Features', layer='relu5_1', weights='untrained'),
            ),
        )
    model.to('meta').train()
    optimizers = OptimWrapperDict(
        **{
            name: OptimWrapper(torch.optim.Adam(getattr(model, name).parameters()))
            for name in NETWORKS
        }
    )
    names = ('low', 'normal', 'darkened')
    inputs = {name: torch.empty(2, 3, 128, 128, device='meta') for name in names}
    counter = FlopCounterMode(display=False)
    with counter:
        step(model, dict(inputs=inputs), optimizers)
    return counter.get_total_flops() / 1e9


def test_cyclegan_does_the_work_of_the_official_program() -> None:
    """Which is 119.7 GFLOP with 32 channels at 128 x 128 pixels (benchmarks/cyclegan_step.py)."""
    with torch.device('meta'):
        model = CycleGAN(
            generator=dict(type='ResnetGenerator', base_channels=32),
            discriminator=dict(
                type='PatchDiscriminator',
                base_channels=32,
                num_downs=3,
                padding=1,
                norm='instance',
            ),
        )
    model.to('meta').train()
    inputs = {name: torch.empty(1, 3, 128, 128, device='meta') for name in ('low', 'normal')}
    with FlopCounterMode(display=False) as counter:
        model.train_step(dict(inputs=inputs), build_optimizers(model))
    assert counter.get_total_flops() / 1e9 == pytest.approx(119.7, abs=0.1)


def test_a_step_does_no_work_twice() -> None:
    """But for the 5.6 of the generator's way back through the real half of a joint batch."""
    assert count(EnlightenGAN.train_step) <= 180


def test_the_official_order_of_work_costs_a_fifth_more() -> None:
    """The count of the official code itself is 206.5: the comparison is with its work."""
    assert count(official_step) == pytest.approx(206.5, abs=0.2)


def test_discriminator_updates_alone_cost_less_than_a_third() -> None:
    def step(
        model: EnlightenGAN, data: dict[str, Any], optimizers: OptimWrapperDict
    ) -> dict[str, torch.Tensor]:
        model.begin_iteration(seed=0, iteration=0, update_generator=False)
        return model.train_step(data, optimizers)

    assert count(step) <= 50
