"""Files for GitHub, PyPI and Docker: they keep their schemas, and agree with the rest."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from email.parser import Parser
from pathlib import Path

import pytest
import yaml

from tests.golden import REPOSITORY
from tests.waiting import PATIENCE

GITHUB = REPOSITORY / '.github'
SCHEMAS = {
    'vendor.github-workflows': [*(GITHUB / 'workflows').glob('*.yml')],
    'vendor.github-issue-forms': [
        path for path in (GITHUB / 'ISSUE_TEMPLATE').glob('*.yml') if path.stem != 'config'
    ],
    'vendor.github-issue-config': [GITHUB / 'ISSUE_TEMPLATE' / 'config.yml'],
    'vendor.dependabot': [GITHUB / 'dependabot.yml'],
    'vendor.citation-file-format': [REPOSITORY / 'CITATION.cff'],
}


@pytest.mark.parametrize('schema', SCHEMAS)
def test_files_keep_their_schema(schema: str) -> None:
    pytest.importorskip('check_jsonschema')
    assert SCHEMAS[schema]
    command = [sys.executable, '-m', 'check_jsonschema', '--builtin-schema', schema]
    files = [str(path) for path in SCHEMAS[schema]]
    result = subprocess.run([*command, *files], capture_output=True, text=True, timeout=PATIENCE)
    assert result.returncode == 0, result.stdout


def test_files_of_workflows_and_of_the_image_exist() -> None:
    texts = [path.read_text(encoding='utf-8') for path in (GITHUB / 'workflows').glob('*.yml')]
    texts.append((REPOSITORY / 'Dockerfile').read_text(encoding='utf-8'))
    named = {
        path
        for text in texts
        for path in re.findall(r'(?:requirements|tests|tools|configs|\.ci)/[\w./-]*\w', text)
    }
    assert len(named) > 10
    for path in named:
        assert (REPOSITORY / path).exists(), path


def test_hooks_take_the_versions_that_the_tests_take() -> None:
    hooks = yaml.safe_load((REPOSITORY / '.pre-commit-config.yaml').read_text(encoding='utf-8'))
    wanted = {
        name for hook in hooks['repos'][0]['hooks'] for name in hook['additional_dependencies']
    }
    pinned = (REPOSITORY / 'requirements' / 'constraints.txt').read_text(encoding='utf-8').split()
    names = {line.partition('==')[0] for line in pinned}
    shared = {name for name in wanted if name.partition('==')[0] in names}
    assert 'ruff' in {name.partition('==')[0] for name in shared}
    assert shared <= set(pinned)


def metadata(folder: Path) -> str:
    """``PKG-INFO`` of a build in a workflow of GitHub."""
    for name in ('setup.py', 'pyproject.toml', 'README.md', 'LICENSE', 'model-index.yml'):
        shutil.copy2(REPOSITORY / name, folder / name)
    for name in ('requirements', 'docs/images'):
        shutil.copytree(REPOSITORY / name, folder / name)
    (folder / 'mmenlighten').mkdir()
    for name in ('version.py', '__init__.py'):
        shutil.copy2(REPOSITORY / 'mmenlighten' / name, folder / 'mmenlighten' / name)
    told = dict(GITHUB_SERVER_URL='https://github.com', GITHUB_REPOSITORY='someone/lights')
    command = [sys.executable, 'setup.py', '--quiet', 'egg_info']
    subprocess.run(command, cwd=folder, env=os.environ | told, check=True, timeout=PATIENCE)
    return (folder / 'mmenlighten.egg-info' / 'PKG-INFO').read_text(encoding='utf-8')


def test_package_index_is_told_where_things_are(tmp_path_factory: pytest.TempPathFactory) -> None:
    told = Parser().parsestr(metadata(tmp_path_factory.mktemp('source')))
    address = 'https://github.com/someone/lights'
    assert all(address in url for url in told.get_all('Project-URL', []))
    assert len(told.get_all('Classifier', [])) > 10
    assert told['Author'] == 'The mmenlighten contributors'
    text = re.sub(r'^```.*?^```', '', told.get_payload(), flags=re.MULTILINE | re.DOTALL)
    targets = re.findall(r'(!?)\[[^\]]*\]\(([^)\s]+)\)', text)
    assert len(targets) > 30
    for picture, target in targets:
        assert re.match('https?://', target), target
        if target.startswith(address) and picture:
            assert target.startswith(f'{address}/raw/HEAD/')
            assert (REPOSITORY / target.partition('/HEAD/')[2]).is_file()
