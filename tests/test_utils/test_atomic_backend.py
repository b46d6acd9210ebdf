from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from mmengine.fileio import get_file_backend
from mmengine.runner import save_checkpoint

from mmenlighten.utils import atomic_backend
from mmenlighten.utils.atomic_backend import AtomicLocalBackend


@pytest.fixture(autouse=True)
def nothing_waits() -> Iterator[None]:
    atomic_backend._replaced.clear()
    yield
    atomic_backend._replaced.clear()


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise OSError('No space left on device')

    monkeypatch.setattr(os, 'fsync', fail)


def visible(folder: Path) -> list[str]:
    return sorted(name for name in os.listdir(folder) if not name.startswith('.'))


def test_is_known_to_mmengine_by_its_name() -> None:
    backend = get_file_backend(backend_args=dict(backend='AtomicLocalBackend'))
    assert isinstance(backend, AtomicLocalBackend)


def test_checkpoint_written_through_it_can_be_loaded(tmp_path: Path) -> None:
    path = str(tmp_path / 'run' / 'epoch_1.pth')
    save_checkpoint(dict(a=torch.ones(2)), path, backend_args=dict(backend='AtomicLocalBackend'))
    assert torch.equal(torch.load(path)['a'], torch.ones(2))


@pytest.mark.usefixtures('full_disk')
def test_failed_write_leaves_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / 'epoch_1.pth'
    path.write_bytes(b'old')
    with pytest.raises(OSError, match='No space'):
        AtomicLocalBackend().put(b'new', path)
    assert path.read_bytes() == b'old'
    assert os.listdir(tmp_path) == ['epoch_1.pth']


def test_old_file_is_removed_only_after_the_next_one_is_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = tmp_path / 'epoch_1.pth', tmp_path / 'epoch_2.pth'
    old.write_bytes(b'old')
    AtomicLocalBackend().remove(str(old))
    assert old.exists()
    both = []
    replace = os.replace

    def watch(source: str, target: str) -> None:
        replace(source, target)
        both.append(visible(tmp_path))

    monkeypatch.setattr(os, 'replace', watch)
    AtomicLocalBackend().put(b'new', str(new))  # another instance, as MMEngine has it
    assert both == [['epoch_1.pth', 'epoch_2.pth']]
    assert visible(tmp_path) == ['epoch_2.pth']


def test_old_file_outlives_a_failed_write_and_goes_with_the_next_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / 'epoch_1.pth'
    old.write_bytes(b'old')
    backend = AtomicLocalBackend()
    backend.remove(old)
    with monkeypatch.context() as patch:
        patch.setattr(os, 'fsync', lambda file: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            backend.put(b'new', tmp_path / 'epoch_2.pth')
    assert visible(tmp_path) == ['epoch_1.pth']
    backend.put(b'new', tmp_path / 'epoch_3.pth')
    assert visible(tmp_path) == ['epoch_3.pth']


def test_file_that_is_written_anew_is_not_removed(tmp_path: Path) -> None:
    path = tmp_path / 'best.pth'
    path.write_bytes(b'old')
    AtomicLocalBackend().remove(path)
    AtomicLocalBackend().put(b'new', path)
    AtomicLocalBackend().put(b'other', tmp_path / 'epoch_1.pth')
    assert path.read_bytes() == b'new'


def test_file_of_another_folder_does_not_count_as_the_next_one(tmp_path: Path) -> None:
    old = tmp_path / 'a' / 'epoch_1.pth'
    AtomicLocalBackend().put(b'old', old)
    AtomicLocalBackend().remove(old)
    AtomicLocalBackend().put(b'new', tmp_path / 'b' / 'epoch_2.pth')
    assert old.exists()


def test_text_file_does_not_count_as_the_next_one(tmp_path: Path) -> None:
    old = tmp_path / 'epoch_1.pth'
    old.write_bytes(b'old')
    AtomicLocalBackend().remove(old)
    AtomicLocalBackend().put_text('epoch_2.pth', tmp_path / 'last_checkpoint')
    assert old.exists()


def test_relative_path_names_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path('epoch_1.pth').write_bytes(b'old')
    AtomicLocalBackend().remove('epoch_1.pth')
    AtomicLocalBackend().put(b'new', tmp_path / 'epoch_2.pth')
    assert visible(tmp_path) == ['epoch_2.pth']


def test_file_that_is_gone_already_is_no_error(tmp_path: Path) -> None:
    AtomicLocalBackend().remove(tmp_path / 'gone.pth')
    AtomicLocalBackend().put(b'new', tmp_path / 'epoch_1.pth')
    assert visible(tmp_path) == ['epoch_1.pth']


@pytest.mark.parametrize('encoding', ['utf-8', 'latin-1'])
def test_text_has_the_encoding_that_is_asked_for(tmp_path: Path, encoding: str) -> None:
    AtomicLocalBackend().put_text('Größe', tmp_path / 'text', encoding)
    assert (tmp_path / 'text').read_bytes() == 'Größe'.encode(encoding)
    assert AtomicLocalBackend().get_text(tmp_path / 'text', encoding) == 'Größe'
