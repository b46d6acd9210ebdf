from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.acceleration.cpu import trained_winograd
from mmenlighten.acceleration.cpu.trained_winograd import conv3x3_by_winograd, suits
from mmenlighten.acceleration.modules import FastConv3x3


def draw(*shape: int, dtype: torch.dtype = torch.float64) -> Tensor:
    numbers = torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape)), dtype=dtype)
    return numbers.requires_grad_()


@pytest.mark.parametrize('padding', [0, 1])
@pytest.mark.parametrize('size', [(8, 12), (5, 7), (1, 1), (17, 6)])
@pytest.mark.parametrize('at_once', [1, 2000, 2**21])
def test_equals_a_convolution_forward_and_back(
    size: tuple[int, int], padding: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trained_winograd, 'AT_ONCE', at_once)
    for number, channels, out_channels in ((1, 6, 4), (3, 2, 5)):
        inputs = (
            draw(number, channels, *(side + 2 - 2 * padding for side in size)),
            draw(out_channels, channels, 3, 3),
            draw(out_channels),
        )
        ours, theirs = conv3x3_by_winograd(*inputs, padding), F.conv2d(*inputs, padding=padding)
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-11)
        weights = torch.randn_like(theirs)
        gradients = (torch.autograd.grad(each, inputs, weights) for each in (ours, theirs))
        for mine, expected in zip(*gradients):
            torch.testing.assert_close(mine, expected, rtol=0, atol=1e-11)


def test_takes_any_layout_and_gives_channels_last() -> None:
    weight, bias = draw(4, 6, 3, 3), draw(4)
    for layout in (torch.contiguous_format, torch.channels_last):
        features = draw(2, 6, 9, 8).detach().contiguous(memory_format=layout).requires_grad_()
        result = conv3x3_by_winograd(features, weight.to(memory_format=layout), bias)
        assert result.is_contiguous(memory_format=torch.channels_last)
        F.leaky_relu_(result, 0.2).sum().backward()  # in place, as networks do
        assert features.grad is not None


def test_round_off_in_float32() -> None:
    inputs = draw(1, 128, 24, 20), (draw(64, 128, 3, 3) / 34).detach().requires_grad_(), draw(64)
    singles = [each.detach().float().requires_grad_() for each in inputs]
    ours, expected = conv3x3_by_winograd(*singles), F.conv2d(*inputs, padding=1)
    assert (ours - expected).norm() <= 1e-5 * expected.norm()
    weights = draw(*expected.shape).detach()
    gradients = (
        torch.autograd.grad(ours, singles, weights.float()),
        torch.autograd.grad(expected, inputs, weights),
    )
    for single, double in zip(*gradients):
        assert (single - double).norm() <= 1e-5 * double.norm()


def test_is_for_what_is_trained_on_a_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    weight, features = draw(64, 128, 3, 3), draw(1, 128, 40, 40)
    assert suits(features, weight)
    assert not suits(features, weight.detach())
    assert not suits(features[..., :24], weight)  # so few tiles
    assert not suits(features[:, :64], weight[:, :64])
    assert not suits(features.float(), weight)
    assert not suits(features.to('meta'), weight.to('meta'))
    with torch.no_grad():
        assert not suits(features, weight)
    with torch.autocast('cpu', torch.bfloat16):
        assert not suits(features.float(), weight.float())


def test_convolutions_of_the_generator_use_it(monkeypatch: pytest.MonkeyPatch) -> None:
    convolution, features = FastConv3x3(128, 64, 3, padding=1), torch.randn(1, 128, 40, 40)
    plain = nn.Conv2d(128, 64, 3, padding=1)
    plain.load_state_dict(convolution.state_dict())
    used = []
    convolve = trained_winograd.conv3x3_by_winograd
    monkeypatch.setattr(
        trained_winograd, 'conv3x3_by_winograd', lambda *inputs: used.append(1) or convolve(*inputs)
    )
    torch.testing.assert_close(convolution(features), plain(features), rtol=1e-4, atol=1e-4)
    assert used
