from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.acceleration.modules.space_to_depth_conv2d import space_to_depth


@pytest.mark.parametrize('size', [(8, 10), (9, 7), (7, 8), (1, 2)])
def test_equals_the_plain_convolution_and_its_gradients(size: tuple[int, int]) -> None:
    torch.manual_seed(0)
    layer = nn.Conv2d(3, 5, 4, stride=2, padding=2).double()
    image = torch.randn(2, 3, *size, dtype=torch.float64, requires_grad=True)
    plain = F.conv2d(image, layer.weight, layer.bias, stride=2, padding=2)
    pixels, weight = space_to_depth(image, layer.weight)
    result = F.conv2d(pixels, weight, layer.bias)
    torch.testing.assert_close(result, plain, rtol=0, atol=1e-12)
    weights = torch.randn_like(plain)
    inputs = [image, layer.weight, layer.bias]

    def gradients(result: Tensor) -> tuple[Tensor, ...]:
        return torch.autograd.grad((result * weights).sum(), inputs)

    for ours, expected in zip(gradients(result), gradients(plain)):
        torch.testing.assert_close(ours, expected, rtol=0, atol=1e-12)
