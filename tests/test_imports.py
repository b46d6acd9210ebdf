"""Which package may import which: the layers of docs/architecture.md."""

from __future__ import annotations

import ast
import re
from graphlib import TopologicalSorter
from itertools import chain
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
PACKAGE = REPOSITORY / 'mmenlighten'
PAGE = (REPOSITORY / 'docs' / 'architecture.md').read_text(encoding='utf-8')
ENTRIES = {'mmenlighten', 'mmenlighten.__main__'}
"""Modules that lead into the house from outside."""


def module_name(path: Path) -> str:
    return '.'.join(path.relative_to(REPOSITORY).with_suffix('').parts).removesuffix('.__init__')


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob('*.py'))}


def imported(module: str) -> set[str]:
    """Modules of this project that one imports, also within functions and for types alone."""
    path, found = MODULES[module], set()
    for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above: tuple[str, ...] = ()
            if node.level:  # relative: from the folder that it goes up to
                above = path.relative_to(REPOSITORY).parts[: -node.level]
            base = '.'.join([*above, *filter(None, [node.module])])
            names = [f'{base}.{alias.name}' for alias in node.names]
        for name in names:  # the module itself, or something in it
            found |= {next((m for m in (name, name.rpartition('.')[0]) if m in MODULES), '')}
    return found - {module, ''}


IMPORTS = {module: imported(module) for module in MODULES}


def layers() -> list[list[str]]:
    """The packages of each layer, from the lowest to the highest."""
    [drawing] = re.findall(r'^```text\n(.*?)^```', PAGE, flags=re.MULTILINE | re.DOTALL)
    return [line.partition('#')[0].split() for line in reversed(drawing.splitlines())]


def package_of(module: str) -> str:
    """The package of the drawing in which a module is."""
    parts = module.split('.')[1:]
    return max(
        (name for name in chain(*layers()) if parts[: name.count('.') + 1] == name.split('.')),
        key=len,
        default=f'{module}, which is not drawn',
    )


def test_packages_import_from_lower_layers_only() -> None:
    height = {name: number for number, row in enumerate(layers()) for name in row}
    packages = {module: package_of(module) for module in MODULES if module not in ENTRIES}
    assert {*packages.values()} == {*height}
    wrong = [
        f'{module} imports {other}'
        for module, package in packages.items()
        for other in IMPORTS[module] - ENTRIES
        if packages[other] != package and height[packages[other]] >= height[package]
    ]
    assert not wrong


def test_no_files_import_each_other_in_a_circle() -> None:
    TopologicalSorter({module: IMPORTS[module] - ENTRIES for module in MODULES}).prepare()


def test_files_on_the_page_exist() -> None:
    names = set(re.findall(r'`(\w+/[\w/]*(?:\.py)?|\w+\.py)`', PAGE))
    assert len(names) > 30
    places = REPOSITORY, PACKAGE, PACKAGE / 'inference'
    assert not [name for name in names if not any((place / name).exists() for place in places)]


def test_acceleration_knows_models_and_what_is_below() -> None:
    allowed = {'acceleration', 'models', 'utils', 'registry', 'structures'}
    modules = [module for module in MODULES if package_of(module) == 'acceleration']
    assert {package_of(other) for module in modules for other in IMPORTS[module]} <= allowed


@pytest.mark.parametrize('question', ['is_compiling', 'is_tracing', 'is_eager', 'half_type_on_gpu'])
def test_models_ask_nobody_where_they_run(question: str) -> None:
    texts = {path: path.read_text(encoding='utf-8') for path in (PACKAGE / 'models').rglob('*.py')}
    assert not [path for path, text in texts.items() if question in text]


def test_every_folder_with_code_is_a_package() -> None:
    """Others would be missing in what is installed."""
    folders = {path.parent for path in PACKAGE.rglob('*.py')}
    assert not [folder for folder in folders if not (folder / '__init__.py').is_file()]


@pytest.mark.parametrize(
    'room', ['classical', 'discriminators', 'feature_networks', 'generators', 'layers', 'losses']
)
def test_networks_and_losses_know_of_mmengine_the_registry_alone(room: str) -> None:
    """So that they serve in a training loop of anybody's own."""
    for path in sorted((PACKAGE / 'models' / room).rglob('*.py')):
        assert 'mmengine' not in re.findall(r'^\s*(?:from|import) (\w+)', path.read_text(), re.M), (
            path
        )
