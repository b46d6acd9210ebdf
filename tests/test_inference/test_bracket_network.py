"""Brackets are merged in tiles with the result of the whole, as in training and testing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from mmenlighten.brackets import Bracket
from mmenlighten.inference.bracket_network import merge_tiled
from mmenlighten.inference.torch_network import TorchNetwork
from mmenlighten.models import DeepHDR, ExposureMerger, KalantariHDR
from mmenlighten.utils.errors import ConfigError

NETWORKS: dict[str, dict[str, Any]] = {
    'kalantari': dict(type='KalantariHDR', kind='we', channels=(4, 4, 4)),
    'deephdr': dict(type='DeepHDR', base_channels=2, num_blocks=1),
}
EXPOSURES = [1.0, 4.0, 16.0]


def build(name: str) -> ExposureMerger:
    torch.manual_seed(0)
    merger = ExposureMerger(NETWORKS[name], dict(mu_law=dict(type='MuLawL2Loss'))).eval()
    for module in merger.modules():
        if isinstance(module, torch.nn.Conv2d):  # as if it were trained
            torch.nn.init.kaiming_normal_(module.weight)
    return merger


def bracket(height: int, width: int) -> Bracket:
    random = np.random.default_rng(height * width)
    frames = [random.integers(0, 256, (height, width, 3), np.uint8) for _ in EXPOSURES]
    return Bracket(frames, EXPOSURES)


def by_enhancer(merger: ExposureMerger, taken: Bracket) -> np.ndarray:
    frames = np.concatenate(taken.frames, axis=2).transpose(2, 0, 1)[None]
    image = torch.from_numpy(frames.astype(np.float32) / 127.5 - 1)
    with torch.no_grad():
        light = merger.enhance(image, torch.tensor([taken.exposures]))
    return ((light[0] + 1) / 2).clamp(min=0).permute(1, 2, 0).numpy()


@pytest.mark.parametrize('size', [(150, 210), (133, 97), (9, 200), (1, 1), (17, 16)])
@pytest.mark.parametrize('name', NETWORKS)
def test_tiles_and_the_whole_are_what_tests_compute(name: str, size: tuple[int, int]) -> None:
    merger, taken = build(name), bracket(*size)
    network = TorchNetwork(merger.generator)
    expected = by_enhancer(merger, taken)
    assert expected.std() > 0.01
    whole = merge_tiled(network.merge, network.traits, taken, tile=None)
    np.testing.assert_allclose(whole, expected, atol=1e-5)
    tiled = merge_tiled(network.merge, network.traits, taken, network.traits.smallest_tile + 8)
    np.testing.assert_allclose(tiled, whole, atol=1e-5)


def test_tiles_are_small_and_aligned_rows_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    merger, taken = build('kalantari'), bracket(120, 100)
    network, shapes = TorchNetwork(merger.generator), []

    def merge(frames: np.ndarray, exposures: np.ndarray) -> np.ndarray:
        shapes.append(frames.shape)
        return network.merge(frames, exposures)

    aligned = taken.aligned()
    tiled = merge_tiled(merge, network.traits, aligned, 40)
    assert len(shapes) > 6
    assert max(max(shape[2:]) for shape in shapes) <= 40
    rows, _ = aligned.rows()
    expected = by_enhancer(merger, Bracket([255 * frame for frame in rows], EXPOSURES))
    np.testing.assert_allclose(tiled, expected, atol=1e-5)


def test_tiles_that_are_too_small_are_refused() -> None:
    network = TorchNetwork(KalantariHDR('we', (4, 4, 4)))
    with pytest.raises(ConfigError, match='tile=8 is too small'):
        merge_tiled(network.merge, network.traits, bracket(60, 60), 8)
    assert DeepHDR(2, 1).traits.smallest_tile > 80
