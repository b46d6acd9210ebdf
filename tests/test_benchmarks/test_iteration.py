from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import iteration
from tests.small_run import write_config


def test_each_config_has_a_row_of_what_an_iteration_takes(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    config = str(write_config(tmp_path))
    rows = []
    for crop in ('16', '32'):
        iteration.main([config, '--repeats', '1', '--batch', '2', '--crop', crop])
        _, head, row = capfd.readouterr().out.splitlines()
        assert head.split() == ['config', *' '.join(iteration.COLUMNS).split()]
        rows.append(row.split())
    assert rows[0][:3] == rows[1][:3]
    assert rows[0][0] == 'small'
    assert float(rows[1][3]) > 2 * float(rows[0][3])  # work grows with the area
