"""The form that enhances fastest computes what the plain one computes."""

from __future__ import annotations

import copy
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from mmenlighten.acceleration.cpu import conv_before_upsample, conv_leaky_relu, winograd
from mmenlighten.acceleration.inference import OPTIMIZATIONS, InferenceUNet
from mmenlighten.acceleration.inference.folded_conv3x3 import FoldedConv3x3, affine_of
from mmenlighten.acceleration.inference.folded_upsample_conv2d import FoldedUpsampleConv2d
from mmenlighten.acceleration.inference.workspace import Workspace
from mmenlighten.models import AttentionUNet
from mmenlighten.utils.errors import ConfigError
from tests.builders import enlarge_weights, random_images

EACH_AND_ALL = [(), *((name,) for name in OPTIMIZATIONS), OPTIMIZATIONS]


def shake(network: nn.Module) -> nn.Module:
    """Norms as training may leave them: with factors of both signs, and shifts."""
    torch.manual_seed(0)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.uniform_(-1, 1)
            module.running_var.uniform_(0.5, 2)
            module.weight.data.uniform_(-1, 2)
            module.bias.data.uniform_(-1, 1)
    return network.eval()


def build(**options: Any) -> AttentionUNet:
    network = AttentionUNet(**{'base_channels': 4, 'align_corners': False, **options})
    return shake(enlarge_weights(network))


@pytest.mark.parametrize('optimizations', EACH_AND_ALL)
@pytest.mark.parametrize(
    'options',
    [
        dict(),
        dict(align_corners=True),
        dict(attention=False),
        dict(norm='instance'),
        dict(norm='none'),
        dict(times_residual=False),
    ],
)
@torch.inference_mode()
def test_every_network_gives_the_same(
    options: dict[str, Any], optimizations: tuple[Any, ...]
) -> None:
    network = build(**options).double()
    for size in ((32, 48), (96, 32)):
        image = random_images(2, 3, *size, dtype=torch.float64)
        expected = network.enhance_padded(image)
        result = InferenceUNet(network, optimizations)(image)
        torch.testing.assert_close(result, expected, rtol=0, atol=1e-13 * expected.abs().max())


LAYOUTS = [torch.contiguous_format, torch.channels_last]


@pytest.mark.parametrize('layout', LAYOUTS)
@pytest.mark.parametrize('optimizations', [('row_bands',), OPTIMIZATIONS])
@pytest.mark.parametrize(
    'options', [dict(), dict(align_corners=True), dict(attention=False), dict(norm='none')]
)
@torch.inference_mode()
def test_bands_of_rows_give_the_same(
    options: dict[str, Any],
    optimizations: tuple[Any, ...],
    layout: torch.memory_format,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ('LEAST_CHANNELS', 'LEAST_ON_ONE_SIDE'):
        monkeypatch.setattr(winograd, name, 4)
    network = build(**options).double()
    fast = InferenceUNet(network, optimizations, most_band_bytes=1).to(memory_format=layout)
    assert (fast.traits.bytes_per_pixel_in_bands is None) == (
        network.align_corners and 'conv_before_upsample' not in optimizations
    )
    for size in ((96, 32), (160, 48), (32, 16), (144, 16)):
        image = random_images(2, 3, *size, dtype=torch.float64).to(memory_format=layout)
        expected = network.enhance_padded(image)
        torch.testing.assert_close(fast(image), expected, rtol=0, atol=1e-12 * expected.abs().max())


@torch.inference_mode()
def test_no_bands_where_norms_see_the_whole_map() -> None:
    network, image = build(norm='instance'), random_images(1, 3, 96, 32)
    fast = InferenceUNet(network, most_band_bytes=1)
    assert fast.traits.bytes_per_pixel_in_bands is None
    torch.testing.assert_close(fast(image), network.enhance_padded(image))


def test_memory_is_used_again_and_results_are_not_overwritten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken: list[int] = []
    empty = torch.empty

    def record(*args: Any, **options: Any) -> torch.Tensor:
        if options.get('dtype') == torch.uint8:
            taken.append(args[0])
        return empty(*args, **options)

    monkeypatch.setattr(torch, 'empty', record)
    fast = copy.deepcopy(InferenceUNet(build(), most_band_bytes=1))
    images = random_images(3, 3, 96, 32)
    with torch.inference_mode():
        first = fast(images[:1])
    results = [first.clone()]
    with torch.no_grad():  # memory of inference mode could not be written to
        results += [fast(images[1:2]), fast(images[2:, :, :48])]
        torch.testing.assert_close(first, results[0], rtol=0, atol=0)
        torch.testing.assert_close(torch.cat(results[:2]), fast(images[:2]))
    assert len([size for size in taken if size]) == 1
    fast.release_memory()
    with torch.no_grad():
        torch.testing.assert_close(fast(images[:1]), results[0])
    assert len([size for size in taken if size]) == 2


def test_threads_have_memory_of_their_own() -> None:
    fast = InferenceUNet(build(), most_band_bytes=1)
    images = random_images(4, 3, 96, 32).split(1)

    def enhance(image: torch.Tensor) -> torch.Tensor:
        with torch.inference_mode():
            return fast(image)

    expected = [enhance(image) for image in images]
    with ThreadPoolExecutor(4) as threads:
        for _ in range(3):
            for result, other in zip(threads.map(enhance, images), expected):
                torch.testing.assert_close(result, other)


@torch.inference_mode()
def test_memory_that_another_thread_takes_first_is_not_missed() -> None:
    class JustTaken(list[Workspace]):
        def __len__(self) -> int:  # what a thread saw before another one took it
            return 1

    fast = InferenceUNet(build())
    fast._workspaces = JustTaken()
    assert fast(random_images(1, 3, 32, 32)).isfinite().all()


@pytest.mark.parametrize('layout', LAYOUTS)
@torch.inference_mode()
def test_official_width_in_float32(layout: torch.memory_format) -> None:
    network = build(base_channels=32)
    image = random_images(1, 3, 64, 80).to(memory_format=layout)
    expected = network.enhance_padded(image)
    result = InferenceUNet(network).to(memory_format=layout)(image)
    assert (result - expected).abs().max() < 1e-5 * expected.abs().max()


@torch.inference_mode()
def test_smallest_picture() -> None:
    network = build(norm='batch').double()
    image = random_images(1, 3, 16, 16, dtype=torch.float64)
    torch.testing.assert_close(InferenceUNet(network)(image), network.enhance_padded(image))


def test_norms_that_a_convolution_can_take_in_are_gone() -> None:
    kept = {
        name
        for name, norm in InferenceUNet(build()).norms.items()
        if isinstance(norm, nn.BatchNorm2d)
    }
    assert kept == {'1_2', '2_2', '3_2', '4_2', '5_1'}
    assert len(InferenceUNet(build(), ()).norms) == 17


def test_network_stays_as_it_is_and_the_other_is_a_snapshot() -> None:
    network = build()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    fast = InferenceUNet(network)
    image = random_images(1, 3, 32, 32)
    with torch.no_grad():
        expected = fast(image)
        for parameter in network.parameters():
            parameter.zero_()
        assert torch.equal(fast(image), expected)
    assert list(network.state_dict()) == list(before)
    assert not any(parameter.requires_grad for parameter in fast.parameters())


def test_unknown_optimization_is_refused() -> None:
    with pytest.raises(ConfigError, match='names fourier: use folded_norms'):
        InferenceUNet(build(), ('fourier',))


@pytest.mark.parametrize('size', [(2, 2), (2, 5), (7, 3)])
def test_folded_convolution(size: tuple[int, int]) -> None:
    convolution = nn.Conv2d(3, 5, 3, padding=1).double()
    norm = shake(nn.BatchNorm2d(3)).double()
    features = torch.randn(2, 3, *size, dtype=torch.float64)
    with torch.no_grad():
        expected = convolution(norm(features))
        torch.testing.assert_close(FoldedConv3x3(convolution, norm)(features), expected)
        plain = FoldedConv3x3(convolution)(features)
        torch.testing.assert_close(plain, convolution(features), rtol=0, atol=0)


def test_affine_of_a_norm() -> None:
    norm = shake(nn.BatchNorm2d(4)).double()
    features = torch.randn(2, 4, 3, 3, dtype=torch.float64)
    scale, shift = affine_of(norm)
    expected = features * scale[:, None, None] + shift[:, None, None]
    torch.testing.assert_close(norm(features), expected)


@pytest.mark.parametrize('convolves_first', [True, False])
@pytest.mark.parametrize('align_corners', [True, False])
@pytest.mark.parametrize('size', [(1, 1), (1, 4), (2, 3), (21, 8)])
def test_upsampling_convolution(
    size: tuple[int, int],
    align_corners: bool,
    convolves_first: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(conv_before_upsample, 'PRODUCTS_AT_ONCE', 1)  # eight columns
    monkeypatch.setattr(conv_before_upsample, 'MOST_ROWS', 8)
    convolution = nn.Conv2d(3, 5, 3, padding=1).double()
    norm = shake(nn.BatchNorm2d(3)).double()
    features = torch.randn(2, 3, *size, dtype=torch.float64)
    out = torch.full((2, 5, 2 * size[0], 2 * size[1]), torch.nan, dtype=torch.float64)
    folded = FoldedConv3x3(convolution, norm)
    with torch.no_grad():
        FoldedUpsampleConv2d(folded, align_corners, convolves_first)(features, out)
        doubled = F.interpolate(
            norm(features), scale_factor=2, mode='bilinear', align_corners=align_corners
        )
        torch.testing.assert_close(out, convolution(doubled))


@pytest.mark.parametrize('has_norm', [True, False])
@torch.inference_mode()
def test_fused_activation_gives_the_same(has_norm: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    norm = shake(nn.BatchNorm2d(3)) if has_norm else None
    folded = FoldedConv3x3(nn.Conv2d(3, 4, 3, padding=1), norm)
    for size in ((2, 2), (5, 8)):
        features = random_images(2, 3, *size)
        result = folded.activated(features, 0.2)
        expected = F.leaky_relu(folded(features), 0.2)
        torch.testing.assert_close(result, expected, rtol=1e-6, atol=1e-6)
    monkeypatch.setattr(conv_leaky_relu, 'HAS_FUSED_CONVOLUTION', False)
    result = folded.activated(features, 0.2)
    torch.testing.assert_close(result, expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize('optimizations', [('winograd',), OPTIMIZATIONS])
@torch.inference_mode()
def test_winograd_gives_the_same(
    optimizations: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ('LEAST_CHANNELS', 'LEAST_ON_ONE_SIDE'):
        monkeypatch.setattr(winograd, name, 4)
    network, image = build().double(), random_images(2, 3, 32, 48, dtype=torch.float64)
    expected = network.enhance_padded(image)
    fast = InferenceUNet(network, optimizations)
    assert fast.prepared_bytes > 0
    everything = InferenceUNet(network, ('winograd',)).prepared_bytes
    of_doublings = everything - InferenceUNet(network).prepared_bytes
    assert of_doublings == 4 * sum(
        network.get_submodule(f'deconv{i}').weight.nbytes for i in range(5, 9)
    )
    result = fast(image)
    torch.testing.assert_close(result, expected, rtol=0, atol=1e-12 * expected.abs().max())
