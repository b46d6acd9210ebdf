from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from mmenlighten.acceleration.inference import OPTIMIZATIONS
from mmenlighten.inference import NetworkTraits, enhance_tiled, torch_network
from mmenlighten.inference.torch_network import TorchNetwork
from mmenlighten.models import AttentionUNet
from mmenlighten.utils.errors import ConfigError

from .networks import build, random_picture, trained_like_network


def test_reads_what_the_generator_declares() -> None:
    network = TorchNetwork(build(half_above_width=99))
    tensors = (*network.network.buffers(), *network.network.parameters())
    weights = sum(tensor.nbytes for tensor in tensors)
    assert network.traits == NetworkTraits(
        size_multiple=16,
        receptive_field_radius=137,
        tile_halo=126,
        half_above_width=99,
        align_corners=False,
        bytes_per_pixel=int(4.5 * 2 * 4),
        fixed_bytes=2 * weights + 2**25,
        bytes_per_pixel_in_bands=int(2.6 * 2 * 4),
        band_bytes=5 * 12 * 2**20,
    )


def test_official_network_takes_less_than_a_kilobyte_per_pixel() -> None:
    with torch.device('meta'):
        assert 500 <= AttentionUNet().traits.bytes_per_pixel <= 1000


def test_any_module_is_unbounded_unless_it_says_more() -> None:
    network = TorchNetwork(nn.Conv2d(3, 3, 1))
    assert network.traits.receptive_field_radius is None
    picture = random_picture(20, 30, np.uint8)
    assert enhance_tiled(network, picture, network.traits).shape == picture.shape


def test_attributes_of_earlier_versions_are_refused_by_name() -> None:
    module = nn.Conv2d(3, 3, 1)
    module.size_multiple = 32
    with pytest.raises(ConfigError, match=r'Conv2d.size_multiple is read no more: declare traits'):
        TorchNetwork(module)


@pytest.mark.parametrize(('is_native', 'share'), [(True, 0.5), (False, 2.2)])
def test_memory_of_half_precision_depends_on_the_processor(
    is_native: bool, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch_network, 'is_native', lambda dtype: is_native)
    network = trained_like_network('bf16')
    assert network.traits.bytes_per_pixel == int(network.network.traits.bytes_per_pixel * share)
    in_bands = network.network.traits.bytes_per_pixel_in_bands
    assert network.traits.bytes_per_pixel_in_bands == int(in_bands * share)


@pytest.mark.parametrize('precision', ['bf16', 'fp16'])
def test_half_precision_is_near(precision: str) -> None:
    picture = random_picture(60, 70, np.uint8)
    full, half = trained_like_network(), trained_like_network(precision)
    expected = enhance_tiled(full, picture, full.traits).astype(float)
    result = enhance_tiled(half, picture, half.traits).astype(float)
    difference = np.abs(expected - result).mean()
    assert 0 < difference < 3


def test_both_layouts_give_the_same() -> None:
    picture = random_picture(60, 70, np.uint8)
    network = trained_like_network(base_channels=4)
    weight = network.network.convolutions['1_2'].weight
    assert weight.is_contiguous(memory_format=torch.channels_last)
    expected = enhance_tiled(network, picture, network.traits)
    other = TorchNetwork(network.generator, channels_last=False)
    assert other.network.convolutions['1_2'].weight.is_contiguous()
    assert other.traits.bytes_per_pixel > network.traits.bytes_per_pixel
    result = enhance_tiled(other, picture, other.traits)
    assert np.abs(result.astype(int) - expected.astype(int)).max() <= 1


def test_runs_in_evaluation_mode_and_does_not_know_the_cpus_memory() -> None:
    network = trained_like_network()
    mean = network.generator.bn1_1.running_mean.clone()
    images = np.zeros((2, 3, 16, 32), np.float32)
    assert network(images).dtype == np.float32
    assert network(images.astype(np.float64)).dtype == np.float64
    assert torch.equal(network.generator.bn1_1.running_mean, mean)
    assert network.free_memory() is None


def test_unknown_precision() -> None:
    with pytest.raises(ValueError, match='float32, bf16, fp16'):
        TorchNetwork(build(), precision='int8')


@pytest.mark.parametrize('precision', ['float32', 'float64'])
def test_faster_network_gives_the_same(precision: str) -> None:
    picture = random_picture(60, 70, np.float64)
    plain = trained_like_network(precision)
    fast, slow = (
        TorchNetwork(plain.generator, precision=precision, optimizations=optimizations)
        for optimizations in (OPTIMIZATIONS, ())
    )
    assert slow.network is slow.generator
    assert fast.network is not fast.generator
    expected = enhance_tiled(slow, picture, slow.traits)
    tolerance = 1e-5 if precision == 'float32' else 1e-12
    np.testing.assert_allclose(enhance_tiled(fast, picture, fast.traits), expected, atol=tolerance)


def test_half_precision_folds_before_it_casts() -> None:
    network = trained_like_network('bf16')
    assert next(network.generator.parameters()).dtype == torch.float32
    assert {buffer.dtype for buffer in network.network.buffers() if buffer.is_floating_point()} == {
        torch.bfloat16
    }


def test_release_of_memory() -> None:
    network = trained_like_network(base_channels=4)
    network(np.zeros((1, 3, 32, 32), np.float32))
    (workspace,) = network.network._workspaces
    assert workspace.nbytes > 0
    network.release_memory()
    assert not network.network._workspaces
    TorchNetwork(nn.Conv2d(3, 3, 1)).release_memory()  # keeps none


def test_wide_networks_take_more_besides() -> None:
    network = TorchNetwork(AttentionUNet(base_channels=32))
    tensors = (*network.network.buffers(), *network.network.parameters())
    weights = sum(tensor.nbytes for tensor in tensors)
    prepared = network.network.prepared_bytes
    assert prepared > 3 * 2**25
    assert network.traits.fixed_bytes == 2 * weights + prepared + 4 * 2**25
