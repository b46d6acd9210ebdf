from __future__ import annotations

import hashlib
import pickle
import random
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from mmenlighten.utils.errors import CheckpointError
from mmenlighten.utils.weights import download_weights, read_weights


class Malicious:
    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.marker,))


def write_named_by_hash(folder: Path, wrong: bool = False) -> Path:
    torch.save(dict(weight=torch.arange(3.0)), folder / 'weights.pth')
    digest = hashlib.sha256((folder / 'weights.pth').read_bytes()).hexdigest()[:8]
    name = f'net-{"0" * 8 if wrong else digest}.pth'
    return (folder / 'weights.pth').rename(folder / name)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(torch.hub, 'get_dir', lambda: str(tmp_path / 'hub'))
    return tmp_path / 'hub' / 'checkpoints'


@pytest.mark.parametrize('dtype', ['float16', 'float32', 'int64'])
def test_npz_is_read_as_tensors_of_its_types(tmp_path: Path, dtype: str) -> None:
    np.savez(tmp_path / 'a.npz', **{'conv.weight': np.ones((2, 3), dtype)})
    weights = read_weights(str(tmp_path / 'a.npz'))
    assert list(weights) == ['conv.weight']
    assert torch.equal(weights['conv.weight'], torch.ones(2, 3, dtype=getattr(torch, dtype)))


@pytest.mark.parametrize('new_format', [True, False])
@pytest.mark.parametrize('name', ['a.pth', 'a.pt', 'a.anything'])
def test_pth_is_read_in_the_new_and_the_old_format(
    tmp_path: Path, name: str, new_format: bool
) -> None:
    path = tmp_path / name
    torch.save(dict(a=torch.ones(2)), path, _use_new_zipfile_serialization=new_format)
    assert torch.equal(read_weights(str(path))['a'], torch.ones(2))


def test_missing_file_is_named_with_the_remedy() -> None:
    with pytest.raises(CheckpointError, match=r'nowhere/a\.pth does not exist\. Run this tool\.$'):
        read_weights('nowhere/a.pth', 'Run this tool.')


@pytest.mark.parametrize('name', ['a.pth', 'a.npz'])
@pytest.mark.parametrize('content', [b'', b'hello', b'PK\x03\x04', b'\x80\x02}q\x00.', bytes(99)])
def test_file_that_holds_no_weights_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CheckpointError, match=re.escape(name)):
        read_weights(str(tmp_path / name))


@pytest.mark.filterwarnings('ignore:Detected pickle protocol')
@pytest.mark.parametrize('new_format', [True, False])
def test_damage_anywhere_is_told_in_a_sentence_if_it_is_noticed(
    tmp_path: Path, new_format: bool
) -> None:
    path = tmp_path / 'a.pth'
    torch.save(dict(a=torch.ones(2)), path, _use_new_zipfile_serialization=new_format)
    data, choice, reasons = path.read_bytes(), random.Random(0), []
    for _ in range(150):
        damaged = bytearray(data)
        for _ in range(3):
            damaged[choice.randrange(len(damaged))] = choice.randrange(256)
        path.write_bytes(damaged[: choice.randrange(len(damaged) // 2, len(damaged))])
        try:
            read_weights(str(path))
        except CheckpointError as error:
            reasons.append(str(error))
    assert len(reasons) > 100
    assert not any('\n' in reason for reason in reasons)


@pytest.mark.parametrize(
    'array', [np.array(['text']), np.array([{}], dtype=object), np.ones(2, '>f4')]
)
def test_npz_of_something_else_than_tensors_is_refused(tmp_path: Path, array: np.ndarray) -> None:
    np.savez(tmp_path / 'a.npz', a=array)
    with pytest.raises(CheckpointError, match=r'a\.npz cannot be read as a weight file'):
        read_weights(str(tmp_path / 'a.npz'))


@pytest.mark.parametrize('content', [[1, 2], dict(state_dict=dict()), torch.ones(2), dict(a=1)])
def test_content_other_than_a_plain_dict_of_tensors_is_refused(
    tmp_path: Path, content: object
) -> None:
    torch.save(content, tmp_path / 'a.pth')
    with pytest.raises(CheckpointError, match='does not hold a plain dict of tensors'):
        read_weights(str(tmp_path / 'a.pth'))


@pytest.mark.parametrize('plain_pickle', [True, False])
def test_code_in_a_file_is_refused_and_not_run(tmp_path: Path, plain_pickle: bool) -> None:
    path, marker = tmp_path / 'a.pth', tmp_path / 'code-has-run'
    if plain_pickle:
        path.write_bytes(pickle.dumps(Malicious(marker), protocol=2))
    else:
        torch.save(dict(a=Malicious(marker)), path)
    with pytest.raises(CheckpointError, match=r'a\.pth cannot be read as a weight file'):
        read_weights(str(path))
    assert not marker.exists()


def test_download_with_the_right_hash_is_kept_for_the_next_time(
    tmp_path: Path, cache: Path
) -> None:
    source = write_named_by_hash(tmp_path)
    weights = download_weights(source.as_uri(), 'Get it by hand.')
    assert torch.equal(weights['weight'], torch.arange(3.0))
    assert [path.name for path in cache.iterdir()] == [source.name]
    source.unlink()
    again = download_weights(source.as_uri(), 'Get it by hand.')
    assert torch.equal(again['weight'], torch.arange(3.0))


def test_download_with_the_wrong_hash_is_refused_and_not_kept(tmp_path: Path, cache: Path) -> None:
    source = write_named_by_hash(tmp_path, wrong=True)
    with pytest.raises(CheckpointError, match=r'invalid hash value.*Get it by hand\.$'):
        download_weights(source.as_uri(), 'Get it by hand.')
    assert list(cache.iterdir()) == []


@pytest.mark.usefixtures('cache')
@pytest.mark.parametrize('scheme', ['file:///nowhere/', 'unknown://', ''])
def test_failed_download_names_the_address_and_the_remedy(scheme: str) -> None:
    with pytest.raises(CheckpointError, match=r'net-01234567\.pth could not .*Get it by hand\.$'):
        download_weights(f'{scheme}net-01234567.pth', 'Get it by hand.')


def test_damaged_file_in_the_cache_is_told_in_a_sentence(tmp_path: Path, cache: Path) -> None:
    source = write_named_by_hash(tmp_path)
    cache.mkdir(parents=True)
    (cache / source.name).write_bytes(b'')
    with pytest.raises(CheckpointError, match=r'Get it by hand\.$'):
        download_weights(source.as_uri(), 'Get it by hand.')
