"""What is installed works without the checkout: configs, metafiles and weights travel along."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from PIL import Image

from mmenlighten.utils.required_packages import EXTRAS, REQUIREMENTS, install_command
from tests.golden import REPOSITORY
from tests.small_run import write_config
from tests.waiting import PATIENCE

SOURCES = (
    'setup.py',
    'build_backend.py',
    'pyproject.toml',
    'MANIFEST.in',
    'README.md',
    'model-index.yml',
    'requirements',
    'configs',
    'tools',
    'mmenlighten',
)


@pytest.fixture(scope='module')
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a package is built from."""
    source = tmp_path_factory.mktemp('source')
    for name in SOURCES:  # a build in the checkout would leave its folders there
        ignored = shutil.ignore_patterns('__pycache__')
        if (REPOSITORY / name).is_dir():
            shutil.copytree(REPOSITORY / name, source / name, ignore=ignored)
        else:
            shutil.copy2(REPOSITORY / name, source / name)
    return source


@pytest.fixture(scope='module')
def installed(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the content of the wheel, as in ``site-packages``."""
    command = 'pip wheel --quiet --no-deps --no-build-isolation --wheel-dir wheels .'
    subprocess.run(
        [sys.executable, '-m', *command.split()], cwd=source, check=True, timeout=PATIENCE
    )
    (wheel,) = (source / 'wheels').iterdir()
    target = tmp_path_factory.mktemp('site')
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def run(
    installed: Path, *arguments: object, cwd: Path, before: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs the command of what is installed; a folder may come before all others."""
    path = f'{before}{os.pathsep}{installed}' if before else str(installed)
    return subprocess.run(
        [sys.executable, '-m', 'mmenlighten', *map(str, arguments)],
        cwd=cwd,
        env=os.environ | dict(PYTHONPATH=path, OMP_NUM_THREADS='1'),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def test_models_are_those_of_the_installed_package(installed: Path, tmp_path: Path) -> None:
    result = run(installed, 'models', '--all', '--json', cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    configs = [Path(line['config']) for line in lines if line.get('config')]
    assert len(configs) > 5
    for config in configs:
        assert config.is_relative_to(installed)
        assert config.is_file()


def test_photographs_are_enhanced_outside_of_the_checkout(installed: Path, tmp_path: Path) -> None:
    Image.new('RGB', (40, 30), (20, 15, 10)).save(tmp_path / 'dark.png')
    result = run(installed, 'enhance', 'dark.png', '--out', 'bright', cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert 'bilateral_curves_s is taken' in result.stderr
    with Image.open(tmp_path / 'bright' / 'dark.png') as picture:
        assert picture.size == (40, 30)


def test_only_what_is_of_use_travels(installed: Path) -> None:
    names = {path.relative_to(installed).as_posix() for path in installed.rglob('*')}
    assert 'mmenlighten/.mim/tools/train.py' in names
    assert {
        'mmenlighten/weights/bilateral_curves_s.onnx',
        'mmenlighten/weights/bilateral_curves_s.safetensors',
    } <= names
    assert 'mmenlighten/datasets/free_photographs/photographs.csv' in names
    assert 'mmenlighten/evaluation/data' in names
    assert not any('__pycache__' in name or name.endswith('setup.sh') for name in names)
    assert not any(name.startswith(('tests', 'benchmarks')) for name in names)


def recorded_by_pip(installed: Path) -> list[str]:
    """The files of the package in the order of pip, which puts its command first."""
    files = [path.relative_to(installed) for path in installed.rglob('*') if path.is_file()]
    return sorted(['../../../bin/mmenlighten', *(path.as_posix() for path in files)])


def test_mim_finds_tools_and_configs(installed: Path) -> None:
    folder = installed / recorded_by_pip(installed)[0].partition('/')[0]
    assert folder.parent == installed
    config = 'configs/enlightengan_lol.py'
    for name in ('tools/train.py', 'tools/test.py', 'model-index.yml', config):
        assert (folder / '.mim' / name).is_file()
        assert (installed / 'mmenlighten' / '.mim' / name).is_file(), 'where MMEngine looks for it'
    assert len([*folder.rglob('enlightengan_lol.py')]) == 1, 'it is found by its name alone'


def test_mim_trains_and_tests(installed: Path, tmp_path: Path) -> None:
    pytest.importorskip('mim', reason='needs onedl-mim, which CI has at night')
    record = next(installed.glob('*.dist-info')) / 'RECORD'
    record.write_text(''.join(f'{name},,\n' for name in recorded_by_pip(installed)))
    config = write_config(tmp_path, {'train_cfg.max_epochs': 1})

    def mim(*arguments: object) -> str:
        result = subprocess.run(
            [sys.executable, '-c', 'from mim.cli import cli; cli()', *map(str, arguments)],
            cwd=tmp_path,
            env=os.environ | dict(PYTHONPATH=str(installed), OMP_NUM_THREADS='1'),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert result.returncode == 0, result.stderr
        return result.stdout

    told = mim('train', 'mmenlighten', config, '--gpus', 0, '--work-dir', 'run')
    assert str(installed) in told
    assert 'Training finished successfully' in told
    told = mim('test', 'mmenlighten', config, '--checkpoint', 'run/epoch_1.pth')
    assert 'Testing finished successfully' in told


MISSING = "raise ModuleNotFoundError('No module named ' + repr(__name__), name=__name__)"
ONNX = ('--backend', 'onnxruntime')
LIGHT = {'numpy', 'pillow', 'pyyaml', 'rich', 'onnxruntime', 'opencv-python-headless'}
ABSENT = """
from importlib.machinery import PathFinder

NAMES = ('torch', 'mmengine', 'mmcv', 'safetensors', 'skimage', 'scipy', 'addict', 'matplotlib')
find_spec = PathFinder.find_spec


def find_others(name, path=None, target=None):
    return None if name.partition('.')[0] in NAMES else find_spec(name, path, target)


PathFinder.find_spec = find_others
"""
"""Hides packages that are installed here, and are not where the wheel alone is."""


@pytest.mark.parametrize(
    ('missing', 'arguments', 'words'),
    [
        ('yaml torch mmengine mmcv', ('enhance', 'dark.png', '--out', 'out', *ONNX), ''),
        ('yaml', ('models', 'clahe*'), ''),
        ('mmengine mmcv addict', ('enhance', 'dark.png', '--out', 'out'), ''),
        ('mmengine mmcv', ('enhance', 'dark.png', '--out', 'out', '--model', 'classic'), ''),
        ('torch', ('enhance', 'dark.png', '--out', 'out'),
         'torch is not installed: pip install "mmenlighten[torch]"'),
        ('cv2', ('enhance', 'dark.png', '--out', 'out'), 'pip install opencv-python-headless;'),
        ('PIL', ('enhance', 'dark.png', '--out', 'out'), 'PIL is not installed: pip install '),
        ('numpy', ('enhance', '-'), 'numpy is not installed: pip install numpy;'),
        ('safetensors', ('enhance', 'dark.png', '--out', 'out'),
         'safetensors is not installed: pip install "mmenlighten[torch]";'),
        ('onnxruntime', ('enhance', 'dark.png', '--out', 'out', *ONNX),
         'onnxruntime is not installed: pip install onnxruntime.'),
    ],
)  # fmt: skip
def test_missing_packages_are_done_without_or_named_with_the_remedy(
    missing: str, arguments: tuple[str, ...], words: str, installed: Path, tmp_path: Path
) -> None:
    Image.new('RGB', (40, 30), (20, 15, 10)).save(tmp_path / 'dark.png')
    (tmp_path / 'before').mkdir()
    for name in missing.split():
        (tmp_path / 'before' / f'{name}.py').write_text(MISSING)
    result = run(installed, *arguments, cwd=tmp_path, before=tmp_path / 'before')
    assert 'Traceback' not in result.stderr
    assert (result.returncode == 1) == bool(words), result.stderr
    if words:
        assert result.stderr.splitlines()[-1].startswith('error: ')
        assert words in result.stderr
        assert 'requirements/' not in result.stderr


def test_an_install_without_extras_asks_for_what_is_light(installed: Path) -> None:
    (folder,) = installed.glob('*.dist-info')
    needs = [Requirement(text) for text in PathDistribution(folder).requires or ()]
    assert {need.name for need in needs if need.marker is None} == LIGHT
    brought = {
        extra: {n.name for n in needs if n.marker and n.marker.evaluate(dict(extra=extra))}
        for extra in {*EXTRAS.values(), 'all'}
    }
    for module, extra in EXTRAS.items():
        if module not in ('matplotlib', 'addict'):  # of MMEngine
            assert re.split(r'[<>=\[]', REQUIREMENTS[module])[0] in brought[extra], module
    assert all(names <= brought['all'] for extra, names in brought.items() if extra != 'litert')


def test_a_checkout_asks_for_what_its_setup_installs(source: Path, tmp_path: Path) -> None:
    """``pip check`` finds nothing missing then, and one edition of OpenCV is there."""
    build = f'import build_backend as b; b.prepare_metadata_for_build_editable({str(tmp_path)!r})'
    subprocess.run([sys.executable, '-c', build], cwd=source, check=True, timeout=PATIENCE)
    (folder,) = tmp_path.glob('*.dist-info')
    needs = [Requirement(text) for text in PathDistribution(folder).requires or ()]
    names = {need.name for need in needs if need.marker is None}
    setup = (REPOSITORY / 'tools' / 'setup.sh').read_text()
    files = re.search(r'^requirements=\((.*)\)', setup, re.M)[1].split()
    lines = [(REPOSITORY / 'requirements' / f'{name}.txt').read_text() for name in files]
    assert {'torch', 'mmengine', 'opencv-python'} <= names
    assert names <= {*re.findall(r'^[\w-]+', '\n'.join(lines), re.M)}


def test_without_extras_photographs_are_enhanced(installed: Path, tmp_path: Path) -> None:
    Image.new('RGB', (40, 30), (20, 15, 10)).save(tmp_path / 'dark.png')
    before = tmp_path / 'before'
    before.mkdir()
    (before / 'sitecustomize.py').write_text(ABSENT)
    first = run(installed, 'enhance', 'dark.png', '--out', 'bright', cwd=tmp_path, before=before)
    assert first.returncode == 0, first.stderr
    assert '1 enhanced' in first.stderr
    second = run(installed, 'enhance', 'dark.png', '--out', 'bright', cwd=tmp_path, before=before)
    assert '1 done before' in second.stderr
    doctor = run(installed, 'doctor', cwd=tmp_path, before=before)
    assert doctor.returncode == 0, doctor.stdout
    assert 'Ready to enhance with the default model' in doctor.stdout
    for words in (('--model', 'classic'), ('--backend', 'torch')):
        refused = run(
            installed, 'enhance', 'dark.png', '--out', 'o', *words, cwd=tmp_path, before=before
        )
        assert refused.returncode == 1
        assert 'needs torch, which is not installed' in refused.stderr
        assert 'pip install "mmenlighten[torch]"' in refused.stderr
    from_python = subprocess.run(
        [sys.executable, '-c', 'import mmenlighten; mmenlighten.EnlightenInferencer'],
        env=os.environ | dict(PYTHONPATH=f'{before}{os.pathsep}{installed}'),
        capture_output=True,
        text=True,
    )
    assert 'pip install "mmenlighten[torch]"' in from_python.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ('name', 'code', 'words'),
    [
        ('cv2', "raise ImportError('libGL.so.1: cannot open', name='cv2')", 'cv2 is broken (libGL'),
        ('torch', "raise OSError('libcudart.so: cannot open')", 'torch is broken (libcudart.so'),
        ('numpy', "raise ImportError('one\\ntwo')", 'numpy is broken (one)'),
    ],
)
def test_broken_packages_are_named_with_the_remedy(
    name: str, code: str, words: str, installed: Path, tmp_path: Path
) -> None:
    Image.new('RGB', (40, 30), (20, 15, 10)).save(tmp_path / 'dark.png')
    (tmp_path / 'before').mkdir()
    (tmp_path / 'before' / f'{name}.py').write_text(code)
    result = run(
        installed, 'enhance', 'dark.png', '--out', 'o', cwd=tmp_path, before=tmp_path / 'before'
    )
    assert result.returncode == 1
    assert result.stderr.startswith(f'error: {words}')
    assert 'pip install --force-reinstall --no-cache-dir ' in result.stderr


def test_what_sentences_tell_pip_is_what_is_required() -> None:
    lines = {
        line.strip()
        for path in (REPOSITORY / 'requirements').glob('*.txt')
        for line in path.read_text().splitlines()
    }
    assert {text for text in REQUIREMENTS.values() if not text.replace('-', '').isalnum()} <= lines
    named = {re.split(r'[<>=\[]', line)[0] for line in lines}
    plain = {re.split(r'[<>=\[]', text)[0] for text in REQUIREMENTS.values()}
    assert plain <= named | {'matplotlib'}
    assert install_command('gradio') == 'pip install "mmenlighten[app]"'
    again = '--force-reinstall '
    assert install_command('gradio', again) == f'pip install {again}"gradio>=6.31,<7"'
    assert install_command('mmcv', '--upgrade ') == 'pip install --upgrade mmcv-lite'
    assert install_command('unknown_module') == 'pip install "unknown_module"'
