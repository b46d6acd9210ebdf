"""Which photographs paths, patterns and folders name."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmenlighten.apis.enhance_inputs import find_tasks
from mmenlighten.utils.errors import UserError


def test_inputs_keep_structure_and_leave_out_results(tmp_path: Path) -> None:
    for name in ('a.png', 'b/c.JPG', 'b/.hidden.png', '.git/d.png', 'out/a.png', 'b/notes.txt'):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    out = tmp_path / 'out'

    def names(*inputs: str) -> list[str]:
        return [
            task.name.as_posix() for task in find_tasks([str(tmp_path / i) for i in inputs], out)
        ]

    assert names('.') == ['a.png', 'b/c.JPG']
    assert names('b', 'a.png', 'a.png') == ['c.JPG', 'a.png']
    assert names('**/*.[pJ]*') == ['a.png', 'b/c.JPG']
    assert names('out', 'b') == ['c.JPG']
    with pytest.raises(UserError, match='holds the results'):
        names('out')
    assert names('b/notes.txt') == ['notes.txt']  # named, so tried
