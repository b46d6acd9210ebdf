"""What LLNet is beside the official numbers: any size, exact in tiles, bounded memory, exported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mmenlighten.acceleration.inference import InferenceLLNet
from mmenlighten.export.onnx_export import export_onnx, export_torchscript
from mmenlighten.inference import enhance_tiled
from mmenlighten.inference.torch_network import TorchNetwork
from mmenlighten.models import LLNet
from mmenlighten.models.generators import llnet
from mmenlighten.utils.errors import ConfigError


def small(**options: Any) -> LLNet:
    torch.manual_seed(0)
    network = LLNet(**{'widths': (20, 12, 20), **options})
    torch.nn.init.normal_(network.layer(-1).weight, std=0.3)
    return network.eval()


def picture(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(height).random((height, width, 3), np.float32)


def whole(network: LLNet, pixels: np.ndarray) -> torch.Tensor:
    with torch.no_grad():
        return network(torch.from_numpy(2 * pixels - 1).permute(2, 0, 1)[None])


@pytest.mark.parametrize('options', [{}, dict(colour=False), dict(patch_size=9, stride=4)])
@pytest.mark.parametrize('size', [(70, 52), (20, 91)])
def test_tiles_give_what_the_whole_gives(options: Any, size: tuple[int, int]) -> None:
    network, pixels = small(**options), picture(*size)
    expected = (whole(network, pixels)[0].permute(1, 2, 0).numpy() + 1) / 2
    assert expected.shape == pixels.shape
    served = TorchNetwork(network)
    assert isinstance(served.network, InferenceLLNet)
    for tile in (None, 36, 51):
        enhanced = enhance_tiled(served, pixels, served.traits, tile=tile, batch=2)
        np.testing.assert_allclose(enhanced, expected, atol=1e-6)


@pytest.mark.parametrize('size', [(1, 1), (2, 40), (5, 16), (33, 45)])
def test_size_stays(size: tuple[int, int]) -> None:
    result = whole(small(), picture(*size))
    assert result.shape == (1, 3, *size)
    assert result.isfinite().all()


@pytest.mark.parametrize('colour', [True, False])
def test_bands_change_nothing(monkeypatch: pytest.MonkeyPatch, colour: bool) -> None:
    network, image = small(colour=colour), torch.rand(2, 3, 40, 31) * 2 - 1
    with torch.no_grad():
        expected = network(image)
        monkeypatch.setattr(llnet, 'MOST_PATCHES', 60)
        most = 0

        def count(_: Any, inputs: tuple[torch.Tensor]) -> None:
            nonlocal most
            most = max(most, inputs[0].shape[:-1].numel())

        network.layer(0).register_forward_pre_hook(count)
        torch.testing.assert_close(network(image), expected, atol=1e-6, rtol=1e-6)
    assert most < 200


def test_gray_network_takes_channels_alone() -> None:
    network, image = small(colour=False), torch.rand(2, 3, 20, 31) * 2 - 1
    with torch.no_grad():
        mixed = network(image.flip(1))
        torch.testing.assert_close(mixed.flip(1), network(image))
        assert network.patches_side_by_side(torch.zeros(2, 3, 17, 34)).shape == (12, 289)


@pytest.mark.parametrize('colour', [True, False])
def test_exports(tmp_path: Path, colour: bool) -> None:
    pytest.importorskip('onnxruntime')
    network = small(colour=colour)
    for with_processing in (False, True):
        comparison = export_onnx(network, tmp_path / 'a.onnx', with_processing=with_processing)
        assert len(comparison.shapes) == (7 if with_processing else 4)
    export_torchscript(network, tmp_path / 'a.pt')


def test_first_weights() -> None:
    network = LLNet((30, 20, 30))
    bound = 4 * (6 / (867 + 30)) ** 0.5
    weight = network.layer(0).weight
    assert 0.99 * bound < weight.abs().max() <= bound
    assert not network.layer(-1).weight.any()
    assert not any(parameter.any() for name, parameter in named(network) if 'bias' in name)


def named(network: LLNet) -> list[tuple[str, torch.Tensor]]:
    return list(network.named_parameters())


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (dict(widths=(20, 12)), r'widths=\[20, 12\]: give an odd number'),
        (dict(widths=(20, 12, 10)), 'the same from behind'),
        (dict(stride=0), 'stride=0: it must be 1 or more'),
        (dict(stride=18), 'stride=18 leaves gaps between patches of 17 pixels'),
    ],
)
def test_what_cannot_work_is_refused(options: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        small(**options)
