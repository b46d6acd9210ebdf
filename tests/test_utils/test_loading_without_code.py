"""No loader of MMEngine runs code that is in a checkpoint, whichever release it is."""

from __future__ import annotations

import json
import pickle
import re
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import mmengine
import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer, history_buffer
from mmengine.runner import checkpoint as mmengine_checkpoint
from mmengine.runner.checkpoint import CheckpointLoader
from torch import nn

import mmenlighten.registry  # noqa: F401  applies the workarounds
from mmenlighten.utils.errors import CheckpointError


class Reduced:
    """Pickled as this call, state, and items; see ``object.__reduce__``."""

    def __init__(self, *parts: Any) -> None:
        self.parts = parts

    def __reduce__(self) -> tuple[Any, ...]:
        return self.parts


def load(path: Path | str) -> Any:
    return CheckpointLoader.load_checkpoint(str(path), map_location='cpu')


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, str]]:
    """A folder and its http address; what is fetched is kept elsewhere.

    It is also what Hugging Face has in its repository ``owner/net``.
    """

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: Any) -> None: ...

        def translate_path(self, path: str) -> str:
            return super().translate_path(path.removeprefix('/owner/net/resolve/main'))

    folder = tmp_path / 'served'
    folder.mkdir()
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    monkeypatch.setenv('no_proxy', '*')
    server = ThreadingHTTPServer(('127.0.0.1', 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield folder, f'http://127.0.0.1:{server.server_port}'
    server.shutdown()
    thread.join()
    server.server_close()


def test_checkpoint_of_mmengine_loads_with_its_history(tmp_path: Path) -> None:
    buffer = HistoryBuffer()
    for value in (1.0, 2.0, 6.0):
        buffer.update(value)
    checkpoint = dict(
        state_dict=dict(weight=torch.arange(3.0)),
        message_hub=dict(log_scalars=dict(loss=buffer), runtime_info=dict(iter=3)),
        best=np.float64(0.5),
        **{name: np.arange(3).astype(name) for name in ('f2', 'f4', 'f8', 'i1', 'i2', 'i4', 'i8')},
        masks=[np.array([True, False]), np.zeros((2, 2), np.uint8)],
    )
    torch.save(checkpoint, tmp_path / 'epoch_1.pth')
    loaded = load(tmp_path / 'epoch_1.pth')
    assert torch.equal(loaded['state_dict']['weight'], torch.arange(3.0))
    history = loaded['message_hub']['log_scalars']['loss']
    assert [history.mean(), history.max(), history.current()] == [3.0, 6.0, 6.0]
    assert history.statistics('min') == 1.0
    assert loaded['best'] == 0.5
    assert all(np.array_equal(loaded[name], np.arange(3)) for name in ('f2', 'f8', 'i1', 'i8'))
    assert np.array_equal(loaded['masks'][0], [True, False])


def test_home_folder_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('HOME', str(tmp_path))
    torch.save(dict(a=1), tmp_path / 'a.pth')
    assert load('~/a.pth') == dict(a=1)


def test_missing_checkpoint_is_named() -> None:
    with pytest.raises(CheckpointError, match=r'The checkpoint nowhere/a\.pth does not exist'):
        load('nowhere/a.pth')


@pytest.mark.parametrize('content', [b'\x80\x02}q', b'PK\3\4hello', bytes(999)])
def test_damaged_checkpoint_is_named_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / 'a.pth').write_bytes(content)
    with pytest.raises(CheckpointError, match=r'a\.pth cannot be loaded .*it is damaged') as raised:
        load(tmp_path / 'a.pth')
    assert '\n' not in str(raised.value)


@pytest.mark.parametrize('plain_pickle', [True, False])
def test_code_in_a_checkpoint_is_refused_and_not_run(tmp_path: Path, plain_pickle: bool) -> None:
    path, marker = tmp_path / 'a.pth', tmp_path / 'code-has-run'
    malicious = dict(state_dict=dict(), more=Reduced(Path.touch, (marker,)))
    if plain_pickle:
        path.write_bytes(pickle.dumps(malicious, protocol=2))
    else:
        torch.save(malicious, path)
    with pytest.raises(CheckpointError, match='it could run code'):
        load(path)
    assert not marker.exists()


def test_history_buffer_is_no_ladder_to_exec(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Climbs from an allowed class to the builtins, and has its constructor call one of them."""
    monkeypatch.setattr(history_buffer, 'np', np)  # undone afterwards should the climb succeed

    def attribute(owner: Any, name: str) -> Reduced:
        return Reduced(getattr, (owner, name))

    def with_attributes(attributes: Any) -> Reduced:
        return Reduced(HistoryBuffer, (), attributes)

    constructor = attribute(HistoryBuffer, '__init__')
    builtins = attribute(with_attributes(attribute(constructor, '__globals__')), '__builtins__')
    numpy = with_attributes(dict(array=attribute(with_attributes(builtins), 'exec')))
    replace_numpy = (getattr, (constructor, '__globals__'), None, None, iter([('np', numpy)]))
    code = f'open({str(tmp_path / "code-has-run")!r}, "w")'
    torch.save([Reduced(*replace_numpy), Reduced(HistoryBuffer, (code, code))], tmp_path / 'a.pth')
    with pytest.raises(CheckpointError, match="asks for the attribute '__init__'"):
        load(tmp_path / 'a.pth')
    assert not (tmp_path / 'code-has-run').exists()


def test_checkpoint_from_the_internet_loads_with_its_history(served: tuple[Path, str]) -> None:
    folder, address = served
    torch.save(dict(history=HistoryBuffer([1.0, 3.0], [1, 1])), folder / 'a.pth')
    assert load(f'{address}/a.pth')['history'].mean() == 2.0


def test_code_from_the_internet_is_refused_and_not_run(
    served: tuple[Path, str], tmp_path: Path
) -> None:
    folder, address = served
    torch.save(dict(a=Reduced(Path.touch, (tmp_path / 'code-has-run',))), folder / 'a.pth')
    with pytest.raises(CheckpointError, match='cannot be loaded'):
        load(f'{address}/a.pth')
    assert not (tmp_path / 'code-has-run').exists()


def test_missing_address_is_named_with_a_remedy(served: tuple[Path, str]) -> None:
    with pytest.raises(CheckpointError, match=r'/gone\.pth cannot be loaded .*404.*download the'):
        load(f'{served[1]}/gone.pth')


@pytest.fixture
def schemes(
    served: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, dict[str, str]]:
    """A folder, and by the scheme the address of ``a.pth`` in it.

    Clients of clouds stand on the folder, model zoos name its http address or the file.
    """
    folder, address = served
    http, file = f'{address}/a.pth', folder / 'a.pth'
    petrel, pavi = ModuleType('petrel_client'), ModuleType('pavi')

    class Client:
        def __init__(self, **settings: Any) -> None: ...

        def Get(self, path: str) -> bytes:
            return (folder / path.rpartition('/')[2]).read_bytes()

    class Model:
        name = 'a.pth'

        def download(self, path: str) -> None:
            Path(path).write_bytes(file.read_bytes())

    petrel.client = SimpleNamespace(Client=Client)  # type: ignore[attr-defined]
    pavi.modelcloud = SimpleNamespace(get=lambda name: Model)  # type: ignore[attr-defined]
    Model.download = partial(Model.download, Model)  # type: ignore[method-assign, assignment]
    monkeypatch.setitem(sys.modules, 'petrel_client', petrel)
    monkeypatch.setitem(sys.modules, 'pavi', pavi)
    monkeypatch.setenv('MMENGINE_HOME', str(tmp_path))
    monkeypatch.setenv('HF_ENDPOINT', address)
    zoo = dict(a=http, on_disk=str(file))
    (tmp_path / 'open_mmlab.json').write_text(json.dumps(zoo))
    for name in ('get_torchvision_models', 'get_mmcls_models'):
        monkeypatch.setattr(mmengine_checkpoint, name, lambda: zoo)
    return folder, {
        '': str(file),
        'http://': http,
        'https://': http,  # one loader with http, as is asserted below
        'hf://': 'hf://owner/net/a.pth',
        'pavi://': 'pavi://of/a',
        r'(\S+\:)?s3://': 'cluster:s3://bucket/a.pth',
        r'(\S+\:)?petrel://': 'petrel://bucket/a.pth',
        'modelzoo://': 'modelzoo://a',
        'torchvision://': 'torchvision://a',
        'open-mmlab://': 'open-mmlab://a',
        'openmmlab://': 'openmmlab://on_disk',
        'mmcls://': 'mmcls://a',
    }


def test_schemes_are_all_that_mmengine_has(schemes: tuple[Path, dict[str, str]]) -> None:
    registered: Any = CheckpointLoader
    assert registered._schemes.keys() == schemes[1].keys(), 'add it above'
    assert registered._schemes['http://'] is registered._schemes['https://']


SCHEMES = sorted(CheckpointLoader._schemes)  # type: ignore[attr-defined]


@pytest.mark.parametrize('scheme', SCHEMES)
@pytest.mark.parametrize('plain_pickle', [True, False])
def test_code_is_refused_by_each_scheme(
    schemes: tuple[Path, dict[str, str]], tmp_path: Path, scheme: str, plain_pickle: bool
) -> None:
    folder, addresses = schemes
    content = dict(state_dict={}, more=Reduced(Path.touch, (tmp_path / 'code-has-run',)))
    if plain_pickle:
        (folder / 'a.pth').write_bytes(pickle.dumps(content, protocol=2))
    else:
        torch.save(content, folder / 'a.pth')
    with pytest.raises(CheckpointError, match=r'cannot be loaded as a checkpoint') as raised:
        load(addresses[scheme])
    message = str(raised.value)
    assert not (tmp_path / 'code-has-run').exists()
    assert 'GLOBAL' in message, 'the reason is there'
    # What a model zoo's name stands for is named in its place.
    named = (addresses[scheme], str(folder / 'a.pth'), addresses['http://'])
    assert message.startswith(named)
    assert '\n' not in message
    assert 'weights_only' not in message


@pytest.mark.parametrize('scheme', SCHEMES)
def test_each_scheme_loads_a_checkpoint_with_its_history(
    schemes: tuple[Path, dict[str, str]], scheme: str
) -> None:
    folder, addresses = schemes
    history = HistoryBuffer([1.0, 3.0], [1, 1])
    content = {'state_dict': {'backbone.weight': torch.arange(3.0)}, 'history': history}
    torch.save(content, folder / 'a.pth')
    loaded = load(addresses[scheme])
    if scheme == 'mmcls://':  # which keeps the backbone alone
        assert torch.equal(loaded['state_dict']['weight'], torch.arange(3.0))
    else:
        assert loaded['history'].mean() == 2.0


@pytest.mark.parametrize(
    ('address', 'reason'),
    [
        ('torchvision://b', 'no model has this name'),
        ('mmcls://b', 'no model has this name'),
        ('openmmlab://b', 'no model has this name'),
        ('s3://bucket/b.pth', 'No such file'),
    ],
)
@pytest.mark.usefixtures('schemes')
def test_what_a_scheme_does_not_find_is_named(address: str, reason: str) -> None:
    with pytest.raises(CheckpointError, match=f'^{address} cannot be .*{reason}.*download the'):
        load(address)


def test_missing_client_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, 'pavi', None)
    with pytest.raises(CheckpointError, match=r'^pavi://a cannot be .*Please install pavi'):
        load('pavi://a')


def test_functions_of_the_loaders_are_guarded_too(
    schemes: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    folder, addresses = schemes
    content = dict(more=Reduced(Path.touch, (tmp_path / 'code-has-run',)))
    torch.save(content, folder / 'a.pth')
    for name, scheme in dict(local='', http='http://', mmcls='mmcls://', pavi='pavi://').items():
        with pytest.raises(Exception, match='GLOBAL'):
            getattr(mmengine_checkpoint, f'load_from_{name}')(addresses[scheme], 'cpu')
    with pytest.raises(CheckpointError):
        mmengine_checkpoint.load_checkpoint(nn.Linear(1, 1), addresses[''])
    assert not (tmp_path / 'code-has-run').exists()


def test_only_the_module_that_is_guarded_reads_checkpoints() -> None:
    """A release that reads them elsewhere too, past the workaround, fails here."""
    root = Path(mmengine.__path__[0])
    reading = re.compile(r'\btorch\.load\(|\bload_url\(|load_state_dict_from_url|pickle\.loads?\(')
    found = {
        path.relative_to(root).as_posix()
        for path in root.rglob('*.py')
        if reading.search(path.read_text(encoding='utf-8'))
    }
    assert found == {
        'runner/checkpoint.py',
        'utils/dl_utils/hub.py',  # for torch < 1.7
        # What these unpickle is made by the run itself, or is an annotation file, which no dataset
        # of this package reads.
        'dist/dist.py',
        'dataset/base_dataset.py',
        'fileio/handlers/pickle_handler.py',
    }
