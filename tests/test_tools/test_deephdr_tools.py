"""The check of brackets, and the converter of DeepHDR's official variables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mmenlighten.datasets import ExposureBracketDataset, LoadExposureBracket
from mmenlighten.datasets.demo_bracket_dataset import make_bracket
from mmenlighten.models import DeepHDR
from mmenlighten.models.enhancers.deephdr_weights import convert_official_weights, official_names
from mmenlighten.photos import Photo, write_photo, write_radiance
from mmenlighten.utils.errors import CheckpointError
from tests.golden import fill_by_rule

from .tool_runner import error_of, run_tool

CHECK, CONVERT = 'dataset_converters/exposure_brackets.py', 'model_converters/deephdr.py'


def write_scene(folder: Path, names: str = 'kalantari', scale: float = 1.0) -> None:
    photograph = np.random.default_rng(0).integers(0, 256, (48, 56, 3), np.uint8)
    light, frames = make_bracket(photograph, np.random.default_rng(0), motion=0)
    is_wu = names == 'wu'
    for number, frame in enumerate(frames, start=1):
        name = f'input_{number}_aligned.tif' if is_wu else f'26{number}A.tif'
        write_photo(Photo(frame, 16), folder / name)
        if is_wu:
            write_photo(Photo(frame, 16), folder / f'ref_{number}_aligned.tif')
    write_radiance(folder / ('ref_hdr_aligned.hdr' if is_wu else 'HDRImg.hdr'), light * scale)
    (folder / ('input_exp.txt' if is_wu else 'exposure.txt')).write_text('0.0\n2.0\n4.0\n')


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_scene(tmp_path / 'set' / 'Training' / 'a')
    write_scene(tmp_path / 'set' / 'Training' / 'b', 'wu')
    write_scene(tmp_path / 'set' / 'Test' / 'PAPER' / 'c')
    return tmp_path / 'set'


def test_complete_data_is_prepared_and_read_equally(data: Path, tmp_path: Path) -> None:
    result = run_tool(CHECK, data, '--prepare', 'data/Kalantari', cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert 'is well: 2 scenes in Training and 1 scenes in Test' in result.stdout
    assert 'Training: 2 scenes; the published set has 74.' in result.stdout
    for part in ('Training', 'Test'):
        options: dict[str, Any] = dict(
            data_prefix=dict(low=part), pipeline=[LoadExposureBracket()], test_mode=True
        )
        plain, prepared = (
            ExposureBracketDataset(root, **options)
            for root in (data, tmp_path / 'data' / 'Kalantari')
        )
        assert len(plain) == len(prepared) == (2 if part == 'Training' else 1)
        for one, other in zip(plain, prepared):
            assert other['ldr_paths'][0].endswith('ldr.npy')
            for key in ('ldr', 'hdr', 'exposures'):
                np.testing.assert_array_equal(one[key], other[key])
    again = run_tool(CHECK, data, '--prepare', 'data/Kalantari', cwd=tmp_path)
    assert again.returncode == 0


def test_aligned_frames_are_written(data: Path, tmp_path: Path) -> None:
    assert run_tool(CHECK, data, '--prepare', 'out', '--align', cwd=tmp_path).returncode == 0
    frames = np.load(tmp_path / 'out' / 'Training' / 'a' / 'ldr.npy')
    assert frames.shape == (48, 56, 9)
    assert '--align is for what is written' in error_of(CHECK, data, '--align', cwd=tmp_path)


def test_faults_are_named(data: Path, tmp_path: Path) -> None:
    write_scene(data / 'Training' / 'scaled', scale=0.3)
    write_scene(data / 'Training' / 'short')
    (data / 'Training' / 'short' / '261A.tif').unlink()
    result = run_tool(CHECK, data, cwd=tmp_path)
    assert result.returncode == 1
    assert 'scaled has light 0.3 times that of its middle exposure' in result.stdout
    assert 'short has 2 pictures' in result.stdout
    assert '2 faults' in result.stderr
    (tmp_path / 'none').mkdir()
    assert 'has no folder Training or Test' in error_of(CHECK, tmp_path / 'none', cwd=tmp_path)
    assert f'give {data} instead' in error_of(CHECK, data / 'Training', cwd=tmp_path)


def variables(network: DeepHDR) -> dict[str, torch.Tensor]:
    """What TensorFlow has: kernels (height, width, in, out), out, in of transposed ones."""
    state, result = network.state_dict(), {}
    for name, official in official_names(state).items():
        value = state[name]
        result[official] = value.permute(2, 3, 1, 0).contiguous() if value.ndim == 4 else value
        result[f'{official}/Adam'] = torch.zeros_like(result[official])
    return result | {'beta1_power': torch.tensor(0.5)}


def test_variables_become_weights() -> None:
    network = fill_by_rule(DeepHDR(base_channels=3, num_blocks=2), 'wu', 1)
    official = variables(network)
    assert official['generator/decoder/g_d1/w'].shape == (5, 5, 6, 24)  # height, width, out, in
    assert 'generator/merger/g_r2_bn1/moving_variance' in official
    weights, options = convert_official_weights(official, 'a.npz')
    assert options == dict(base_channels=3, num_blocks=2)
    converted = DeepHDR(**options)
    converted.load_state_dict({name.removeprefix('generator.'): v for name, v in weights.items()})
    for name, value in network.state_dict().items():
        torch.testing.assert_close(converted.state_dict()[name], value, rtol=0, atol=0, msg=name)


def test_tool_converts_and_refuses(tmp_path: Path) -> None:
    official = variables(DeepHDR(base_channels=2, num_blocks=1))
    np.savez(tmp_path / 'a.npz', **{name: value.numpy() for name, value in official.items()})
    result = run_tool(CONVERT, 'a.npz', 'a.pth', cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert 'configs/deephdr/deephdr_kalantari.py' in result.stdout
    saved = torch.load(tmp_path / 'a.pth')['state_dict']
    assert all(name.startswith('generator.') for name in saved)
    with pytest.raises(CheckpointError, match='lacks generator/encoder1/g_e1_conv/w: give'):
        convert_official_weights({}, 'a.npz')
    official.pop('generator/decoder/g_d_out_conv/biases')
    with pytest.raises(CheckpointError, match='g_d_out_conv/biases'):
        convert_official_weights(official, 'a.npz')
