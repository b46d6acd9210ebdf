from __future__ import annotations

import os
import pkgutil
import subprocess
import sys
import textwrap
import warnings
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest
from mmengine.fileio import FileClient
from mmengine.logging import MMLogger
from mmengine.utils.dl_utils import misc

import mmenlighten.registry  # noqa: F401  applies the workarounds
from mmenlighten.utils import compat

REPOSITORY = Path(__file__).resolve().parents[2]


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


def test_operators_of_mmcv_are_asked_for_under_new_pythons(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(pkgutil, 'find_loader', raising=False)
    monkeypatch.setattr(misc, 'pkgutil', pkgutil, raising=False)  # undone afterwards
    compat.find_loaders_in_new_pythons()
    assert misc.mmcv_full_available() == (find_spec('mmcv._ext') is not None)


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
