"""``mmenlighten export`` writes what the other subcommands run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from mmenlighten.photos import Photo, read_photo, write_photo

from .commands import make_model, run_here

onnxruntime = pytest.importorskip('onnxruntime')
pytest.importorskip('onnx')


@pytest.fixture(scope='module')
def model(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    return make_model(tmp_path_factory.mktemp('model'))


def test_what_is_exported_enhances_as_the_model_does(
    model: tuple[str, ...], tmp_path: Path
) -> None:
    file = tmp_path / 'new' / 'tiny.onnx'
    result = run_here('export', file, *model)
    assert result.status == 0, result.errors
    assert f'Wrote {file} (' in result.output
    assert 'It equals PyTorch on 4 sizes: the largest difference is ' in result.output

    pixels = np.random.default_rng(0).integers(0, 60, (40, 56, 3), np.uint8)
    write_photo(Photo(pixels), tmp_path / 'a.png')
    command = ['enhance', tmp_path / 'a.png']
    backend = ['--backend', 'onnxruntime', '--checkpoint', file]
    assert run_here(*command, '--out', tmp_path / 'x', *model).status == 0
    result = run_here(*command, '--out', tmp_path / 'y', *backend)
    assert result.status == 0, result.errors
    expected, found = (read_photo(tmp_path / out / 'a.png').pixels for out in 'xy')
    assert np.abs(found.astype(int) - expected).max() <= 1
    assert (expected != pixels).any()


def test_processing_and_layout(model: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / 'app.onnx'
    options = ['--with-processing', '--layout', 'NCHW', '--opset', '17']
    assert run_here('export', file, *model, *options).status == 0
    session = onnxruntime.InferenceSession(str(file), providers=['CPUExecutionProvider'])
    assert session.get_modelmeta().custom_metadata_map['model'] == 'tiny'
    [enhanced] = session.run(None, {'image': np.zeros((1, 3, 5, 7), np.uint8)})
    assert enhanced.shape == (1, 3, 5, 7)

    backend = ['--backend', 'onnxruntime', '--checkpoint', file]
    write_photo(Photo(np.zeros((5, 5, 3), np.uint8)), tmp_path / 'a.png')
    result = run_here('enhance', tmp_path / 'a.png', '--out', tmp_path / 'out', *backend)
    assert result.status == 1
    assert 'export it again without --with-processing' in result.errors


def test_eight_bits_by_photographs_of_a_folder(model: tuple[str, ...], tmp_path: Path) -> None:
    for index in range(6):
        pixels = np.random.default_rng(index).integers(0, 60, (40, 900 - index, 3), np.uint8)
        write_photo(Photo(pixels), tmp_path / f'{index}.png')
    (tmp_path / 'notes.txt').write_text('none of them')
    options = ['--precision', 'int8', '--photographs', tmp_path]
    result = run_here('export', tmp_path / 'a.onnx', *model, *options)
    assert (
        'It was compared with PyTorch on 3 pictures: finished pictures differ by' in result.output
    )
    assert result.status == 0, result.errors


def test_a_model_by_its_name_as_torchscript(tmp_path: Path) -> None:
    file = tmp_path / 'demo.pt'
    result = run_here('export', file, '--model', 'enlightengan_free', '--format', 'torchscript')
    assert result.status == 0, result.errors
    files = {'mmenlighten.json': ''}
    assert torch.jit.load(str(file), _extra_files=files)(torch.zeros(1, 3, 16, 16)).isfinite().all()
    assert json.loads(files['mmenlighten.json'])['model'] == 'enlightengan_free'


@pytest.mark.parametrize(
    ('arguments', 'words'),
    [
        (['a.onnx'], 'a.onnx exists: give another name, or --overwrite'),
        (['.'], 'is a folder'),
        (['a.pt'], 'a.pt is no name for --format onnx'),
        (['b.onnx', '--format', 'torchscript'], 'b.onnx is no name for --format torchscript'),
        (['b.pt', '--format', 'torchscript', '--opset', '17'], '--opset 17 is for --format onnx'),
        (['b.onnx', '--precision', 'int8'], '--precision int8 and --photographs FOLDER go'),
        (['b.xml', '--photographs', '.'], '--precision int8 and --photographs FOLDER go'),
        (['b.onnx', '--size', '64x64'], 'LiteRT and --size WxH go together'),
        (['b.tflite'], 'LiteRT and --size WxH go together'),
        (['b.tflite', '--size', '64x64', '--layout', 'NCHW'], '--layout NCHW is not for LiteRT'),
        (['b.tflite', '--size', '64x64', '--precision', 'fp16'], 'for ONNX and OpenVINO, not'),
        (['b.onnx', '--model', 'x', '--config', 'y.py'], '--model x and --config y.py are two'),
        (['b.onnx', '--model', 'no'], 'There is no model no'),
        (['b.onnx', '--model', 'classic'], 'classic is not a network: only networks can be'),
        (['b.onnx', '--config', 'no.py', '--checkpoint', 'a.onnx'], 'no.py does not exist'),
        (['b.onnx', '--model', 'enlightengan_free', '--checkpoint', 'no.pth'], 'no.pth does not'),
    ],
)
def test_what_cannot_work_is_told_in_a_sentence(
    arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path('a.onnx').write_text('mine')
    result = run_here('export', *arguments)
    assert result.status == 1
    assert result.errors.startswith('error: ')
    assert words in result.errors
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [('a.onnx', 'mine')]


def test_help_loads_neither_torch_nor_mmengine() -> None:
    script = """
import sys
from mmenlighten.cli.main import build_parser
build_parser().parse_args(['export', 'a.onnx', '--opset', '17'])
print([name for name in ('torch', 'mmengine', 'onnxruntime') if name in sys.modules])
"""
    result = subprocess.run([sys.executable, '-c', script], capture_output=True, text=True)
    assert result.stdout == '[]\n', result.stderr
