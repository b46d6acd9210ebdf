"""Variables of the official checkpoints become weights; what does not fit is refused."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import torch
from mmengine.runner import load_checkpoint

from mmenlighten.models import RetinexNetGenerator
from mmenlighten.models.enhancers.retinexnet_weights import official_names
from tests.golden import fill_by_rule

from .tool_runner import error_of, run_tool

TOOL = 'model_converters/retinexnet.py'


@cache
def source() -> RetinexNetGenerator:
    return fill_by_rule(RetinexNetGenerator(), 'retinexnet', 1)


def variables(network: str) -> dict[str, np.ndarray]:
    """What TensorFlow has: kernels (height, width, in, out), and moments beside them."""
    state, result = source().state_dict(), {}
    for name, official in official_names().items():
        if official.startswith(network):
            value = state[name].numpy()
            result[official] = value.transpose(2, 3, 1, 0) if value.ndim == 4 else value
            result[f'{official}/Adam'] = np.zeros_like(result[official])
    return result | {'beta1_power': np.float32(0.5)}


def write(folder: Path) -> None:
    np.savez(folder / 'decom.npz', **variables('DecomNet'))
    np.savez(folder / 'relight.npz', **variables('RelightNet'))


def test_names_are_those_of_tensorflow() -> None:
    names = official_names()
    assert names['decom.activated_layer_4.bias'] == 'DecomNet/activated_layer_4/bias'
    assert names['relight.conv0.weight'] == 'RelightNet/conv2d/kernel'
    assert names['relight.deconv1.weight'] == 'RelightNet/conv2d_4/kernel'
    assert names['relight.output.bias'] == 'RelightNet/conv2d_8/bias'
    assert len(set(names.values())) == len(names) == 32


def test_tool_converts(tmp_path: Path) -> None:
    write(tmp_path)
    result = run_tool(TOOL, 'decom.npz', 'relight.npz', 'out/retinexnet.pth', cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    network = RetinexNetGenerator()
    converted = str(tmp_path / 'out' / 'retinexnet.pth')
    load_checkpoint(network, converted, strict=True, revise_keys=[(r'^generator\.', '')])
    for name, value in source().state_dict().items():
        assert torch.equal(network.state_dict()[name], value), name


def test_files_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    write(tmp_path)
    files = ('decom.npz', 'relight.npz', 'a.pth')
    error = error_of(TOOL, 'decom.npz', 'decom.npz', 'a.pth', cwd=tmp_path)
    assert 'lacks RelightNet/conv2d/bias' in error
    changed = variables('RelightNet')
    for shape, value, message in (
        ((1, 1, 64, 64), 0, 'RelightNet/conv2d_7/kernel has the shape (1, 1, 64, 64)'),
        ((1, 1, 192, 64), np.nan, 'RelightNet/conv2d_7/kernel holds values that are not finite'),
    ):
        changed['RelightNet/conv2d_7/kernel'] = np.full(shape, value, np.float32)
        np.savez(tmp_path / 'relight.npz', **changed)
        assert message in error_of(TOOL, *files, cwd=tmp_path)
    assert not (tmp_path / 'a.pth').exists()
