"""Paths that cannot be: each subcommand and tool that takes one says so in a sentence."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from mmenlighten.photos import Photo, write_photo
from tests.golden import REPOSITORY

from .refusals import refused_by_command, refused_by_tool

CONFIG = str(REPOSITORY / 'configs' / 'enlightengan_lol.py')
PATHS = {
    'name of 300 letters': 'n' * 300,
    'path of 5000 letters': 'n/' * 2500 + 'n',
    'a NUL character': 'a\0b',
    'below a file': 'a.png/b',
    'a link to itself': 'loop/b',
}
ENHANCE = ('enhance', 'a.png', '--model', 'gamma')


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ('a.png', 'p/a.png'):
        write_photo(Photo(np.full((20, 30, 3), 30, np.uint8)), name)
    os.symlink('loop', 'loop')
    Path('w.pth').write_bytes(b'weights')
    Path('r.json').write_text('{"summary": {}, "images": {"a": {"PSNR": 1}}}')


@pytest.mark.parametrize('path', PATHS.values(), ids=PATHS.keys())
@pytest.mark.parametrize(
    'words',
    [
        ('enhance', '@.png', '--out', 'out'),
        ('enhance', '@*.png', '--out', 'out'),
        (*ENHANCE, '--out', '@'),
        ('enhance', 'a.png', '--out', 'out', '--config', '@.py'),
        ('enhance', 'a.png', '--out', 'out', '--config', CONFIG, '--checkpoint', '@.pth'),
        ('enhance', 'a.png', '--out', 'out', '--backend', 'onnxruntime', '--checkpoint', '@.onnx'),
        ('enhance', 'a.png', '--out', 'out', '--model', '@'),
        ('merge', 'a.png', 'p/a.png', '--ev', '0', '2', '--out', '@.tif'),
        ('merge', 'a.png', '@.png', '--out', 'a.tif'),
        ('app', '--no-browser', '--config', '@.py'),
        ('export', '@.onnx', '--model', 'gamma'),
        ('export', 'a.onnx', '--config', '@.py'),
        ('export', 'a.onnx', '--config', CONFIG, '--checkpoint', '@.pth'),
        ('models', '@'),
    ],
)
def test_subcommands(words: tuple[str, ...], path: str) -> None:
    status, lines = refused_by_command(*(word.replace('@', path) for word in words))
    assert status == 1
    assert [line for line in lines if line.startswith('error: ')]


def test_a_folder_of_results_that_is_a_link_to_nothing() -> None:
    os.symlink('nowhere', 'out')
    status, lines = refused_by_command(*ENHANCE, '--out', 'out')
    assert (status, len(lines)) == (1, 1)
    assert lines[0].startswith('error: --out out is a link to nowhere, which does not exist')


@pytest.mark.parametrize('words', [ENHANCE, ('enhance', '*.png', '--model', 'gamma')])
def test_a_current_folder_that_has_gone(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / 'gone').mkdir()
    monkeypatch.chdir(tmp_path / 'gone')
    (tmp_path / 'gone').rmdir()
    status, lines = refused_by_command(*words, '--out', 'out')
    assert (status, len(lines)) == (1, 1)
    assert 'no longer exists: go to another one' in lines[0]


@pytest.mark.parametrize('path', PATHS.values(), ids=PATHS.keys())
@pytest.mark.parametrize(
    'words',
    [
        ('train.py', '@.py'),
        ('train.py', CONFIG, '--work-dir', 'work', '--resume', '@.pth'),
        ('test.py', '@.py', 'w.pth'),
        ('test.py', CONFIG, '@.pth', '--work-dir', 'work'),
        ('evaluate.py', '--pred', '@', '--gt', 'p'),
        ('evaluate.py', '--pred', 'p', '--gt', '@'),
        ('evaluate.py', '--pred', 'p', '--gt', 'p', '--metrics', 'PSNR', '--out', '@.json'),
        ('compare.py', '@.json', 'r.json'),
        ('compare.py', 'r.json', '@.json'),
        ('benchmark_methods.py', 'input', '--data', 'x=@', '--out', 'out'),
        ('benchmark_methods.py', '@.py', '--data', 'x=p', '--out', 'out'),
        ('benchmark_methods.py', 'input', '--data', 'x=p', '--metrics', 'NIQE', '--out', '@'),
        ('dataset_converters/lol.py', '@'),
        ('model_converters/enlightengan.py', '@.pth', 'target.pth'),
        ('model_converters/enlightengan.py', 'w.pth', '@.pth'),
        ('model_converters/cyclegan.py', '@.pth', 'target.pth'),
        ('model_converters/unit.py', '@.pt', 'target.pth'),
        ('model_converters/retinexnet.py', '@.npz', 'w.npz', 'target.pth'),
        ('model_converters/publish_model.py', '@.py', 'w.pth', 'target.pth'),
        ('model_converters/publish_model.py', CONFIG, '@.pth', 'target.pth'),
        ('model_converters/publish_model.py', CONFIG, 'w.pth', '@.pth'),
        ('model_converters/publish_model.py', CONFIG, 'w.pth', 'x.pth', '--metafile', '@.yml'),
        ('deployment/export.py', '@.py', 'w.pth', 'a.onnx'),
        ('deployment/export.py', CONFIG, '@.pth', 'a.onnx'),
        ('deployment/export.py', CONFIG, 'w.pth', '@.onnx'),
        ('misc/print_config.py', '@.py'),
        ('misc/print_config.py', CONFIG, '--save-path', '@.json'),
        ('visualization/browse_dataset.py', '@.py'),
        ('analysis_tools/analyze_logs.py', 'plot_curve', '@'),
        ('analysis_tools/analyze_logs.py', 'cal_train_time', '@/scalars.json'),
    ],
)
def test_tools(words: tuple[str, ...], path: str) -> None:
    status, lines = refused_by_tool(*(word.replace('@', path) for word in words))
    assert status == 1
    assert lines[-1].startswith('error: ')
