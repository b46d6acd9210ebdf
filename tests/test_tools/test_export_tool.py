"""The export tool writes a checked file, or ends in a sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from mmenlighten.models import AttentionUNet

from .tool_runner import error_of, run_tool

onnxruntime = pytest.importorskip('onnxruntime')
pytest.importorskip('onnx')

TOOL = 'deployment/export.py'


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A config and a checkpoint of a small generator."""
    config = tmp_path / 'small.py'
    config.write_text(
        "model = dict(type='EnlightenGAN', generator=dict(type='AttentionUNet', base_channels=2))"
    )
    torch.manual_seed(0)
    state = AttentionUNet(base_channels=2).state_dict()
    checkpoint = tmp_path / 'small.pth'
    torch.save(dict(state_dict={f'generator.{k}': v for k, v in state.items()}), checkpoint)
    return config, checkpoint


def test_onnx_with_processing(files: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / 'new' / 'a.onnx'
    result = run_tool(TOOL, *files, out, '--with-processing', '--opset', '17', cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert f'Wrote {out} (' in result.stdout
    assert 'It equals PyTorch on 7 sizes: ' in result.stdout
    session = onnxruntime.InferenceSession(str(out), providers=['CPUExecutionProvider'])
    assert session.get_modelmeta().custom_metadata_map['model'] == 'small'
    [enhanced] = session.run(None, {'image': np.zeros((1, 5, 7, 3), np.uint8)})
    assert enhanced.shape == (1, 5, 7, 3)
    assert 'exists: give another name, or --overwrite' in error_of(TOOL, *files, out)


def test_torchscript(files: tuple[Path, Path], tmp_path: Path) -> None:
    result = run_tool(TOOL, *files, tmp_path / 'a.pt', '--format', 'torchscript')
    assert result.returncode == 0, result.stderr
    assert 'It equals PyTorch on 4 sizes: the largest difference is ' in result.stdout
    image = torch.zeros(1, 3, 16, 32)
    assert torch.jit.load(str(tmp_path / 'a.pt'))(image).shape == image.shape


def test_errors(files: tuple[Path, Path], tmp_path: Path) -> None:
    config, checkpoint = files
    out = tmp_path / 'a.onnx'
    assert 'b.pth does not exist' in error_of(TOOL, config, tmp_path / 'b.pth', out)
    assert 'is a folder' in error_of(TOOL, config, checkpoint, tmp_path)
    wider = '--cfg-options', 'model.generator.base_channels=3'
    assert 'does not fit the model' in error_of(TOOL, config, checkpoint, out, *wider)
    halving = '--cfg-options', 'model.generator.half_above_width=2200'
    message = error_of(TOOL, config, checkpoint, out, '--with-processing', *halving)
    assert 'half_above_width=2200 cannot be exported' in message
    assert not out.exists()
