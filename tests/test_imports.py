"""Which package may import which."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / 'mmenlighten'


def imported(folder: str) -> dict[str, set[str]]:
    """Packages of this project that the files of one import, also within functions."""
    found: dict[str, set[str]] = {}
    for path in sorted((PACKAGE / folder).rglob('*.py')):
        for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [f'{node.module}.{alias.name}' for alias in node.names]
            elif isinstance(node, ast.ImportFrom):  # relative: from the folder that it goes up to
                above = path.relative_to(PACKAGE.parent).parts[: -node.level]
                names = ['.'.join([*above, *filter(None, [node.module]), 'x'])]
            for name in names:
                parts = name.split('.')
                if parts[0] == 'mmenlighten' and len(parts) > 1:
                    found.setdefault(str(path.relative_to(PACKAGE)), set()).add(parts[1])
    return found


@pytest.mark.parametrize('folder', ['models', 'datasets', 'evaluation', 'utils', 'structures'])
def test_plain_code_knows_nothing_of_acceleration(folder: str) -> None:
    files = imported(folder)
    assert files
    assert not [path for path, packages in files.items() if 'acceleration' in packages]


def test_acceleration_knows_models_and_what_is_below() -> None:
    allowed = {'acceleration', 'models', 'utils', 'registry', 'structures'}
    assert {name for names in imported('acceleration').values() for name in names} <= allowed


@pytest.mark.parametrize('question', ['is_compiling', 'is_tracing', 'is_eager', 'half_type_on_gpu'])
def test_models_ask_nobody_where_they_run(question: str) -> None:
    texts = {path: path.read_text(encoding='utf-8') for path in (PACKAGE / 'models').rglob('*.py')}
    assert not [path for path, text in texts.items() if question in text]


def test_every_folder_with_code_is_a_package() -> None:
    """Others would be missing in what is installed."""
    folders = {path.parent for path in PACKAGE.rglob('*.py')}
    assert not [folder for folder in folders if not (folder / '__init__.py').is_file()]
