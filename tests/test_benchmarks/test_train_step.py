from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import official_code, train_step
from tests.golden import REPOSITORY

from .official_folder import write_official_folder

TINY = ['--size', '16', '--batch', '2', '--width', '2', '--repeats', '1', '--device', 'cpu']


def rows(output: str) -> dict[str, list[float]]:
    """The seven numbers of each row by its name."""
    pattern = re.compile(r'^(\S.*?)((?:\s+\d+\.\d+){7})$', re.MULTILINE)
    return {name: [float(n) for n in numbers.split()] for name, numbers in pattern.findall(output)}


def test_train_step_prints_all_variants(capsys: pytest.CaptureFixture[str]) -> None:
    variants = ['float32', 'bf16+accelerated+fused']
    train_step.main([*TINY, '--variants', *variants])
    output = capsys.readouterr().out
    assert output.startswith('torch ')
    assert 'CPU threads' in output
    table = rows(output)
    assert list(table) == variants
    assert table['float32'][-1] == 1
    assert all(min(numbers[1:]) > 0 for numbers in table.values())
    seconds, images = table['float32'][1], table['float32'][5]
    assert seconds * images == pytest.approx(2, rel=0.05)


def test_official_code_is_the_first_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_official_folder(tmp_path)
    monkeypatch.setattr(official_code, 'WIDTH', 2)
    train_step.main([*TINY, '--official-code', str(folder)])
    table = rows(capsys.readouterr().out)
    assert list(table) == [train_step.OFFICIAL_CODE, 'float32']
    assert table[train_step.OFFICIAL_CODE][-1] == 1
    assert all(fastest <= median <= slowest for _, median, fastest, slowest, *_ in table.values())


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (['--variants', 'fp8'], 'fp8 is unknown'),
        (['--repeats', '0'], 'must be positive'),
        (['--official-code', 'nowhere'], '--official-code nowhere: models/networks.py is missing'),
    ],
)
def test_wrong_options(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        train_step.main(options)
    assert message in capsys.readouterr().err


def test_official_code_has_its_own_width(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_official_folder(tmp_path)
    with pytest.raises(SystemExit):
        train_step.main([*TINY, '--official-code', str(folder)])
    assert 'leave out --width 2' in capsys.readouterr().err


def test_runs_from_any_folder_without_being_installed(tmp_path: Path) -> None:
    command = [sys.executable, str(REPOSITORY / 'benchmarks' / 'train_step.py'), '--help']
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert '--variants' in result.stdout
