from __future__ import annotations

import os
import pickle
import subprocess
import sys
import textwrap
import threading
import warnings
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from mmengine.fileio import FileClient
from mmengine.logging import HistoryBuffer, MMLogger, history_buffer
from mmengine.runner.checkpoint import CheckpointLoader

import mmenlighten.registry  # noqa: F401  applies the workarounds
from mmenlighten.utils import compat
from mmenlighten.utils.errors import CheckpointError

REPOSITORY = Path(__file__).resolve().parents[2]


class Reduced:
    """Pickled as this call, state, and items; see ``object.__reduce__``."""

    def __init__(self, *parts: Any) -> None:
        self.parts = parts

    def __reduce__(self) -> tuple[Any, ...]:
        return self.parts


def run_python(code: str, *arguments: str, path: Path | None = None) -> str:
    search = os.pathsep.join([*([str(path)] if path else []), str(REPOSITORY)])
    done = subprocess.run(
        [sys.executable, '-c', textwrap.dedent(code), *arguments],
        env={**os.environ, 'PYTHONPATH': search, 'OMP_NUM_THREADS': '1'},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def load(path: Path | str) -> Any:
    return CheckpointLoader.load_checkpoint(str(path), map_location='cpu')


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, str]]:
    """A folder and its http address; torch's cache is elsewhere."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: Any) -> None: ...

    folder = tmp_path / 'served'
    folder.mkdir()
    monkeypatch.setattr(torch.hub, 'get_dir', lambda: str(tmp_path / 'hub'))
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


def test_known_warnings_are_hidden_and_others_are_not() -> None:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter('always')
        compat.silence_known_warnings()
        warnings.warn('torch.cuda.amp.X is deprecated', FutureWarning, stacklevel=1)
        warnings.warn('something new', FutureWarning, stacklevel=1)
    assert [str(warning.message) for warning in seen] == ['something new']


def test_file_client_of_mmengine_logs_no_deprecation(caplog: pytest.LogCaptureFixture) -> None:
    logger = MMLogger.get_current_instance()
    logger.addHandler(caplog.handler)
    FileClient(backend='disk')
    logger.warning('something new')
    logger.removeHandler(caplog.handler)
    assert caplog.messages == ['something new']


def test_package_works_without_operators_of_mmcv_and_without_torchvision() -> None:
    code = """
        import sys

        class Blocker:
            asked = []

            def find_spec(self, name, path=None, target=None):
                if name == 'torchvision' or name == 'mmcv.ops' or name.startswith('mmcv._ext'):
                    self.asked.append(name)
                    raise ModuleNotFoundError(f'No module named {name!r}')

        sys.meta_path.insert(0, Blocker())
        import mmenlighten, mmenlighten.models, mmenlighten.datasets
        from mmenlighten.registry import MODELS
        assert MODELS.get('EnlightenGAN') is mmenlighten.models.EnlightenGAN
        assert 'torchvision' not in sys.modules and 'mmcv.ops' not in sys.modules
        assert 'torchvision' in Blocker.asked, 'the blocker does not block'
        print('works')
    """
    assert run_python(code) == 'works\n'


def test_import_of_the_package_loads_neither_torch_nor_mmengine() -> None:
    code = """
        import sys, mmenlighten
        print([name for name in ('torch', 'mmengine', 'mmcv', 'cv2') if name in sys.modules])
    """
    assert run_python(code) == '[]\n'


FAKE_TORCHVISION = {
    '__init__.py': "from torchvision import extension, _meta_registrations\n__version__ = '0'\n",
    'extension.py': '',
    '_meta_registrations.py': """
import torch

@torch.library.register_fake('torchvision::nms')
def meta_nms(dets, scores, iou_threshold): ...
""",
}


def write_fake_torchvision(folder: Path, **files: str) -> None:
    package = folder / 'torchvision'
    package.mkdir()
    for name, text in {**FAKE_TORCHVISION, **files}.items():
        (package / name).write_text(text)


@pytest.fixture
def no_torchvision_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(sys.modules, 'torchvision', ModuleType('torchvision'))
    monkeypatch.delitem(sys.modules, 'torchvision')


def test_torchvision_of_another_build_is_mended(tmp_path: Path) -> None:
    write_fake_torchvision(tmp_path)
    code = """
        try:
            import torchvision
        except RuntimeError as error:
            print(error)
        import mmenlighten.models
        import torchvision
        print(torchvision.__version__, torchvision.__file__)
    """
    assert run_python(code, path=tmp_path).splitlines() == [
        'operator torchvision::nms does not exist',
        f'0 {tmp_path / "torchvision" / "__init__.py"}',
    ]


@pytest.mark.usefixtures('no_torchvision_yet')
def test_working_torchvision_is_left_as_it_is(tmp_path: Path) -> None:
    write_fake_torchvision(tmp_path, **{'__init__.py': "__version__ = '1'"})
    compat.mend_torchvision()
    assert sys.modules['torchvision'].__version__ == '1'


@pytest.mark.usefixtures('no_torchvision_yet')
@pytest.mark.parametrize('error', ['ImportError', 'ModuleNotFoundError'])
def test_torchvision_that_cannot_be_imported_is_done_without(tmp_path: Path, error: str) -> None:
    write_fake_torchvision(tmp_path, **{'__init__.py': f"raise {error}('libjpeg.so')"})
    compat.mend_torchvision()
    assert 'torchvision' not in sys.modules


@pytest.mark.usefixtures('no_torchvision_yet')
def test_another_error_of_torchvision_is_not_swallowed(tmp_path: Path) -> None:
    write_fake_torchvision(tmp_path, **{'__init__.py': "raise RuntimeError('compiled for CUDA 1')"})
    with pytest.raises(RuntimeError, match='compiled for CUDA 1'):
        compat.mend_torchvision()


def test_pinned_memory_without_a_gpu_is_not_remarked_on() -> None:
    code = """
        import warnings
        import mmenlighten.registry
        from torch.utils.data import DataLoader
        with warnings.catch_warnings(record=True) as caught:
            print(list(DataLoader([1, 2], batch_size=None, pin_memory=True)))
        print([str(warning.message) for warning in caught if 'pin_memory' in str(warning.message)])
    """
    assert run_python(code).splitlines() == ['[1, 2]', '[]']
