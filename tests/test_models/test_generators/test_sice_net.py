"""What SICE-net is beside the official numbers: any size, exact tiles, exports and refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mmenlighten.export.check import ExportError
from mmenlighten.export.onnx_export import export_onnx, export_torchscript
from mmenlighten.inference import enhance_tiled
from mmenlighten.inference.torch_network import TorchNetwork
from mmenlighten.models import SICENet
from mmenlighten.models.layers import WLSDecompose
from mmenlighten.utils.errors import ConfigError


def small(variant: Any) -> SICENet:
    torch.manual_seed(0)
    return SICENet(variant, base_channels=4).eval()


def picture(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(height).random((height, width, 3), np.float32)


def whole(network: SICENet, pixels: np.ndarray) -> np.ndarray:
    """What training computes, in one piece."""
    result = network(torch.from_numpy(2 * pixels - 1).permute(2, 0, 1)[None])
    return (result.detach()[0].permute(1, 2, 0).numpy() + 1) / 2


@pytest.mark.parametrize('size', [(3, 2), (41, 70), (64, 40)])
@pytest.mark.parametrize('variant', [1, 2, 3])
def test_tiles_give_what_the_whole_gives(
    variant: int, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    network, pixels = small(variant), picture(*size)
    expected = whole(network, pixels)
    assert expected.shape == pixels.shape
    monkeypatch.setattr('mmenlighten.models.generators.sice_net.TILE_SIDE', {2: 6, 3: 24})
    served = TorchNetwork(network)
    assert served.traits.is_tileable == (variant == 1)
    tiles = [None, 40] if variant == 1 else [None]
    for tile in tiles:
        enhanced = enhance_tiled(served, pixels, served.traits, tile=tile)
        np.testing.assert_allclose(enhanced, expected, atol=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize('variant', [1, 2, 3])
def test_half_precision_leaves_the_image_and_the_split(variant: int) -> None:
    network, pixels = small(variant), picture(40, 30)
    exact = enhance_tiled(served := TorchNetwork(network), pixels, served.traits)
    served = TorchNetwork(network, precision='bf16')
    enhanced = enhance_tiled(served, pixels, served.traits)
    assert 0 < np.abs(enhanced - exact).max() < 0.1 * np.abs(exact).max()


def test_split_has_sense_at_the_extremes() -> None:
    black, grey = -torch.ones(1, 3, 9, 12), torch.zeros(1, 3, 9, 12)
    parts = WLSDecompose()(torch.cat([black, grey, black[..., :1, :1].expand_as(grey)]))
    assert parts.shape == (3, 2, 9, 12)
    torch.testing.assert_close(parts[1, 0], torch.ones(9, 12))  # relative to the brightest
    assert not parts[0].any()
    assert parts.sum(1).sub(torch.tensor([0.0, 1.0, 0.0])[:, None, None]).abs().max() < 1e-6
    assert WLSDecompose()(torch.zeros(1, 3, 1, 1)).flatten().tolist() == [1, 0]


@pytest.mark.parametrize('with_processing', [False, True])
def test_first_variant_is_exported(with_processing: bool, tmp_path: Path) -> None:
    pytest.importorskip('onnxruntime')
    network = small(1)
    with torch.no_grad():  # near what trained ones give, of which levels are compared
        network.conv_g17.weight.mul_(0.05)
    export_onnx(network, tmp_path / 'a.onnx', with_processing=with_processing)
    export_torchscript(network, tmp_path / 'a.pt', with_processing=with_processing)


@pytest.mark.parametrize('variant', [2, 3])
def test_variants_with_a_split_are_not_exported(variant: int, tmp_path: Path) -> None:
    pytest.importorskip('onnxruntime')
    for export in (export_onnx, export_torchscript):
        with pytest.raises(ExportError, match=r'exported: its split .* No file was written'):
            export(small(variant), tmp_path / 'a')
    assert not list(tmp_path.iterdir())


def test_refusals() -> None:
    with pytest.raises(ConfigError, match='variant=4 is unknown: use one of 1, 2, 3'):
        SICENet(4)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match='tolerance'):
        WLSDecompose(tolerance=0)
