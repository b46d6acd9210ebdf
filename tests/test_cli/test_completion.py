"""``mmenlighten completion``: the scripts, in the shells that are here."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from mmenlighten import list_models
from mmenlighten.cli.completion import SCRIPTS
from mmenlighten.cli.main import SUBCOMMANDS
from tests.waiting import PATIENCE

from .commands import run_here

ASK_BASH = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_mmenlighten
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(params=list(SCRIPTS))
def script(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    result = run_here('completion', request.param)
    assert (result.status, result.errors) == (0, '')
    path = tmp_path / f'script.{request.param}'
    path.write_text(result.output)
    return path


def run_shell(shell: str, *words: object) -> str:
    if shutil.which(shell) is None:
        pytest.skip(f'{shell} is not here')
    result = subprocess.run(
        [shell, *map(str, words)], capture_output=True, text=True, timeout=PATIENCE
    )
    assert (result.returncode, result.stderr) == (0, ''), result.stderr
    return result.stdout


def test_each_shell_reads_its_script(script: Path) -> None:
    run_shell(script.suffix[1:], '-n', script)


def test_scripts_hold_all_subcommands_and_models(script: Path) -> None:
    text = script.read_text()
    for module in SUBCOMMANDS:
        assert module.__name__.rpartition('.')[2] in text
    assert ' '.join(list_models()) in text


LINES = [
    ('enh', ['enhance']),
    ('enhance --prec', ['--precision']),
    ('enhance --backend on', ['onnxruntime']),
    ('enhance photo.jpg --model lim', ['lime']),
    ('enhance --col', ['--color', '--colour']),
    ('models enlightengan_fr', ['enlightengan_free']),
    ('completion ', ['bash', 'fish', 'zsh']),
    ('doctor --js', ['--json']),
]


@pytest.mark.parametrize(('line', 'offered'), LINES)
@pytest.mark.parametrize('script', ['bash'], indirect=True)
def test_bash_completes(script: Path, line: str, offered: list[str]) -> None:
    answer = run_shell('bash', '-c', ASK_BASH, 'bash', script, 'mmenlighten', *line.split(' '))
    assert sorted(answer.split()) == offered


@pytest.mark.parametrize(('line', 'offered'), LINES)
@pytest.mark.parametrize('script', ['fish'], indirect=True)
def test_fish_completes(script: Path, line: str, offered: list[str]) -> None:
    ask = f"source {script}; complete -C 'mmenlighten {line}'"
    answer = run_shell('fish', '--no-config', '-c', ask)
    assert sorted(one.split('\t')[0] for one in answer.splitlines()) == offered


@pytest.mark.parametrize('script', ['bash'], indirect=True)
def test_bash_leaves_names_of_files_to_readline(script: Path) -> None:
    for line in ('enhance pho', 'enhance --out ', 'enhance photo.jpg --config '):
        words = ['mmenlighten', *line.split(' ')]
        assert run_shell('bash', '-c', ASK_BASH, 'bash', script, *words).strip() == ''


def test_an_unknown_shell_is_a_usage_message() -> None:
    assert run_here('completion', 'tcsh').status == 2
