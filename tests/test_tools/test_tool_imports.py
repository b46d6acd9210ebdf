"""Where packages are missing, tools end with the line that installs them."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.golden import REPOSITORY
from tests.waiting import PATIENCE

TOOLS = sorted((REPOSITORY / 'tools').rglob('*.py'))


@pytest.mark.parametrize(
    ('tool', 'module', 'asked'),
    [
        ('train.py', 'mmengine', '"mmenlighten[train]"'),
        ('test.py', 'mmengine', '"mmenlighten[train]"'),
        ('model_converters/llnet.py', 'torch', '"mmenlighten[train]"'),
        ('dataset_converters/lol.py', 'cv2', '"mmenlighten[train]"'),
        ('compare.py', 'rich', '"mmenlighten[train]"'),
        ('misc/print_config.py', 'termcolor', 'termcolor'),
    ],
)
def test_one_sentence(tool: str, module: str, asked: str, tmp_path: Path) -> None:
    missing = "raise ModuleNotFoundError('No module named ' + repr(__name__), name=__name__)"
    (tmp_path / f'{module}.py').write_text(missing)
    result = subprocess.run(
        [sys.executable, REPOSITORY / 'tools' / tool, '--help'],
        cwd=tmp_path,
        env=os.environ | dict(PYTHONPATH=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert result.returncode == 1
    assert result.stderr.startswith(f'error: {module} is not installed: pip install {asked};')
    assert result.stderr.count('\n') == 1


def test_a_fault_of_ours_keeps_its_traceback(tmp_path: Path) -> None:
    code = (
        'from mmenlighten.utils.tool_imports import explain_missing_packages\n'
        'explain_missing_packages()\n'
        'import mmenlighten.no_such_module'
    )
    result = subprocess.run([sys.executable, '-c', code], cwd=REPOSITORY, capture_output=True)
    assert result.returncode == 1
    assert b'Traceback' in result.stderr


@pytest.mark.parametrize('tool', TOOLS, ids=[tool.stem for tool in TOOLS])
def test_all_tools_are_ready_before_they_import_packages(tool: Path) -> None:
    names: list[str] = []
    for node in ast.parse(tool.read_text(encoding='utf-8')).body:
        if isinstance(node, ast.Expr) and ast.unparse(node) == 'explain_missing_packages()':
            break
        if isinstance(node, ast.Import | ast.ImportFrom):
            names += [getattr(node, 'module', None) or node.names[0].name]
    else:
        pytest.fail('it never calls explain_missing_packages()')
    others = {name.partition('.')[0] for name in names} - sys.stdlib_module_names
    assert others == {'mmenlighten'}
    # What is beside the package in a checkout does not travel with the tools.
    assert not re.search(r'^\s*(from|import) (benchmarks|tests|projects)\b', tool.read_text(), re.M)
