"""Weights are fetched once, verified each time, and what comes in their place is named."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from mmenlighten.utils.download import cache_folder, fetch_weights
from mmenlighten.utils.errors import CheckpointError
from mmenlighten.utils.weights_address import file_name, hub_address, is_repository
from tests.hub_server import LFS, PAGE, HubServer, digest, serve

HEADER = json.dumps({'a': {'dtype': 'F32', 'shape': [1], 'data_offsets': [0, 4]}}).encode()
CONTENT = len(HEADER).to_bytes(8, 'little') + HEADER + bytes(4)


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    with serve(tmp_path / 'cache', monkeypatch) as server:
        server.files = {'README.md': b'# card', 'net.safetensors': CONTENT}
        server.pages = {'/w/v1/a.safetensors': CONTENT}
        yield server


@pytest.mark.parametrize(
    'address',
    [
        'hf://owner/net',
        'hf://owner/net/net.safetensors',
        'hf://owner/net/net.safetensors@main',
        'hf://owner/net@main/net.safetensors',
        'hf://owner/net/net.safetensors@refs/pr/1',
        'https://huggingface.co/owner/net',
        'https://huggingface.co/owner/net/blob/main/net.safetensors',
        'https://huggingface.co/owner/net/resolve/main/net.safetensors?download=true',
        '{url}/owner/net/resolve/refs%2Fpr%2F1/net.safetensors',
        f'hf://owner/net#sha256={digest(CONTENT)}',
    ],
)
def test_files_of_a_repository_are_fetched_once_and_verified(
    hub: HubServer, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    address = address.format(url=hub.url)
    path = Path(fetch_weights(address))
    assert path.read_bytes() == CONTENT
    assert path.name == 'net.safetensors'
    asked = len(hub.asked)
    assert fetch_weights(address) == str(path)
    assert len(hub.asked) == asked
    assert not caplog.records  # the server has told the hash


def test_damage_on_this_machine_is_noticed_and_mended(hub: HubServer) -> None:
    path = Path(fetch_weights('hf://owner/net'))
    path.write_bytes(CONTENT[:-1] + b'\1')
    assert Path(fetch_weights('hf://owner/net')).read_bytes() == CONTENT


def test_the_token_is_shown_to_its_server_alone(
    hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.token = 'hf_secret'
    with pytest.raises(CheckpointError, match=r'says 401 .*: if the repository is there, set HF_T'):
        fetch_weights('hf://owner/net')
    monkeypatch.setenv('HF_TOKEN', 'hf_secret')
    hub.asked.clear()
    fetch_weights('hf://owner/net')
    fetch_weights(f'{hub.url}/w/v1/a.safetensors'.replace('127.0.0.1', 'localhost'))
    shown = {path.split('/')[1]: token for path, token in hub.asked}
    assert shown == dict(api='Bearer hf_secret', owner='Bearer hf_secret', store=None, w=None)


def test_offline_takes_what_is_there(hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    path = fetch_weights('hf://owner/net')
    monkeypatch.setenv('HF_HUB_OFFLINE', '1')
    hub.asked.clear()
    assert fetch_weights('hf://owner/net') == path
    with pytest.raises(CheckpointError, match='is not on this machine, and HF_HUB_OFFLINE is set'):
        fetch_weights('hf://owner/other')
    assert not hub.asked


def test_hash_of_an_address_is_compared(hub: HubServer, caplog: pytest.LogCaptureFixture) -> None:
    address = f'{hub.url}/w/v1/a.safetensors'
    told = digest(CONTENT)
    with pytest.raises(CheckpointError, match=f'its SHA-256 is {told} in place of 0'):
        fetch_weights(f'{address}#sha256={"0" * 64}')
    with pytest.raises(CheckpointError, match='in place of 1'):
        fetch_weights(address, '1' * 64)
    with pytest.raises(CheckpointError, match='write the hash as #sha256= and its 64 digits'):
        fetch_weights(f'{address}#md5=1')
    assert not [path for path in cache_folder().rglob('*') if path.is_file()]
    assert Path(fetch_weights(f'{address}#sha256={told.upper()}')).read_bytes() == CONTENT
    assert not caplog.records


def test_address_without_a_hash_is_told_and_pinned(
    hub: HubServer, caplog: pytest.LogCaptureFixture
) -> None:
    address = f'{hub.url}/w/v1/a.safetensors'
    with caplog.at_level(logging.WARNING):
        path = fetch_weights(address)
    (record,) = caplog.records
    told = record.getMessage()
    assert told.startswith(f'{address} could not be verified, as no hash of it is known.')
    assert fetch_weights(told.split(' give ')[1]) == path  # what it advises
    # Another content is not taken for it.
    hub.pages['/w/v1/a.safetensors'] = other = CONTENT[:-1] + b'\1'
    assert fetch_weights(address) == path
    assert Path(fetch_weights(f'{address}#sha256={digest(other)}')).read_bytes() == other


@pytest.mark.parametrize(
    ('content', 'told'),
    [
        (LFS, 'it is a Git LFS pointer, .*git lfs pull'),
        (PAGE, 'it is a web page that came in place of a download'),
        (b'{"error": "Rate limit exceeded"}', 'it is a text, perhaps the message of a server'),
        (b'\x89PNG\r\n\x1a\n' + bytes(99), r'another kind \(PNG\)'),
        (b'', 'breaks off after 0 bytes'),
    ],
)
@pytest.mark.parametrize('is_plain', [True, False])
def test_what_comes_in_their_place_is_named_and_not_kept(
    hub: HubServer, content: bytes, told: str, is_plain: bool
) -> None:
    hub.files['net.safetensors'] = hub.pages['/w/v1/a.safetensors'] = content
    hub.is_large = False
    address = f'{hub.url}/w/v1/a.safetensors' if is_plain else 'hf://owner/net'
    with pytest.raises(CheckpointError, match=told) as caught:
        fetch_weights(address)
    assert address in str(caught.value)
    assert str(caught.value).count('\n') == 0
    assert not [path for path in cache_folder().rglob('*') if path.is_file()]


def test_what_breaks_off_is_not_kept(hub: HubServer) -> None:
    hub.cut = 3
    with pytest.raises(CheckpointError, match='breaks off'):
        fetch_weights(f'{hub.url}/w/v1/a.safetensors')
    hub.cut = 0
    assert Path(fetch_weights(f'{hub.url}/w/v1/a.safetensors')).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ('files', 'chosen'),
    [
        (['a.safetensors', 'model.safetensors', 'b.pth'], 'model.safetensors'),
        (['a.safetensors', 'old/b.safetensors'], 'a.safetensors'),
        (['old/b.safetensors'], 'b.safetensors'),
        (['a.safetensors', 'b.safetensors'], 'has a.safetensors, b.safetensors: give the file'),
        (['pytorch_model.bin'], r'has no \*.safetensors: give pytorch_model.bin, and a config'),
        ([], r'has no \*.safetensors: give weights'),
    ],
)
def test_the_weights_of_a_repository_are_chosen(
    hub: HubServer, files: list[str], chosen: str
) -> None:
    hub.files = dict.fromkeys(files, CONTENT)
    if chosen in [Path(name).name for name in files]:
        assert Path(fetch_weights('hf://owner/net')).name == chosen
    else:
        with pytest.raises(CheckpointError, match=f'^hf://owner/net {chosen}'):
            fetch_weights('hf://owner/net')


@pytest.mark.parametrize(
    ('address', 'told'),
    [
        ('hf://owner', 'write hf://OWNER/REPOSITORY'),
        ('hf://owner/net/a@', 'write hf://OWNER/REPOSITORY'),
        ('hf://owner/gone', 'says 404 .*check the address and the network'),
        ('hf://owner/net/gone.safetensors', 'says 404'),
        ('http://127.0.0.1:1/a.safetensors', r'cannot be loaded \(Connection refused\)'),
        ('http://', 'cannot be loaded'),
        ('https://[', 'cannot be loaded'),
    ],
)
def test_what_cannot_be_fetched_is_told_in_a_sentence(
    hub: HubServer, address: str, told: str
) -> None:
    with pytest.raises(CheckpointError, match=told) as caught:
        fetch_weights(address)
    assert str(caught.value).startswith(address)
    assert '\n' not in str(caught.value)


def test_server_that_is_none_of_hugging_face(
    hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.pages['/api/models/owner/net/revision/main'] = PAGE
    with pytest.raises(CheckpointError, match='answers as no server of Hugging Face does'):
        fetch_weights('hf://owner/net')


def test_folder_that_keeps_nothing_is_told(
    hub: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / 'file').touch()
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'file'))
    with pytest.raises(CheckpointError, match=r'cannot be kept in .*set XDG_CACHE_HOME'):
        fetch_weights(f'{hub.url}/w/v1/a.safetensors')


def test_addresses_are_told_from_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert is_repository('owner/net-1.5')
    (tmp_path / 'owner' / 'net').mkdir(parents=True)
    for path in ('owner/net', 'net', 'a/b/c', './a', '../a', '/a', 'a/b.pth', 'a/b.safetensors'):
        assert not is_repository(path)
    assert file_name('hf://a/b/c.onnx@v1#sha256=0') == 'c.onnx'
    assert file_name('https://a/b.onnx?x=1') == 'b.onnx'
    assert file_name('weights/c.onnx') == 'c.onnx'
    assert hub_address('https://example.org/a/b') is None
    assert hub_address('https://huggingface.co/datasets/a/b/c') is None
