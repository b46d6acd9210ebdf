"""What is installed works without the checkout: configs, metafiles and weights travel along."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from tests.golden import REPOSITORY

SOURCES = (
    'setup.py',
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
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the content of the wheel, as in ``site-packages``."""
    source = tmp_path_factory.mktemp('source')
    for name in SOURCES:  # a build in the checkout would leave its folders there
        ignored = shutil.ignore_patterns('__pycache__')
        if (REPOSITORY / name).is_dir():
            shutil.copytree(REPOSITORY / name, source / name, ignore=ignored)
        else:
            shutil.copy2(REPOSITORY / name, source / name)
    command = 'pip wheel --quiet --no-deps --no-build-isolation --wheel-dir wheels .'
    subprocess.run([sys.executable, '-m', *command.split()], cwd=source, check=True, timeout=120)
    (wheel,) = (source / 'wheels').iterdir()
    target = tmp_path_factory.mktemp('site')
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def run(installed: Path, *arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, '-m', 'mmenlighten', *map(str, arguments)],
        cwd=cwd,
        env=os.environ | dict(PYTHONPATH=str(installed), OMP_NUM_THREADS='1'),
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_models_are_those_of_the_installed_package(installed: Path, tmp_path: Path) -> None:
    result = run(installed, 'models', cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    rows = result.stdout.split('\n\n')[0].splitlines()[1:]
    assert len(rows) > 5
    for row in rows:
        config = Path(row.split()[-1])
        assert config.is_relative_to(installed)
        assert config.is_file()


def test_photographs_are_enhanced_outside_of_the_checkout(installed: Path, tmp_path: Path) -> None:
    Image.new('RGB', (40, 30), (20, 15, 10)).save(tmp_path / 'dark.png')
    result = run(installed, 'enhance', 'dark.png', '--out', 'bright', cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert 'classic is taken' in result.stderr
    with Image.open(tmp_path / 'bright' / 'dark.png') as picture:
        assert picture.size == (40, 30)


def test_only_what_is_of_use_travels(installed: Path) -> None:
    names = {path.relative_to(installed).as_posix() for path in installed.rglob('*')}
    assert 'mmenlighten/.mim/tools/train.py' in names
    assert 'mmenlighten/weights/enlightengan_demo.onnx' in names
    assert 'mmenlighten/evaluation/data' in names
    assert not any('__pycache__' in name or name.endswith('setup.sh') for name in names)
    assert not any(name.startswith(('tests', 'benchmarks')) for name in names)
