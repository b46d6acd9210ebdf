from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode

from mmenlighten.acceleration import accelerate
from mmenlighten.acceleration.devices import half_type_on_gpu
from mmenlighten.acceleration.gpu import conv3x3
from mmenlighten.acceleration.gpu.conv3x3 import packed_pixels
from mmenlighten.acceleration.modules import FastConv3x3, vgg16_features
from mmenlighten.models import AttentionUNet, VGG16Features
from tests.builders import random_images


class Calls(TorchDispatchMode):
    """Counts operators of this package."""

    def __init__(self) -> None:
        super().__init__()
        self.packs: list[int] = []

    def __torch_dispatch__(
        self, function: Any, types: Any, arguments: Any = (), options: Any = None
    ) -> Any:
        if str(function).startswith('mmenlighten.packed_conv3x3.'):
            self.packs.append(arguments[3])
        return function(*arguments, **(options or {}))


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """The forms for GPUs at work on a CPU, in full precision."""
    for module in (conv3x3, vgg16_features):
        monkeypatch.setattr(module, 'half_type_on_gpu', lambda features: features.dtype)
    return Calls()


@pytest.mark.parametrize('channels', [3, 4, 32])
def test_equals_the_plain_convolution(channels: int) -> None:
    convolution = FastConv3x3(channels, 32, 3, padding=1)
    image = random_images(1, channels, 6, 8)
    expected = F.conv2d(image, convolution.weight, convolution.bias, padding=1)
    assert convolution(image).equal(expected)


@pytest.mark.parametrize(
    ('channels', 'out_channels', 'width', 'pack'),
    [(4, 32, 320, 4), (3, 64, 320, 4), (4, 32, 322, 2), (64, 32, 320, 2), (32, 32, 321, 1),
     (32, 64, 320, 1), (4, 64, 322, 1)],
)  # fmt: skip
def test_pixels_of_few_channels_are_packed_where_the_width_allows(
    channels: int, out_channels: int, width: int, pack: int
) -> None:
    with FakeTensorMode():
        weight = torch.empty(out_channels, channels, 3, 3, device='cuda')
        for dtype in (torch.float16, torch.bfloat16):
            features = torch.empty(1, channels, 8, width, device='cuda', dtype=dtype)
            assert packed_pixels(features, weight) == pack
        for dtype, device in ((torch.float32, 'cuda'), (torch.bfloat16, 'cpu')):
            features = torch.empty(1, channels, 8, width, device=device, dtype=dtype)
            assert half_type_on_gpu(features) is None
            assert packed_pixels(features, weight) == 1


def test_generator_on_packed_pixels_equals_the_plain_one(calls: Calls) -> None:
    generator = AttentionUNet().double().train()
    accelerate(generator)
    image = random_images(2, 3, 32, 48, dtype=torch.float64)
    with calls:
        result = generator(image)
    # conv1_1, conv1_2, conv9_1 and conv9_2; deconv8 has a form of its own on a CPU
    assert calls.packs == [4, 2, 2, 2]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conv3x3, 'half_type_on_gpu', half_type_on_gpu)
        expected = generator(image)
    torch.testing.assert_close(result, expected, rtol=0, atol=1e-12)


def test_features_are_rectified_at_once_unless_they_are_pooled_first(calls: Calls) -> None:
    features = VGG16Features(weights='untrained').double()
    accelerate(features)
    image = random_images(1, 3, 32, 48, dtype=torch.float64)
    with calls:
        result = features(image)
    assert calls.packs == [4, *[1] * 7]  # of layers up to relu5_1 all but three before poolings
    with pytest.MonkeyPatch.context() as patch:
        for module in (conv3x3, vgg16_features):
            patch.setattr(module, 'half_type_on_gpu', half_type_on_gpu)
        expected = features(image)
    torch.testing.assert_close(result, expected, rtol=1e-11, atol=1e-11)
