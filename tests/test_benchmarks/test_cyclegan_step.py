from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import cyclegan_step


def test_table_of_steps(capsys: pytest.CaptureFixture[str]) -> None:
    cyclegan_step.main(['--size=32', '--width=2', '--blocks=6', '--repeats=1', '--threads=1'])
    lines = capsys.readouterr().out.splitlines()
    rows = {line.split()[0]: line.split()[1:] for line in lines[5:7]}
    assert list(rows) == ['plain', 'accelerated']
    assert all(len(cells) == len(cyclegan_step.COLUMNS) for cells in rows.values())
    assert rows['plain'][-1] == '1.00'


def test_folder_of_another_program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cyclegan_step.main([f'--official-code={tmp_path}'])
    assert 'models/cycle_gan_model.py is missing' in capsys.readouterr().err
