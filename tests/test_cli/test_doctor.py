"""``mmenlighten doctor`` on whole and on half-broken installs."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from mmenlighten.cli import doctor
from tests.waiting import PATIENCE

from .commands import run_here, run_process

FAKES = {
    'onnx': "raise ImportError('libonnx.so is of another age')",
    'tensorboard': 'import os; os._exit(7)',
    'onnxruntime': 'import sys; sys.exit()',
    'skimage': 'import a_package_that_nobody_has',
    'mmcv': "print('noise on standard output')",
}


def without(monkeypatch: pytest.MonkeyPatch, *missing: str) -> None:
    def examine(names: list[str]) -> dict[str, dict[str, object]]:
        answers = {name: dict(state='there', version='1', found=['cpu']) for name in names}
        return answers | {name: dict(state='missing') for name in missing}

    monkeypatch.setattr(doctor, 'examine', examine)
    monkeypatch.setattr(
        doctor, 'find_spec', lambda name: None if name in missing else find_spec(name)
    )


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder before all others, with packages that break when imported."""
    for name, code in FAKES.items():
        (tmp_path / f'{name}.py').write_text(code)
    monkeypatch.setenv('PYTHONPATH', str(tmp_path))
    monkeypatch.setattr(doctor, 'SECONDS', PATIENCE)
    return tmp_path


def test_each_broken_package_is_named_with_its_reason(broken: Path) -> None:
    names = ['onnx', 'tensorboard', 'onnxruntime', 'skimage', 'mmcv', 'no_such_package', 'numpy']
    answers = doctor.examine(names)
    assert [answers[name]['state'] for name in names] == [
        *['broken'] * 4,
        'there',
        'missing',
        'there',
    ]
    assert answers['onnx']['reason'] == 'ImportError: libonnx.so is of another age'
    assert 'status 7' in answers['tensorboard']['reason']
    assert answers['onnxruntime']['reason'] == 'SystemExit'
    assert 'a_package_that_nobody_has' in answers['skimage']['reason']


def test_an_import_that_never_ends_is_given_up(
    broken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (broken / 'onnx.py').write_text('import time; time.sleep(10**6)')
    monkeypatch.setattr(doctor, 'SECONDS', 1)
    assert 'more than 1 s' in doctor.examine(['onnx'])['onnx']['reason']


def test_without_torch_it_says_how_to_get_it(tmp_path: Path) -> None:
    (tmp_path / 'torch.py').write_text("raise OSError('libtorch_cpu.so: cannot open')")
    (tmp_path / 'onnxruntime.py').write_text('raise ImportError')
    result = run_process('doctor', '--imports', PYTHONPATH=str(tmp_path))
    output = result.stdout.decode()
    assert result.returncode == 1, result.stderr
    assert result.stderr == b''
    need = f'torch (only for {doctor.WITH_TORCH})'
    assert f'{need}:\n  pip install --force-reinstall --no-cache-dir torch' in output
    assert 'libtorch_cpu.so' in output
    assert output.endswith('Not ready: see above.\n')


@pytest.mark.parametrize('options', [(), ('--imports',)])
def test_a_whole_install_is_ready(options: tuple[str, ...]) -> None:
    result = run_here('doctor', *options)
    assert result.status == 0, result.output
    assert 'devices      cpu: ' in result.output
    assert result.output.endswith('Ready.\n')


@pytest.mark.parametrize('options', [(), ('--imports',)])
def test_the_remedy_for_what_is_missing_is_a_line_for_a_shell(
    options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, 'mmcv', 'onnx', 'cv2')
    result = run_here('doctor', *options)
    assert result.status == 1
    assert 'cv2 (needed):\n  pip install opencv-python-headless\n' in result.output
    assert 'mmcv (only for training):\n  pip install "mmenlighten[train]"\n' in result.output
    assert 'onnx (only for export to ONNX):\n  pip install "mmenlighten[export]"' in result.output


def test_without_torch_onnxruntime_is_enough_to_enhance(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, 'torch', 'mmengine', 'mmcv', 'gradio')
    result = run_here('doctor')
    assert result.status == 0
    assert 'gradio (only for the web page):\n  pip install "mmenlighten[app]"\n' in result.output
    assert 'torch (only for training and all models but' in result.output
    assert 'Ready to enhance with the default model, by onnxruntime' in result.output
    without(monkeypatch, 'torch', 'onnxruntime')
    assert run_here('doctor').status == 1


def test_findings_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, 'torch', 'gradio')
    result = run_here('doctor', '--json')
    *packages, summary = map(json.loads, result.output.splitlines())
    assert [package['name'] for package in packages] == [one.module for one in doctor.PACKAGES]
    found = {package['name']: package for package in packages}
    assert (found['numpy']['state'], found['numpy']['remedy']) == ('there', None)
    assert found['gradio']['state'] == 'missing'
    assert found['gradio']['remedy'].startswith('pip install')
    assert (found['gradio']['purpose'], found['numpy']['purpose']) == ('the web page', None)
    assert (result.status, summary['kind'], summary['ready']) == (0, 'summary', 'onnxruntime')
    assert summary['devices'][0].startswith('cpu')
    without(monkeypatch, 'numpy')
    result = run_here('doctor', '--json')
    assert result.status == 1
    assert json.loads(result.output.splitlines()[-1])['ready'] == 'nothing'
