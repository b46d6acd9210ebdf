from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import iteration, results_file
from tests.small_run import write_config


def test_each_config_has_a_row_of_what_an_iteration_takes(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results_file, 'RESULTS', tmp_path)
    config = str(write_config(tmp_path))
    rows = []
    for crop in ('16', '32'):
        iteration.main([config, '--repeats', '1', '--batch', '2', '--crop', crop, '--write', crop])
        _, head, row = capfd.readouterr().out.splitlines()
        assert head.split() == ['config', *' '.join(iteration.COLUMNS).split()]
        rows.append(row.split())
    assert rows[0][:4] == rows[1][:4]
    assert rows[0][0] == 'small'
    assert float(rows[1][4]) > 2 * float(rows[0][4])  # work grows with the area
    page = (tmp_path / '32.md').read_text()
    assert f'python benchmarks/iteration.py {config} ' in page
    cells = [line.split('|')[1:-1] for line in page.splitlines() if line.startswith('| `')]
    assert [[cell.strip('` ') for cell in row] for row in cells] == [rows[1]]
