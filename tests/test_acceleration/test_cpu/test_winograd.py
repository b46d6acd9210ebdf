from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from mmenlighten.acceleration.cpu import winograd


def draw(*shape: int, dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape)), dtype=dtype)


@pytest.mark.parametrize('size', [(4, 8), (5, 7), (1, 1), (17, 6), (3, 12)])
@pytest.mark.parametrize('at_once', [1, 2000, 2**21])
def test_equals_a_convolution(
    size: tuple[int, int], at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ('LEAST_AT_ONCE', 'MOST_AT_ONCE'):
        monkeypatch.setattr(winograd, name, at_once)
    for channels, out_channels in ((3, 5), (2, 9)):  # fewer and many more than there were
        features, bias = draw(2, channels, *size), draw(out_channels)
        weight = draw(out_channels, channels, 3, 3)
        kernels = winograd.TransformedKernels(weight)
        for slope in (None, 0.2):
            result = winograd.convolve_tiles(features, kernels, bias, slope)
            expected = F.conv2d(features, weight, bias, padding=1)
            expected = expected if slope is None else F.leaky_relu(expected, slope)
            torch.testing.assert_close(result, expected, rtol=0, atol=1e-12)
        result = winograd.convolve_tiles(features, kernels)
        torch.testing.assert_close(
            result, F.conv2d(features, weight, padding=1), atol=1e-12, rtol=0
        )


def test_takes_any_layout_and_gives_channels_last() -> None:
    features, weight = draw(2, 6, 9, 8), draw(4, 6, 3, 3)
    kernels = winograd.TransformedKernels(weight.to(memory_format=torch.channels_last))
    expected = F.conv2d(features, weight, padding=1)
    for layout in (torch.contiguous_format, torch.channels_last):
        result = winograd.convolve_tiles(features.contiguous(memory_format=layout), kernels)
        assert result.is_contiguous(memory_format=torch.channels_last)
        torch.testing.assert_close(result, expected, rtol=0, atol=1e-12)


def test_gradient_is_a_convolution_with_the_mirrored_kernels() -> None:
    features, weight, gradient = draw(2, 6, 9, 8), draw(4, 6, 3, 3), draw(2, 4, 9, 8)
    features.requires_grad_()
    kernels = winograd.TransformedKernels(weight, for_gradient=True)
    F.conv2d(features, weight, padding=1).backward(gradient)
    result = winograd.convolve_tiles(gradient, kernels)
    torch.testing.assert_close(result, features.grad, rtol=0, atol=1e-12)


def test_round_off_in_float32() -> None:
    features, weight = draw(1, 128, 24, 20), draw(128, 128, 3, 3) / 34
    kernels = winograd.TransformedKernels(weight.float())
    result = winograd.convolve_tiles(features.float(), kernels)
    expected = F.conv2d(features, weight, padding=1)
    assert (result - expected).norm() <= 1e-5 * expected.norm()
