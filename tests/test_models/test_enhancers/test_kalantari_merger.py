"""Stages of Kalantari's training, and what losses see."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from mmenlighten.models import KalantariMerger
from mmenlighten.models.layers import light_of_frames
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.mu_law import mu_law

INNER = (..., slice(6, -6), slice(6, -6))


def build(kind: str = 'wie', **options: Any) -> KalantariMerger:
    torch.manual_seed(0)
    return KalantariMerger(
        generator=dict(type='KalantariHDR', kind=kind, channels=(4, 4, 4)),
        losses=dict(mu_law=dict(type='MuLawL2Loss')),
        **options,
    )


@pytest.fixture
def inputs() -> dict[str, Tensor]:
    torch.manual_seed(1)
    return dict(
        low=torch.rand(2, 9, 20, 24) * 2 - 1,
        normal=torch.rand(2, 3, 20, 24) * 2 - 1,
        exposures=torch.tensor([[1.0, 4.0, 16.0], [1.0, 8.0, 64.0]]),
    )


@pytest.mark.parametrize('kind', ['direct', 'we', 'wie'])
def test_margin_is_not_compared(kind: str, inputs: dict[str, Tensor]) -> None:
    model = build(kind)
    losses = model.compute_losses(inputs)
    merged = (model.enhance(inputs['low'], inputs['exposures'])[INNER] + 1) / 2
    target = (inputs['normal'][INNER] + 1) / 2
    expected = F.mse_loss(mu_law(merged), mu_law(target))
    torch.testing.assert_close(losses, dict(mu_law=expected))


@pytest.mark.parametrize('first_stage', ['light', 'frames'])
def test_first_stage_trains_refined_frames(first_stage: Any, inputs: dict[str, Tensor]) -> None:
    model = build(first_stage=first_stage)
    model.begin_phase(0)
    [loss] = model.compute_losses(inputs).values()
    _, frames = model.generator(inputs['low'], inputs['exposures'], 'frames')
    if first_stage == 'light':
        target = torch.cat([(inputs['normal'][INNER] + 1) / 2] * 3, dim=1)
    else:
        target = light_of_frames((inputs['low'] + 1) / 2, inputs['exposures'])[INNER]
    expected = F.mse_loss(mu_law((frames + 1) / 2), mu_law(target))
    torch.testing.assert_close(loss, expected)
    loss.backward()
    gradient = model.generator.conv4.weight.grad
    assert not gradient[:9].any()  # weights are not trained
    assert gradient[9:].any()
    model.begin_phase(1)
    later = model.compute_losses(inputs)
    torch.testing.assert_close(later, build().compute_losses(inputs))


def test_what_is_refused() -> None:
    with pytest.raises(ConfigError, match="kind='we'"):
        build('we', first_stage='light')
    with pytest.raises(ConfigError, match='first_stage'):
        build(first_stage='weights')
