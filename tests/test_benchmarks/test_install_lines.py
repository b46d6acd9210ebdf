"""The table of install lines: all extras, and the page has what was measured."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks import install_lines
from benchmarks.install_lines import CHECKS, HEAD, PAGE, RESULTS, put_row, table_rows
from mmenlighten.utils.required_packages import EXTRAS


def test_all_extras_that_sentences_name_are_lines() -> None:
    of_exports = {'openvino', 'litert'}
    assert {*CHECKS} - {'', 'all'} == {*EXTRAS.values()} - of_exports


def test_the_page_has_the_table_of_the_results() -> None:
    page, results = (table_rows(path.read_text(encoding='utf-8')) for path in (PAGE, RESULTS))
    assert page == results
    extras = [re.sub(r'`\[(\w+)\]`', r'\1', name) for name in page]
    assert [name for name in extras if name in CHECKS] == extras[1:]


def test_rows_are_put_in_the_order_of_the_extras(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / 'page.md'
    rows = [f'| `[{name}]` | x | 1 | 2 | 3 | 4 | 5 | 6 |' for name in ('all', 'torch', 'video')]
    page.write_text('\n'.join(['before', '', *HEAD, rows[0], '', 'after', '']))
    monkeypatch.setattr(install_lines, 'PAGE', page)
    monkeypatch.setattr(install_lines, 'RESULTS', tmp_path / 'results.md')
    for row in (rows[2], rows[1].replace('6', '7'), rows[1]):
        put_row(row, 'Python 3')
    table = '\n'.join([*HEAD, rows[1], rows[2], rows[0]])
    assert page.read_text() == f'before\n\n{table}\n\nafter\n'
    assert (tmp_path / 'results.md').read_text().endswith(f'{table}\n')
