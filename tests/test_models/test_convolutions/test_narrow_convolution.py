from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode

from mmenlighten.models import AttentionUNet
from mmenlighten.models.convolutions import (
    SameConvolution,
    half_type_on_gpu,
    narrow_convolution,
    pixels_of_group,
)
from mmenlighten.models.feature_networks import VGG16Features, frozen_feature_network
from tests.builders import random_images


class Calls(TorchDispatchMode):
    """Counts operators of this package."""

    def __init__(self) -> None:
        super().__init__()
        self.groups: list[int] = []

    def __torch_dispatch__(
        self, function: Any, types: Any, arguments: Any = (), options: Any = None
    ) -> Any:
        if str(function).startswith('mmenlighten.convolve_groups.'):
            self.groups.append(arguments[3])
        return function(*arguments, **(options or {}))


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """The forms for GPUs at work on a CPU, in full precision."""
    for module in (narrow_convolution, frozen_feature_network):
        monkeypatch.setattr(module, 'half_type_on_gpu', lambda features: features.dtype)
    return Calls()


@pytest.mark.parametrize('channels', [3, 4, 32])
def test_equals_the_plain_convolution(channels: int) -> None:
    convolution = SameConvolution(channels, 32)
    image = random_images(1, channels, 6, 8)
    expected = F.conv2d(image, convolution.weight, convolution.bias, padding=1)
    assert convolution(image).equal(expected)


@pytest.mark.parametrize(
    ('channels', 'out_channels', 'width', 'group'),
    [(4, 32, 320, 4), (3, 64, 320, 4), (4, 32, 322, 2), (64, 32, 320, 2), (32, 32, 321, 1),
     (32, 64, 320, 1), (4, 64, 322, 1)],
)  # fmt: skip
def test_few_channels_are_grouped_where_the_width_allows(
    channels: int, out_channels: int, width: int, group: int
) -> None:
    with FakeTensorMode():
        weight = torch.empty(out_channels, channels, 3, 3, device='cuda')
        for dtype in (torch.float16, torch.bfloat16):
            features = torch.empty(1, channels, 8, width, device='cuda', dtype=dtype)
            assert pixels_of_group(features, weight) == group
        for dtype, device in ((torch.float32, 'cuda'), (torch.bfloat16, 'cpu')):
            features = torch.empty(1, channels, 8, width, device=device, dtype=dtype)
            assert half_type_on_gpu(features) is None
            assert pixels_of_group(features, weight) == 1


def test_generator_on_groups_equals_the_plain_one(calls: Calls) -> None:
    generator = AttentionUNet().double().train()
    image = random_images(2, 3, 32, 48, dtype=torch.float64)
    with calls:
        result = generator(image)
    # conv1_1, conv1_2, conv9_1 and conv9_2; deconv8 has a form of its own on a CPU
    assert calls.groups == [4, 2, 2, 2]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(narrow_convolution, 'half_type_on_gpu', half_type_on_gpu)
        expected = generator(image)
    torch.testing.assert_close(result, expected, rtol=0, atol=1e-12)


def test_features_are_rectified_at_once_unless_they_are_pooled_first(calls: Calls) -> None:
    features = VGG16Features(weights='untrained').double()
    image = random_images(1, 3, 32, 48, dtype=torch.float64)
    with calls:
        result = features(image)
    assert calls.groups == [4, *[1] * 7]  # of layers up to relu5_1 all but three before poolings
    with pytest.MonkeyPatch.context() as patch:
        for module in (narrow_convolution, frozen_feature_network):
            patch.setattr(module, 'half_type_on_gpu', half_type_on_gpu)
        expected = features(image)
    torch.testing.assert_close(result, expected, rtol=1e-11, atol=1e-11)
