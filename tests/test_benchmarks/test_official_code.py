from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

from benchmarks.harness import Worker
from benchmarks.official_code import (
    attention,
    check_folder,
    official_generator,
    official_network,
    official_training_step,
)

from .official_folder import write_official_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_official_folder(tmp_path)


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    module = ModuleType('models')
    monkeypatch.setitem(sys.modules, 'models', module)
    yield module
    sys.modules.pop('models', None)


def test_generator_is_imported_with_what_has_changed_since(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    generator = official_generator(folder, 'cpu')
    image = torch.zeros(1, 3, 8, 8)
    enhanced, residual = generator(image, attention(image))
    assert not generator.training
    assert torch.equal(enhanced, residual / 2)
    assert capsys.readouterr().out == ''


def test_imports_leave_nothing_behind(folder: Path, models: ModuleType) -> None:
    before = list(sys.path), list(sys.path_hooks)
    official_generator(folder, 'cpu')
    assert (sys.path, sys.path_hooks) == before
    assert sys.modules['models'] is models
    assert 'models.networks' not in sys.modules
    assert 'util' not in sys.modules
    assert not any(str(folder) in path for path in sys.path_importer_cache)
    assert not list(folder.rglob('*.pyc'))


def test_imports_of_two_folders_do_not_mix(folder: Path, tmp_path: Path) -> None:
    other = write_official_folder(tmp_path / 'other')
    (other / 'util/util.py').write_text('scale = 0\n')
    image = torch.rand(1, 3, 8, 8)
    official_generator(folder, 'cpu')
    enhanced, _ = official_generator(other, 'cpu')(image, attention(image))
    assert torch.equal(enhanced, image)


@pytest.mark.parametrize('gradients', [True, False])
def test_network_takes_arrays(folder: Path, gradients: bool) -> None:
    images = np.zeros((2, 3, 16, 16), np.float32)
    enhanced = official_network(folder, 'cpu', gradients)(images)
    assert enhanced.shape == images.shape
    assert enhanced.dtype == np.float32


def test_network_refuses_what_it_would_halve(folder: Path) -> None:
    network = official_network(folder, 'cpu')
    with pytest.raises(SystemExit, match='here 2208: give --tile 1600'):
        network(np.zeros((1, 3, 16, 2208), np.float32))


def test_training_step_updates_the_networks(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    step = official_training_step(folder, 'cpu', size=16, batch=2)
    model = next(
        cell.cell_contents for cell in step.__closure__ or () if 'Model' in repr(cell.cell_contents)
    )
    before = model.netG_A.convolution.weight.clone()
    step()
    assert isinstance(model.error, float)
    assert not torch.equal(before, model.netG_A.convolution.weight)
    assert capsys.readouterr().out == ''


def test_attention_is_one_for_black_and_zero_for_white() -> None:
    image = torch.tensor([-1.0, 1.0]).expand(1, 3, 1, 2)
    torch.testing.assert_close(attention(image), torch.tensor([[[[1.0, 0.0]]]]))


def test_a_folder_without_the_code(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r'--official-code .* models/networks.py is missing'):
        check_folder(tmp_path)


def worker(folder: Path) -> Worker:
    options = ('--official-code', folder, '--size', 16, '--batch', 2, '--threads', 1)
    return Worker('train_step.py', '--only', 'official', '--device', 'cpu', *options)


def test_worker_measures_in_its_own_process(folder: Path) -> None:
    official = worker(folder)
    try:
        # The first layer's pictures need no gradient: 2 passes of it, and 2 of the second layer.
        pixels = 2 * 16 * 16
        assert official.first == pytest.approx(2e-9 * pixels * 9 * (2 * 4 * 3 + 3 * 3 * 2))
        seconds, cpu_seconds, _ = official()
        assert min(seconds, cpu_seconds) > 0
    finally:
        official.close()


def test_worker_that_cannot_start(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match='has ended'):
        worker(tmp_path)
