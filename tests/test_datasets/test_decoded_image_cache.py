from __future__ import annotations

import errno
import multiprocessing
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmenlighten.datasets import ImageFolderDataset, UnpairedImageDataset, decoded_image_cache
from mmenlighten.datasets.decoded_image_cache import DecodedImageCache, open_decoded_cache
from mmenlighten.utils.errors import ConfigError, DatasetError, ImageReadError

from .pictures import (
    LOAD_PIPELINE,
    TRAIN_PIPELINE,
    load_epoch,
    names,
    picture,
    write_pictures,
    write_unpaired,
)

Messages = Callable[[], list[str]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_pictures(tmp_path, ['a.png'])
    return tmp_path / 'a.png'


@pytest.fixture
def cache(tmp_path: Path) -> DecodedImageCache:
    return DecodedImageCache(tmp_path / 'cache')


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that were decoded."""
    files: list[str] = []
    read_image = decoded_image_cache.read_image

    def read(path: Any) -> np.ndarray:
        files.append(Path(path).name)
        return read_image(path)

    monkeypatch.setattr(decoded_image_cache, 'read_image', read)
    return files


def entries(cache: DecodedImageCache) -> list[Path]:
    return sorted(file for file in cache.folder.rglob('*') if file.is_file())


def read_in_turn(folder: Path, files: list[Path], barrier: Any) -> None:
    cache = DecodedImageCache(folder)
    barrier.wait()
    for seed, file in enumerate(files):
        assert np.array_equal(cache.read(file), picture(seed=seed))


# Samples


@pytest.mark.parametrize('workers', [0, 2])
def test_samples_are_the_same_with_and_without_the_cache(tmp_path: Path, workers: int) -> None:
    write_unpaired(tmp_path, 4, 3)
    write_pictures(tmp_path / 'low', ['b.jpg'])
    write_pictures(tmp_path / 'normal', ['small.png'], height=5, width=6)
    options: dict[str, Any] = dict(pipeline=TRAIN_PIPELINE)
    plain = UnpairedImageDataset(tmp_path, **options)
    cached = UnpairedImageDataset(tmp_path, decoded_cache=tmp_path / 'cache', **options)
    for epoch in range(3):
        plain.set_epoch(epoch)
        cached.set_epoch(epoch)
        assert load_epoch(cached, workers) == load_epoch(plain, 0)
    assert len(entries(cached.decoded_cache)) > 6


def test_picture_is_decoded_once_and_by_no_other_process_again(
    path: Path, cache: DecodedImageCache, decoded: list[str]
) -> None:
    for reader in (cache, cache, DecodedImageCache(cache.folder)):
        image = reader.read(path)
        assert (image.dtype, image.shape) == (np.uint8, (16, 20, 3))
        assert np.array_equal(image, picture())
    assert decoded == ['a.png']


def test_writing_to_a_picture_never_reaches_the_cache(path: Path, cache: DecodedImageCache) -> None:
    for _ in range(3):
        image = cache.read(path)
        assert np.array_equal(image, picture())
        image[:] = 7
    assert np.array_equal(np.load(entries(cache)[0]), picture())


def test_entries_are_files_of_numpy(path: Path, cache: DecodedImageCache) -> None:
    cache.read(path)
    assert [np.load(entry).shape for entry in entries(cache)] == [(16, 20, 3)]


# Changes of a file


def test_changed_file_is_decoded_anew_and_its_old_entry_deleted(
    path: Path, cache: DecodedImageCache
) -> None:
    cache.read(path)
    before = entries(cache)
    write_pictures(path.parent, ['b.png', 'a.png'])
    os.utime(path, ns=(1, 1))
    assert np.array_equal(cache.read(path), picture(seed=1))
    assert len(entries(cache)) == 1
    assert entries(cache) != before


def test_file_that_changes_while_it_is_decoded_is_not_kept(
    path: Path, cache: DecodedImageCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(path: Path) -> np.ndarray:
        os.utime(path, ns=(1, 1))
        return picture()

    monkeypatch.setattr(decoded_image_cache, 'read_image', read)
    cache.read(path)
    assert entries(cache) == []


def test_another_reader_or_version_of_its_libraries_decodes_anew(
    path: Path, cache: DecodedImageCache, decoded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.read(path)
    monkeypatch.setattr(decoded_image_cache, 'READER', '1 5.0.0')
    cache.read(path)
    assert len(decoded) == 2


def test_files_of_one_name_in_two_folders_are_told_apart(
    tmp_path: Path, cache: DecodedImageCache
) -> None:
    write_pictures(tmp_path / 'one', ['a.png'])
    write_pictures(tmp_path / 'two', ['b.png', 'a.png'])
    for folder in ('one', 'two', 'one'):
        expected = picture(seed=int(folder == 'two'))
        assert np.array_equal(cache.read(tmp_path / folder / 'a.png'), expected)


# Damage


@pytest.mark.parametrize('content', [b'', b'nonsense', b'\x93NUMPY', 0.5, 0.99])
def test_damaged_entry_is_replaced(
    path: Path, cache: DecodedImageCache, content: bytes | float
) -> None:
    cache.read(path)
    (entry,) = entries(cache)
    whole = entry.read_bytes()
    damaged = content if isinstance(content, bytes) else whole[: int(len(whole) * content)]
    entry.write_bytes(damaged)
    assert np.array_equal(cache.read(path), picture())
    assert entry.read_bytes() == whole


def test_processes_that_race_get_whole_pictures_and_leave_no_scraps(
    tmp_path: Path, cache: DecodedImageCache
) -> None:
    files = [tmp_path / 'low' / f'{k}.png' for k in range(8)]
    write_pictures(tmp_path / 'low', [file.name for file in files])
    context = multiprocessing.get_context('fork')
    barrier = context.Barrier(3)
    arguments = (cache.folder, files, barrier)
    processes = [context.Process(target=read_in_turn, args=arguments) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert len(entries(cache)) == len(files)
    assert all(entry.suffix == '.npy' for entry in entries(cache))


# Room


def test_limit_is_kept_and_told_once(tmp_path: Path, messages: Messages) -> None:
    write_pictures(tmp_path / 'low', [f'{k}.png' for k in range(5)])
    size = 128 + picture().nbytes
    cache = DecodedImageCache(tmp_path / 'cache', 3 * size + 5)
    for _ in range(2):
        for k in range(5):
            image = cache.read(tmp_path / 'low' / f'{k}.png')
            assert np.array_equal(image, picture(seed=k))
    assert len(entries(cache)) == 3
    assert len(messages()) == 1
    assert 'cache is full (max_bytes=' in messages()[0]
    assert 'raise max_bytes' in messages()[0]


def test_entry_that_exceeds_the_limit_because_others_wrote_too_is_taken_back(
    path: Path, cache: DecodedImageCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoded_image_cache.FolderBudget, 'is_exceeded', lambda self: True)
    assert np.array_equal(cache.read(path), picture())
    assert entries(cache) == []


@pytest.mark.parametrize('workers', [0, 2])
def test_full_disk_is_told_once_and_training_goes_on(
    tmp_path: Path, messages: Messages, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    def refuse(path: Path, data: memoryview) -> None:
        raise OSError(errno.ENOSPC, 'No space left on device')

    write_unpaired(tmp_path, 6, 6)
    monkeypatch.setattr(decoded_image_cache, 'write_bytes', refuse)
    dataset = UnpairedImageDataset(
        tmp_path, pipeline=LOAD_PIPELINE, decoded_cache=tmp_path / 'cache'
    )
    for _ in range(2):
        loaded = load_epoch(dataset, workers, lambda sample: names(sample)[0])
        assert loaded == [str(k) for k in range(6)]
    assert len(messages()) in (1, min(1, workers) + 1)  # two workers may fail at the same moment
    assert 'cannot be written to (No space left on device): pictures that' in messages()[0]


def test_folder_that_cannot_be_made_is_told(path: Path, messages: Messages) -> None:
    for _ in range(2):
        assert np.array_equal(DecodedImageCache(path / 'cache').read(path), picture())
    assert len(messages()) == 2
    assert 'a.png/cache cannot be written to' in messages()[0]


# Unreadable files


def test_unreadable_and_missing_files_are_reported_as_without_the_cache(
    tmp_path: Path, cache: DecodedImageCache
) -> None:
    (tmp_path / 'bad.png').write_bytes(b'no picture')
    for _ in range(2):
        with pytest.raises(ImageReadError, match=r'bad\.png cannot be read: it is a text'):
            cache.read(tmp_path / 'bad.png')
    with pytest.raises(ImageReadError, match=r'gone\.png cannot be read: No such file'):
        cache.read(tmp_path / 'gone.png')
    assert entries(cache) == []


def test_deleted_file_is_reported_though_it_is_in_the_cache(
    path: Path, cache: DecodedImageCache
) -> None:
    cache.read(path)
    path.unlink()
    with pytest.raises(ImageReadError, match=r'a\.png cannot be read: No such file'):
        cache.read(path)


def test_unreadable_picture_is_skipped_with_one_warning(tmp_path: Path, messages: Messages) -> None:
    write_unpaired(tmp_path, 3, 3)
    (tmp_path / 'low' / '1.png').write_bytes(b'no picture')
    dataset = UnpairedImageDataset(tmp_path, pipeline=LOAD_PIPELINE, decoded_cache=tmp_path / 'c')
    for _ in range(2):
        assert [names(sample)[0] for sample in dataset] == ['0', '2', '2']
    assert len(messages()) == dataset.num_unreadable == 1


# The option


def test_option_is_a_folder_or_the_arguments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('HOME', str(tmp_path))
    assert open_decoded_cache(None) is None
    for option in ('~/c', tmp_path / 'c', dict(folder='~/c', max_bytes='1KiB')):
        cache = open_decoded_cache(option)
        assert cache is not None
        assert cache.folder == tmp_path / 'c'


@pytest.mark.parametrize('option', [True, {}, dict(folder=3), dict(folder='c', size=1)])
def test_other_options_are_refused(tmp_path: Path, option: Any) -> None:
    with pytest.raises(ConfigError, match=r'decoded_cache=.*: give a folder, or dict\(folder='):
        ImageFolderDataset(tmp_path, decoded_cache=option, lazy_init=True)


@pytest.mark.parametrize('amount', [0, -1, 'much', None])
def test_limit_that_is_no_amount_is_refused(tmp_path: Path, amount: Any) -> None:
    with pytest.raises(ConfigError, match=r'decoded_cache\.max_bytes=.* is no amount of bytes'):
        DecodedImageCache(tmp_path, amount)


def test_folder_of_pictures_is_still_needed(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match='does not exist'):
        UnpairedImageDataset(tmp_path, decoded_cache=tmp_path / 'cache')
