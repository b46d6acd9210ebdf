"""Penalties on the slope of a critic, and the weight that follows them."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from mmenlighten.acceleration import accelerate
from mmenlighten.models import AdaptivePenaltyWeight, CriticNetwork, GradientPenalty
from mmenlighten.utils.errors import ConfigError


class Linear(nn.Module):
    """A critic whose slope is known: ``slope`` in each picture in [0, 1]."""

    def __init__(self, slope: float) -> None:
        super().__init__()
        self.slope = nn.Parameter(torch.tensor(slope))

    def forward(self, image: Tensor) -> Tensor:
        return self.slope * ((image + 1) / 2).flatten(1).sum(1) / image[0].numel() ** 0.5


@pytest.mark.parametrize(
    ('settings', 'slope', 'expected'),
    [
        ({}, 3.0, 2.0),
        ({}, 0.5, 0.0),
        (dict(one_sided=False), 0.5, -0.5),
        (dict(one_sided=False, squared=True), 0.5, 0.25),
        (dict(squared=True), 3.0, 4.0),
    ],
)
def test_penalty(settings: dict[str, bool], slope: float, expected: float) -> None:
    pictures = torch.rand(2, 2, 3, 8, 8)
    penalty = GradientPenalty(**settings)(Linear(slope), *pictures, torch.rand(2))
    assert penalty.item() == pytest.approx(expected, abs=1e-5)


def gradients(critic: CriticNetwork, number: int) -> dict[str, Tensor]:
    """Of the penalty, by the critic's parameters."""
    random = torch.Generator().manual_seed(1)
    real, fake = torch.rand((2, number, 3, 64, 64), generator=random) * 2 - 1
    shares = torch.rand(number, generator=random)
    penalty = GradientPenalty()(critic, real, fake, shares)
    assert penalty > 0
    parameters = dict(critic.named_parameters())
    # Slopes do not depend on the last biases.
    found = torch.autograd.grad(penalty, [*parameters.values()], materialize_grads=True)
    return dict(zip(parameters, found))


def build_critic() -> CriticNetwork:
    torch.manual_seed(0)
    critic = CriticNetwork(image_size=64)
    for parameter in critic.parameters():
        parameter.data.mul_(1000 if parameter.dim() == 4 else 1)  # steep
    return critic


@pytest.mark.parametrize('number', [1, 2])
def test_acceleration_keeps_second_derivatives(number: int) -> None:
    """In fast layers, and with channels of a pixel side by side, also of a single picture."""
    fast = build_critic()
    accelerate(fast)
    assert any(type(module).__module__.startswith('mmenlighten.acc') for module in fast.modules())
    found = gradients(fast, number)
    for name, expected in gradients(build_critic(), number).items():
        assert (found[name] - expected).abs().max() <= 1e-3 * expected.abs().max() + 1e-5, name


def test_a_compiled_critic_is_differentiated_twice() -> None:
    critic = build_critic()

    def compiled(*_: Tensor) -> Tensor:
        raise RuntimeError('torch.compile does not support double backward')

    critic._compiled_call_impl = compiled  # as critic.compile() does
    found = gradients(critic, 2)
    for name, expected in gradients(build_critic(), 2).items():
        torch.testing.assert_close(found[name], expected)


def feed(adaptive: AdaptivePenaltyWeight, *penalties: float) -> list[float]:
    weights = []
    for penalty in penalties:
        adaptive.update(torch.tensor(penalty))
        weights.append(adaptive.weight.item())
    return weights


def test_weight_rises_once_and_waits() -> None:
    adaptive = AdaptivePenaltyWeight(decay=0.0, bound=0.5, patience=3)
    assert feed(adaptive, 1, 1, 1, 1, 1, 1) == [10, 20, 20, 20, 40, 40]  # not at the first step


def test_weight_falls_where_that_is_asked_for() -> None:
    adaptive = AdaptivePenaltyWeight(decay=0.0, bound=0.5, patience=2, decrease_below=0.1)
    assert feed(adaptive, 0, 0, 0, 0, 0) == [10, 10, 5, 5, 2.5]


def test_weight_goes_on_from_its_state() -> None:
    adaptive, resumed = (AdaptivePenaltyWeight(decay=0.5, bound=0.2, patience=2) for _ in range(2))
    feed(adaptive, 1, 1, 1)
    resumed.load_state_dict(adaptive.state_dict())
    assert feed(resumed, 1, 0.5, 0, 1) == feed(adaptive, 1, 0.5, 0, 1)


def test_numbers_out_of_range() -> None:
    with pytest.raises(ConfigError, match='patience'):
        AdaptivePenaltyWeight(patience=0)
    with pytest.raises(ConfigError, match='decay'):
        AdaptivePenaltyWeight(decay=2)
