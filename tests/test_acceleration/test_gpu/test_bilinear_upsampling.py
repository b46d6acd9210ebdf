from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from mmenlighten.acceleration.gpu.bilinear_upsampling import upsample, upsample_by_products

SIZES = [(5, 7), (1, 4), (16, 2)]


def interpolate(features: torch.Tensor, align_corners: bool) -> torch.Tensor:
    return F.interpolate(features, scale_factor=2, mode='bilinear', align_corners=align_corners)


@pytest.mark.parametrize('align_corners', [True, False])
@pytest.mark.parametrize('size', SIZES)
def test_products_equal_interpolation_and_its_gradient(
    size: tuple[int, int], align_corners: bool
) -> None:
    torch.manual_seed(0)
    features = torch.randn(2, 3, *size, dtype=torch.float64, requires_grad=True)
    expected, result = (
        make(features, align_corners) for make in (interpolate, upsample_by_products)
    )
    torch.testing.assert_close(result, expected, rtol=0, atol=1e-12)
    weights = torch.randn_like(expected)
    ours, theirs = (
        torch.autograd.grad(upsampled, features, weights)[0] for upsampled in (result, expected)
    )
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)


def test_products_keep_channels_side_by_side() -> None:
    upsampled = upsample_by_products(torch.randn(2, 3, 4, 6), align_corners=True)
    assert upsampled.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize('align_corners', [True, False])
def test_products_in_half_precision(align_corners: bool) -> None:
    features = torch.rand(1, 2, 40, 30, generator=torch.Generator().manual_seed(0))
    half = upsample_by_products(features.bfloat16(), align_corners)
    assert half.dtype == torch.bfloat16
    expected = interpolate(features.bfloat16().float(), align_corners)
    torch.testing.assert_close(half.float(), expected, rtol=0, atol=0.015)


def test_a_cpu_interpolates() -> None:
    features = torch.rand(1, 2, 5, 7)
    assert upsample(features, False).equal(interpolate(features, False))
