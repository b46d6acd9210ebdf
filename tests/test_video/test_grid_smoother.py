"""Grids of noisy frames are smoothed; a cut begins anew, and what moves is followed."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from torch import nn

from mmenlighten.inference.image_state import prepare_state
from mmenlighten.inference.torch_network import TorchNetwork
from mmenlighten.models import BilateralCurveNet
from mmenlighten.video.smoothers import GridSmoother

from .lit_cells import LitCells
from .test_gain_smoother import PHOTOS, dark_clip


def random_curves() -> TorchNetwork:
    """Random weights of a size that lets noise through to the grid."""
    torch.manual_seed(0)
    generator = BilateralCurveNet(grid_width=6, refinement_widths=(4, 5, 6))
    for parameter in generator.grid.parameters():
        nn.init.normal_(parameter, std=0.15)
    return TorchNetwork(generator)


NETWORKS = {'cells': LitCells(), 'curves': random_curves()}


def grids_of(frames: list[np.ndarray], network: str) -> np.ndarray:
    net = NETWORKS[network]
    grids = [prepare_state(net, net.traits, frame) for frame in frames]
    assert all(grid is not None for grid in grids)
    return np.array(grids)


def smooth(frames: list[np.ndarray], grids: np.ndarray) -> np.ndarray:
    smoother = GridSmoother()
    return np.stack([smoother.smooth(*pair) for pair in zip(frames, grids)])


def change(grids: np.ndarray) -> float:
    return float(np.abs(np.diff(grids, axis=0)).mean())


@pytest.mark.parametrize('network', NETWORKS)
@pytest.mark.parametrize('photo', [0, 1])
def test_a_still_scene_is_stable(photo: int, network: str) -> None:
    frames = dark_clip(PHOTOS[photo], 24)
    alone = grids_of(frames, network)
    smoothed = smooth(frames, alone)
    assert change(alone) > 5 * change(smoothed) > 0
    assert smoothed.shape == alone.shape


@pytest.mark.parametrize('network', NETWORKS)
def test_there_is_no_lag_on_a_cut(network: str) -> None:
    frames = dark_clip(PHOTOS[0], 12) + dark_clip(PHOTOS[1], 12)
    alone = grids_of(frames, network)
    smoothed = smooth(frames, alone)
    for first in (0, 12):
        np.testing.assert_array_equal(smoothed[first], alone[first])
    assert change(alone[12:]) > 4 * change(smoothed[12:])


def test_a_lamp_that_passes_is_followed_in_its_cells_alone() -> None:
    rows, columns = np.mgrid[:120, :160]
    lit = [
        np.exp(-((rows - 60) ** 2 + (columns - 30 - 5 * index) ** 2) / 300)[..., None]
        for index in range(20)
    ]
    still = dark_clip(PHOTOS[1], 20)
    frames = [frame + 0.5 * light.astype(np.float32) for frame, light in zip(still, lit)]
    alone = grids_of(frames, 'cells')
    smoothed = smooth(frames, alone)
    lamp = grids_of(still, 'cells') - alone > 0.1
    assert np.abs(smoothed - alone)[lamp].mean() < 0.05
    outside = ~lamp.any(0)
    assert change(alone[:, outside]) > 4 * change(smoothed[:, outside])


def test_it_goes_on_from_its_state_to_the_last_bit() -> None:
    frames = dark_clip(PHOTOS[0], 8) + dark_clip(PHOTOS[1], 8)
    grids = grids_of(frames, 'curves')
    expected = smooth(frames, grids)
    for count in (5, 8, 9):  # before, on and after the cut
        first, second = GridSmoother(), GridSmoother()
        for pair in zip(frames[:count], grids):
            first.smooth(*pair)
        second.restore(json.loads(json.dumps(first.state())))
        for frame, grid, result in zip(frames[count:], grids[count:], expected[count:]):
            np.testing.assert_array_equal(second.smooth(frame, grid), result)
