"""What people find in the place of weights is named, with the way to the weights."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.runner.checkpoint import CheckpointLoader

import mmenlighten.registry  # noqa: F401  applies the workarounds
from mmenlighten.inference.onnx_network import OnnxNetwork
from mmenlighten.models.enhancers.official_weights import read_official_generator
from mmenlighten.utils.errors import UserError
from mmenlighten.utils.foreign_file import what_is_not_weights
from mmenlighten.utils.weights import download_weights, read_weights
from tests.hub_server import LFS

PAGE = b'<!DOCTYPE html>\n<html><head><title>weights.pth at main</title></head></html>'
HEADER = json.dumps({'a': {'dtype': 'F32', 'shape': [1], 'data_offsets': [0, 4]}}).encode()
SAFETENSORS = len(HEADER).to_bytes(8, 'little') + HEADER + bytes(4)

FOREIGN = {
    'a pointer': (LFS, 'Git LFS pointer.*git lfs pull'),
    'a page': (PAGE, 'web page that came in place of a download: download the file itself'),
    'a page of lower case': (b'\n<html lang="en">', 'web page'),
    'a message': (b'{"error": "Rate limit exceeded"}', 'a text, perhaps the message of a server'),
    'another message': (b'<?xml version="1.0"?><Error>AccessDenied</Error>', 'a text, perhaps'),
    'nothing': (b'', 'it is empty: copy or download it again'),
    'an archive': (gzip.compress(b'x' * 99), r'an archive \(gzip\): unpack it'),
    'weights of Keras': (b'\x89HDF\r\n\x1a\n' + bytes(99), r'another kind \(HDF5\)'),
    'a picture': (b'\x89PNG\r\n\x1a\n' + bytes(99), r'another kind \(PNG\)'),
}
READERS: dict[str, Callable[[str], object]] = {
    'checkpoint.pth': lambda path: CheckpointLoader.load_checkpoint(path, map_location='cpu'),
    'vgg16.pth': read_weights,
    'vgg16.npz': read_weights,
    'vgg16.safetensors': read_weights,
    'generator.safetensors': lambda path: CheckpointLoader.load_checkpoint(path),
    '200_net_G_A.pth': read_official_generator,
    'model.onnx': OnnxNetwork,
}


@pytest.mark.parametrize('name', FOREIGN)
@pytest.mark.parametrize('target', READERS)
def test_every_reader_of_weights_says_what_it_has_got(
    tmp_path: Path, target: str, name: str
) -> None:
    content, told = FOREIGN[name]
    path = tmp_path / target
    path.write_bytes(content)
    with pytest.raises(UserError, match=told) as caught:
        READERS[target](str(path))
    assert str(path) in str(caught.value)
    assert str(caught.value).count('\n') == 0
    assert path.exists()


@pytest.mark.parametrize('target', READERS)
def test_safetensors_are_told_by_their_content(tmp_path: Path, target: str) -> None:
    path = tmp_path / target
    path.write_bytes(SAFETENSORS)
    if target == 'model.onnx':
        with pytest.raises(UserError, match='it is a checkpoint: `mmenlighten export` makes'):
            OnnxNetwork(path)
    elif target == '200_net_G_A.pth':
        with pytest.raises(UserError, match='is of another network'):
            read_official_generator(str(path))
    else:
        content = READERS[target](str(path))
        assert isinstance(content, dict)
        assert content.get('state_dict', content) == {'a': torch.zeros(1)}


def test_weights_are_not_taken_for_something_else(tmp_path: Path) -> None:
    for number, new_format in enumerate((True, False)):
        path = tmp_path / f'{number}.pth'
        torch.save(dict(a=torch.ones(2)), path, _use_new_zipfile_serialization=new_format)
        assert what_is_not_weights(path) is None
    np.savez(tmp_path / 'a.npz', a=np.ones(2))
    assert what_is_not_weights(tmp_path / 'a.npz') is None
    assert what_is_not_weights(tmp_path / 'missing.pth') is None


def test_onnx_and_torch_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / 'a.onnx').write_bytes(b'\x08\x0a\x12\x07pytorch')
    assert 'onnxruntime runs' in str(what_is_not_weights(tmp_path / 'a.onnx'))
    assert what_is_not_weights(tmp_path / 'a.onnx', 'onnx') is None
    buffer = io.BytesIO()
    torch.save(dict(a=torch.ones(2)), buffer)
    (tmp_path / 'b.onnx').write_bytes(buffer.getvalue())
    assert 'mmenlighten export' in str(what_is_not_weights(tmp_path / 'b.onnx', 'onnx'))


@pytest.mark.parametrize('content', [LFS, PAGE, b'', b'{"error": "gone"}'])
def test_page_in_place_of_a_download_is_not_kept_for_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setattr(torch.hub, 'get_dir', lambda: str(tmp_path / 'hub'))
    source = tmp_path / 'net-01234567.pth'
    source.write_bytes(content)
    cached = tmp_path / 'hub' / 'checkpoints' / source.name
    cached.parent.mkdir(parents=True)
    cached.write_bytes(content)
    with pytest.raises(UserError, match=r'net-01234567\.pth could not be downloaded \(it is .*Ask'):
        download_weights(source.as_uri(), 'Ask somebody.')
    assert not cached.exists()
    assert source.exists()
