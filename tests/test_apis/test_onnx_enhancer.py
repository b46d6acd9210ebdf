"""Photographs are enhanced without torch in the process, as PyTorch enhances them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest
import torch

from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.photos import Photo, read_photo, write_photo
from mmenlighten.utils.errors import CheckpointError, ConfigError
from tests.test_cli.commands import run_process

pytest.importorskip('onnx')
onnxruntime = pytest.importorskip('onnxruntime')

from mmenlighten.apis import onnx_enhancer as module  # noqa: E402
from mmenlighten.apis.onnx_enhancer import (  # noqa: E402
    choose_providers,
    onnx_enhancer,
    usable_threads,
)
from mmenlighten.apis.torch_enhancer import torch_enhancer  # noqa: E402
from mmenlighten.export.onnx_export import export_onnx  # noqa: E402
from mmenlighten.models import EnlightenGAN  # noqa: E402

BLOCKER = """
import sys

class Blocker:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition('.')[0] in ('torch', 'mmengine', 'mmcv', 'onnx'):
            raise ImportError(f'{name} is not installed')

sys.meta_path.insert(0, Blocker)
"""


@pytest.fixture(scope='module')
def model() -> EnlightenGAN:
    torch.manual_seed(0)
    model = EnlightenGAN(generator=dict(type='AttentionUNet', base_channels=2, align_corners=False))
    for parameter in model.generator.parameters():
        if parameter.dim() == 4:
            torch.nn.init.kaiming_normal_(parameter, a=0.2)
    return model.eval()


@pytest.fixture(scope='module')
def path(model: EnlightenGAN, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp('onnx') / 'tiny.onnx'
    export_onnx(model, file)
    return file


def make_photo(height: int, width: int) -> Photo:
    generator = np.random.default_rng((height, width))
    return Photo(generator.integers(0, 60, (height, width, 3), np.uint8))


@pytest.mark.parametrize('tile', ['auto', 288])
def test_it_enhances_as_torch_does(model: EnlightenGAN, path: Path, tile: int | str) -> None:
    photo = make_photo(310, 45)
    options = EnhanceOptions(tile=tile)
    expected = torch_enhancer(model, options, 'cpu').enhance(photo.pixels).astype(int)
    found = onnx_enhancer(path, options, 'cpu').enhance(photo.pixels).astype(int)
    assert np.abs(found - expected).max() <= 1
    assert np.abs(found - photo.pixels).max() > 20


def test_the_console_command_needs_neither_torch_nor_mmengine(
    model: EnlightenGAN, path: Path, tmp_path: Path
) -> None:
    album, out, blocker = (tmp_path / name for name in ('album', 'out', 'blocker'))
    photos = {'a.png': make_photo(40, 56), 'b/c.png': make_photo(33, 17)}
    for name, photo in photos.items():
        (album / name).parent.mkdir(parents=True, exist_ok=True)
        write_photo(photo, album / name)
    blocker.mkdir()
    (blocker / 'sitecustomize.py').write_text(BLOCKER)
    search = os.pathsep.join(filter(None, [str(blocker), os.environ.get('PYTHONPATH')]))
    command = ['enhance', album, '--out', out, '--checkpoint', path]

    result = run_process(*command, '--backend', 'torch', PYTHONPATH=search)
    assert result.returncode != 0  # the blocker works
    result = run_process(*command, '--backend', 'onnxruntime', PYTHONPATH=search)
    assert result.returncode == 0, result.stderr.decode()
    enhancer = torch_enhancer(model, EnhanceOptions(), 'cpu')
    for name, photo in photos.items():
        found = read_photo(out / name).pixels.astype(int)
        assert np.abs(found - enhancer.enhance(photo.pixels)).max() <= 1


def test_the_content_of_the_file_tells_it_from_others(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / 'copy.onnx'
    copy.write_bytes(path.read_bytes())
    recipes = [onnx_enhancer(file, EnhanceOptions(), 'cpu').fingerprint() for file in (path, copy)]
    assert recipes[0] == recipes[1]
    assert recipes[0]['model'] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_cannot_work_is_told(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = EnhanceOptions()
    with pytest.raises(ConfigError, match='precision=bfloat16 is not for onnxruntime'):
        onnx_enhancer(path, options, precision='bfloat16')
    with pytest.raises(CheckpointError, match=r'no\.onnx does not exist: .* `mmenlighten export`'):
        onnx_enhancer(tmp_path / 'no.onnx', options)
    providers = ['CUDAExecutionProvider', 'CPUExecutionProvider']
    monkeypatch.setattr(module, 'choose_providers', lambda device: ['CPUExecutionProvider'])
    monkeypatch.setattr(module, 'available_providers', lambda: providers)
    with pytest.raises(ConfigError, match='cannot start its CUDAExecutionProvider'):
        onnx_enhancer(path, options, 'cuda')


def test_devices_are_providers(monkeypatch: pytest.MonkeyPatch) -> None:
    there = ['CUDAExecutionProvider', 'CPUExecutionProvider']
    monkeypatch.setattr(module, 'available_providers', lambda: there)
    cuda = [('CUDAExecutionProvider', {'device_id': '0'}), 'CPUExecutionProvider']
    assert choose_providers('auto') == choose_providers('cuda') == cuda
    assert choose_providers('cuda:1')[0] == ('CUDAExecutionProvider', {'device_id': '1'})
    assert choose_providers('cpu') == ['CPUExecutionProvider']
    with pytest.raises(ConfigError, match=r'no CoreMLExecutionProvider: .* macOS'):
        choose_providers('mps')
    for device in ('tpu', 'cuda:one'):
        with pytest.raises(ConfigError, match=f'device={device} is unknown'):
            choose_providers(device)

    there[0] = 'CoreMLExecutionProvider'
    assert choose_providers('auto') == ['CPUExecutionProvider']
    assert choose_providers('mps')[0] == ('CoreMLExecutionProvider', {})
    with pytest.raises(ConfigError, match='no CUDAExecutionProvider: pip install onnxruntime-gpu'):
        choose_providers('cuda:0')


def test_threads_are_those_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('OMP_NUM_THREADS', '3')
    assert usable_threads() == 3
    monkeypatch.setenv('OMP_NUM_THREADS', 'many')
    monkeypatch.setattr(os, 'sched_getaffinity', lambda process: {0, 5}, raising=False)
    assert usable_threads() == 2
    monkeypatch.delattr(os, 'sched_getaffinity')
    assert usable_threads() is None
