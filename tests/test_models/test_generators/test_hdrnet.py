"""What HDRNet is beside the official numbers: exact in tiles, exported, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mmenlighten.acceleration.inference import InferenceHDRNet, accelerate_for_inference
from mmenlighten.acceleration.inference.inference_hdrnet import guide_by_curves
from mmenlighten.export.onnx_export import export_onnx, export_torchscript
from mmenlighten.inference import enhance_tiled
from mmenlighten.inference.thumbnail import nearest_of
from mmenlighten.inference.torch_network import TorchNetwork
from mmenlighten.models import HDRNet
from mmenlighten.models.generators.hdrnet_guides import CurveGuide
from mmenlighten.utils.errors import ConfigError

SMALL: dict[str, Any] = dict(input_size=32, spatial_bin=8, luma_bins=4)


def small(**options: Any) -> HDRNet:
    torch.manual_seed(0)
    return HDRNet(**{**SMALL, **options}).eval()


def picture(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(height).random((height, width, 3), np.float32)


def whole(network: HDRNet, pixels: np.ndarray) -> torch.Tensor:
    with torch.no_grad():
        return network(torch.from_numpy(2 * pixels - 1).permute(2, 0, 1)[None])


@pytest.mark.parametrize('guide', ['curves', 'pointwise_nn'])
@pytest.mark.parametrize('size', [(70, 51), (20, 90)])
def test_tiles_give_what_the_whole_gives(guide: Any, size: tuple[int, int]) -> None:
    network, pixels = small(guide=guide), picture(*size)
    expected = (whole(network, pixels)[0].permute(1, 2, 0).numpy() + 1) / 2
    served = TorchNetwork(network)
    assert isinstance(served.network, InferenceHDRNet)
    for tile in (None, 16, 33):
        enhanced = enhance_tiled(served, pixels, served.traits, tile=tile, batch=2)
        np.testing.assert_allclose(enhanced, expected, atol=2e-5 * np.abs(expected).max())


def test_small_copy_is_of_single_pixels() -> None:
    pixels = picture(64, 96)
    copy = nearest_of(pixels, 32)
    np.testing.assert_array_equal(copy, pixels[1::2, 1::3])
    network = small()
    seen: list[torch.Tensor] = []
    network.coefficients.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    whole(network, pixels)
    np.testing.assert_allclose(seen[0][0].permute(1, 2, 0).numpy(), copy, atol=1e-7)
    network.train()
    whole(network, pixels)
    np.testing.assert_allclose(seen[1][0].permute(1, 2, 0).numpy(), pixels[::2, ::3], atol=1e-7)


def test_blocks_of_rows_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    network = small()
    expected = whole(network, picture(40, 30))
    monkeypatch.setattr('mmenlighten.acceleration.inference.inference_hdrnet.BLOCK_PIXELS', 200)
    fast = accelerate_for_inference(network)
    image = torch.from_numpy(2 * picture(40, 30) - 1).permute(2, 0, 1)[None]
    with torch.no_grad():
        torch.testing.assert_close(fast(image), expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize('batch', [1, 3])
def test_fast_curves_are_those_of_the_guide(batch: int) -> None:
    torch.manual_seed(0)
    guide = CurveGuide().double()
    with torch.no_grad():
        guide.slopes.add_(torch.rand_like(guide.slopes) / 20)
        guide.shifts.add_(torch.randn_like(guide.shifts) / 50)
        guide.ccm.add_(torch.randn_like(guide.ccm) / 10)
        guide.ccm_bias.add_(0.05)
        image = torch.rand(batch, 3, 9, 14, dtype=torch.float64)
        expected = guide(image)
        assert 0.1 < expected.mean() < 0.9
        torch.testing.assert_close(guide_by_curves(guide, image), expected)


def test_modes_learn_alike() -> None:
    image, target = torch.rand(2, 3, 24, 20) * 2 - 1, torch.rand(2, 3, 24, 20)
    gradients = []
    for mode in ('exact', 'grid_sample'):
        network = small(slice_mode=mode).double().train()
        (network(image.double()) - target).square().mean().backward()
        gradients.append([p.grad for p in network.parameters()])
    torch.testing.assert_close(*gradients, rtol=1e-7, atol=1e-10)


def test_half_precision_computes_the_grid_alone() -> None:
    network, pixels = small(), picture(40, 30)
    exact = enhance_tiled(served := TorchNetwork(network), pixels, served.traits)
    served = TorchNetwork(network, precision='bf16')
    enhanced = enhance_tiled(served, pixels, served.traits)
    assert next(network.guide.parameters()).dtype == torch.float32
    assert 0 < np.abs(enhanced - exact).max() < 0.1 * np.abs(exact).max()


@pytest.mark.parametrize('options', [dict(), dict(guide='pointwise_nn'), dict(pyramid=True)])
@pytest.mark.parametrize('with_processing', [False, True])
def test_is_exported(options: dict[str, Any], with_processing: bool, tmp_path: Path) -> None:
    pytest.importorskip('onnxruntime')
    network = small(**options)
    with torch.no_grad():  # near what trained ones give, of which levels are compared
        network.coefficients.prediction[0].weight.mul_(0.05)
    export_onnx(network, tmp_path / 'a.onnx', with_processing=with_processing)
    export_torchscript(network, tmp_path / 'a.pt', with_processing=with_processing)


def test_refusals() -> None:
    with pytest.raises(ConfigError, match='guide'):
        HDRNet(guide='curve')  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match='use one of exact, grid_sample'):
        HDRNet(slice_mode='fast')  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match='input_size=100'):
        HDRNet(input_size=100)
