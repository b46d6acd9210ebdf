from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.acceleration.cpu import conv_before_upsample
from mmenlighten.acceleration.modules import FastUpsampleConv2d

SIZES = [(1, 2), (2, 1), (4, 8), (7, 9), (21, 20)]


def plain(convolution: nn.Conv2d, features: Tensor, align_corners: bool) -> Tensor:
    doubled = F.interpolate(features, scale_factor=2, mode='bilinear', align_corners=align_corners)
    return F.conv2d(doubled, convolution.weight, convolution.bias, padding=1)


@pytest.mark.parametrize('align_corners', [True, False])
@pytest.mark.parametrize('size', SIZES)
@pytest.mark.parametrize('layout', [torch.contiguous_format, torch.channels_last])
def test_values_and_gradients(
    size: tuple[int, int], align_corners: bool, layout: torch.memory_format
) -> None:
    torch.manual_seed(0)
    convolution = FastUpsampleConv2d(3, 5, align_corners).double()
    features = torch.randn(2, 3, *size, dtype=torch.float64).to(memory_format=layout)
    inputs = [features.requires_grad_(), *convolution.parameters()]
    result, expected = convolution(features), plain(convolution, features, align_corners)
    torch.testing.assert_close(result, expected, rtol=0, atol=1e-12)
    weights = torch.randn_like(expected)
    ours, theirs = (torch.autograd.grad(each, inputs, weights) for each in (result, expected))
    for gradient, other in zip(ours, theirs):
        torch.testing.assert_close(gradient, other, rtol=0, atol=1e-11)


def test_round_off_is_less_than_that_of_the_upsampled_map() -> None:
    torch.manual_seed(0)
    convolution, features = (
        FastUpsampleConv2d(64, 32, align_corners=True),
        torch.randn(1, 64, 80, 64),
    )
    with torch.no_grad():
        result, by_upsampling = convolution(features), plain(convolution, features, True)
        exact = plain(convolution.double(), features.double(), True)
    assert (result - exact).norm() <= (by_upsampling - exact).norm()


def test_what_is_not_for_it_is_upsampled_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(conv_before_upsample, '_combine')
    convolution, features = FastUpsampleConv2d(3, 5, align_corners=False), torch.randn(1, 3, 8, 8)
    with torch.autocast('cpu', torch.bfloat16):
        assert convolution(features).dtype == torch.bfloat16
    half = convolution.bfloat16()(features.bfloat16())
    assert half.shape == (1, 5, 16, 16)
    exported = torch.export.export(convolution.float(), (features,)).module()
    torch.testing.assert_close(exported(features), plain(convolution, features, False))
    traced = torch.jit.trace(convolution, features, check_trace=False)
    torch.testing.assert_close(traced(features), plain(convolution, features, False))


def test_second_derivatives_are_refused() -> None:
    convolution = FastUpsampleConv2d(3, 5, align_corners=False)
    features = torch.randn(1, 3, 4, 4, requires_grad=True)
    loss = convolution(features).square().sum()
    (gradient,) = torch.autograd.grad(loss, features, create_graph=True)
    with pytest.raises(RuntimeError, match='once_differentiable'):
        gradient.sum().backward()
