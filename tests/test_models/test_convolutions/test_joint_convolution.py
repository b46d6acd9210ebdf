from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from mmenlighten.models.convolutions import UnshuffledConvolution, convolve_jointly

CONVOLUTIONS = [
    lambda: UnshuffledConvolution(3, 8),
    lambda: nn.Conv2d(3, 8, 4, stride=2, padding=2),
    lambda: nn.Conv2d(3, 8, 4, stride=1, padding=2),
]


@pytest.mark.parametrize('make', CONVOLUTIONS)
@pytest.mark.parametrize('slope', [1.0, 0.2])
@pytest.mark.parametrize('layout', [torch.contiguous_format, torch.channels_last])
def test_two_graphs_of_one_computation(make, slope: float, layout: torch.memory_format) -> None:
    torch.manual_seed(0)
    convolution = make().double().to(memory_format=layout)
    real = torch.randn(2, 3, 9, 12, dtype=torch.float64, requires_grad=True)
    enhanced = torch.randn(3, 3, 9, 12, dtype=torch.float64, requires_grad=True)
    every = torch.cat([real, enhanced.detach()])
    of_every, of_last = convolve_jointly(convolution, every, enhanced, slope)

    both = torch.cat([real, enhanced])
    expected = F.leaky_relu(convolution(both), slope)
    torch.testing.assert_close(of_every, expected, rtol=0, atol=1e-12)
    assert torch.equal(of_last, of_every[2:])

    weights = torch.randn_like(expected)
    weights[:2] = 0  # the generator's loss does not go back to real pictures
    (to_enhanced,) = torch.autograd.grad(of_last, enhanced, weights[2:], retain_graph=True)
    (theirs,) = torch.autograd.grad(expected, enhanced, weights, retain_graph=True)
    torch.testing.assert_close(to_enhanced, theirs, rtol=0, atol=1e-12)

    weights, parameters = torch.randn_like(expected), [*convolution.parameters(), real]
    ours = torch.autograd.grad(of_every, parameters, weights, retain_graph=True)
    for mine, others in zip(ours, torch.autograd.grad(expected, parameters, weights)):
        torch.testing.assert_close(mine, others, rtol=0, atol=1e-12)
    assert torch.autograd.grad(of_every.sum(), enhanced, allow_unused=True) == (None,)


def test_way_back_to_the_last_is_shorter() -> None:
    convolution = nn.Conv2d(4, 8, 4, stride=2, padding=2)
    enhanced = torch.randn(1, 4, 16, 16, requires_grad=True)
    every = torch.cat([torch.randn(3, 4, 16, 16), enhanced.detach()])
    with FlopCounterMode(display=False) as forward:
        _, of_last = convolve_jointly(convolution, every, enhanced)
    with FlopCounterMode(display=False) as back:
        of_last.sum().backward()
    assert 4 * back.get_total_flops() == forward.get_total_flops()
    assert convolution.weight.grad is None
