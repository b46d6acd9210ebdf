from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from mmenlighten.acceleration import accelerate
from mmenlighten.acceleration.cpu.joint_scoring import score_jointly
from mmenlighten.models import PatchDiscriminator


def build(is_fast: bool = False) -> PatchDiscriminator:
    torch.manual_seed(0)
    discriminator = PatchDiscriminator(base_channels=4, num_downs=2).double()
    if is_fast:
        accelerate(discriminator)
    return discriminator


def draw(number: int, requires_grad: bool = False) -> Tensor:
    random = torch.Generator().manual_seed(number)
    image = torch.randn(number, 3, 17, 24, generator=random, dtype=torch.float64)
    return image.requires_grad_(requires_grad)


@pytest.mark.parametrize('is_fast', [True, False])
def test_two_graphs_of_one_computation(is_fast: bool) -> None:
    discriminator, real, enhanced = build(is_fast), draw(2), draw(3, requires_grad=True)
    both, again = score_jointly(discriminator, real, enhanced)
    expected = discriminator(torch.cat([real, enhanced]))
    torch.testing.assert_close(both, expected, rtol=0, atol=1e-12)
    assert torch.equal(again, both[2:])

    weights = torch.randn_like(expected)
    parameters = list(discriminator.parameters())
    (to_enhanced,) = torch.autograd.grad(again, enhanced, weights[2:], retain_graph=True)
    (other,) = torch.autograd.grad(expected[2:], enhanced, weights[2:], retain_graph=True)
    torch.testing.assert_close(to_enhanced, other, rtol=0, atol=1e-12)
    ours = torch.autograd.grad(both, parameters, weights, retain_graph=True)
    theirs = torch.autograd.grad(expected, parameters, weights)
    for mine, other in zip(ours, theirs):
        torch.testing.assert_close(mine, other, rtol=0, atol=1e-12)
    assert torch.autograd.grad(again.sum(), parameters, allow_unused=True) == (None,) * 8


def test_each_way_back_computes_what_its_parameters_need() -> None:
    discriminator, enhanced = build(), draw(1, requires_grad=True)
    with FlopCounterMode(display=False) as forward:
        both, again = score_jointly(discriminator, draw(3), enhanced)
    with FlopCounterMode(display=False) as back:
        torch.autograd.grad(again.sum(), enhanced, retain_graph=True)
    assert 4 * back.get_total_flops() == forward.get_total_flops()
    scores = both[3:] + (again - again.detach())
    with FlopCounterMode(display=False) as back:
        torch.autograd.grad(scores.sum(), list(discriminator.parameters()))
    assert back.get_total_flops() < 2 * forward.get_total_flops()
