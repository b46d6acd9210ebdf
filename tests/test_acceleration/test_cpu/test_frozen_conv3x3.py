from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from mmenlighten.acceleration import accelerate
from mmenlighten.acceleration.cpu import winograd
from mmenlighten.acceleration.cpu.frozen_conv3x3 import FrozenConv3x3
from mmenlighten.models import VGG16Features


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Widths of what Winograd's algorithm is given; few channels are enough for it here."""
    widths: list[int] = []
    convolve = winograd.convolve_tiles

    def counted(features: Tensor, *arguments: Tensor) -> Tensor:
        widths.append(features.shape[-1])
        return convolve(features, *arguments)

    monkeypatch.setattr(winograd, 'convolve_tiles', counted)
    for name in ('LEAST_CHANNELS', 'LEAST_ON_ONE_SIDE'):
        monkeypatch.setattr(winograd, name, 4)
    return widths


def make(dtype: torch.dtype = torch.float64, channels: int = 4) -> FrozenConv3x3:
    random = torch.Generator().manual_seed(0)
    weight = torch.randn(6, channels, 3, 3, generator=random, dtype=torch.float64)
    return FrozenConv3x3(weight.to(dtype), torch.arange(6).to(dtype))


@pytest.mark.parametrize('size', [(8, 8), (9, 14)])
def test_values_and_gradients(calls: list[int], size: tuple[int, int]) -> None:
    frozen = make()
    features = torch.randn(2, 4, *size, dtype=torch.float64, requires_grad=True)
    result = F.relu_(frozen(features))  # in place, as networks do
    expected = F.relu(F.conv2d(features, frozen.weight, frozen.bias, padding=1))
    torch.testing.assert_close(result, expected, rtol=0, atol=1e-12)
    weights = torch.randn_like(expected)
    ours, theirs = (
        torch.autograd.grad(activated, features, weights)[0] for activated in (result, expected)
    )
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)
    assert len(calls) == 2  # forward and back


@pytest.mark.parametrize('slope', [None, 0.2])
def test_what_is_not_for_it_is_convolved(calls: list[int], slope: float | None) -> None:
    few_pixels, few_channels = torch.randn(1, 4, 8, 4), torch.randn(1, 3, 16, 16)
    half = torch.randn(1, 4, 16, 16).bfloat16()
    for features in (few_pixels, few_channels, half):
        frozen = make(features.dtype, features.shape[1])
        expected = F.conv2d(features, frozen.weight, frozen.bias, padding=1)
        expected = expected if slope is None else F.leaky_relu(expected, slope)
        torch.testing.assert_close(frozen(features, slope), expected)
        if features is not few_pixels:
            assert frozen.prepared_bytes == 0
    with torch.autocast('cpu', torch.bfloat16):
        assert make(torch.float32)(torch.randn(1, 4, 16, 16)).dtype == torch.bfloat16
    assert not calls


def test_memory_of_the_transformed_weights(calls: list[int]) -> None:
    frozen = make()
    frozen(torch.randn(1, 4, 16, 16, dtype=torch.float64))
    assert frozen.prepared_bytes == frozen._kernels.nbytes == 4 * frozen.weight.nbytes
    by_convolution = FrozenConv3x3(frozen.weight, frozen.bias, by_winograd=False)
    assert by_convolution.prepared_bytes == 0


def test_features_follow_their_weights(calls: list[int]) -> None:
    network = VGG16Features(layer='relu2_1', weights='untrained')
    accelerate(network)
    image = torch.rand(1, 3, 32, 32)
    first = network(image)
    assert calls
    double = network.double()(image.double())
    assert (double - first).abs().max() <= 1e-5 * double.max()
    state = {name: torch.zeros(shape) for name, shape in network.shapes.items()}
    network.set_weights(
        {f'{name}.weight': value for name, value in state.items()}
        | {f'{name}.bias': torch.ones(len(value)) for name, value in state.items()}
    )
    assert network(image.double()).eq(1).all()
