from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from mmenlighten.acceleration.gpu.pixel_packed_conv3x3 import (
    _convolve,
    conv_relu,
    has_fused_relu,
    packed_conv3x3,
)
from tests.builders import random_images

CASES = [(3, 8, 4), (4, 32, 4), (32, 32, 2), (5, 8, 2), (6, 7, 1)]


def make(channels: int, out_channels: int, pack: int) -> tuple[Tensor, Tensor, Tensor]:
    features = random_images(2, channels, 5, 3 * pack, dtype=torch.float64)
    weight = random_images(out_channels, channels, 3, 3, seed=1, dtype=torch.float64)
    bias = random_images(out_channels, seed=2, dtype=torch.float64)
    return features.requires_grad_(), weight.requires_grad_(), bias


def check_equal(actual: Tensor, expected: Tensor, inputs: tuple[Tensor, ...]) -> None:
    weights = random_images(*expected.shape, seed=3, dtype=torch.float64)
    torch.testing.assert_close(actual, expected, rtol=0, atol=1e-12)
    ours, theirs = (torch.autograd.grad(each, inputs, weights) for each in (actual, expected))
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize('case', CASES)
def test_equals_the_convolution(case: tuple[int, int, int]) -> None:
    features, weight, _ = make(*case)
    result = packed_conv3x3(features, weight, case[-1])
    assert result.is_contiguous(memory_format=torch.channels_last)
    check_equal(result, F.conv2d(features, weight, padding=1), (features, weight))


@pytest.mark.parametrize('case', CASES)
def test_equals_the_rectified_convolution(case: tuple[int, int, int]) -> None:
    features, weight, bias = make(*case)
    weight = weight.detach()
    result = conv_relu(features, weight, bias, case[-1])
    check_equal(result, F.relu(F.conv2d(features, weight, bias, padding=1)), (features,))


def test_features_that_need_no_gradient_get_none() -> None:
    features, weight, _ = make(4, 8, 2)
    result = packed_conv3x3(features.detach(), weight, 2)
    expected = F.conv2d(features.detach(), weight, padding=1)
    check_equal(result, expected, (weight,))


@pytest.mark.parametrize('has_bias', [False, True])
def test_operator_keeps_its_promises_to_torch(has_bias: bool) -> None:
    features, weight, bias = make(3, 4, 1)
    features = F.pad(features.detach(), [0, 0, 0, 0, 0, 5]).requires_grad_()
    weight = F.pad(weight.detach(), [0, 0, 0, 0, 0, 5]).requires_grad_(not has_bias)
    torch.library.opcheck(_convolve, (features, weight, bias if has_bias else None, 1))


@pytest.mark.parametrize(('capability', 'expected'), [((7, 5), False), ((8, 0), True)])
def test_old_gpus_rectify_in_a_pass_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capability: tuple[int, int], expected: bool
) -> None:
    has_fused_relu.cache_clear()
    monkeypatch.setattr(torch.version, 'cuda', '13.0')
    monkeypatch.setattr(torch.cuda, 'get_device_capability', lambda device: capability)
    assert has_fused_relu(torch.device('cuda', 0)) == expected
    assert not has_fused_relu(torch.device('cpu'))
    has_fused_relu.cache_clear()
    monkeypatch.setattr(torch.version, 'cuda', None)  # AMD's build, which says cuda too
    assert not has_fused_relu(torch.device('cuda', 0))
    has_fused_relu.cache_clear()


def test_compiled_code_trains() -> None:
    torch.compiler.reset()
    features, weight, bias = make(4, 8, 2)

    def convolve(features: Tensor, weight: Tensor) -> Tensor:
        result = packed_conv3x3(features, weight, 2)
        return conv_relu(result, weight.detach().repeat(1, 2, 1, 1), bias)

    compiled = torch.compile(convolve, backend='aot_eager', fullgraph=True)
    check_equal(compiled(features, weight), convolve(features, weight), (features, weight))
