from __future__ import annotations

from pathlib import Path

import pytest

from mmenlighten.datasets.folder_budget import FolderBudget


def write(path: Path, size: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(size))


def test_all_files_count_the_unfinished_ones_too(tmp_path: Path) -> None:
    budget = FolderBudget(tmp_path / 'cache', 100)
    assert budget.used() == 0
    write(tmp_path / 'cache' / 'a' / '1.npy', 30)
    write(tmp_path / 'cache' / 'b' / '.2.tmp', 12)
    assert budget.used() == 42


def test_limit_itself_still_fits(tmp_path: Path) -> None:
    write(tmp_path / '1', 60)
    budget = FolderBudget(tmp_path, 100)
    assert budget.has_room(40)
    assert not budget.has_room(41)


def test_folder_is_looked_into_rarely_while_much_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []
    monkeypatch.setattr(FolderBudget, 'used', lambda self: looks.append(1) or 0)
    budget = FolderBudget(tmp_path, 64 * 100)
    assert all(budget.has_room(10) for _ in range(20))
    assert len(looks) == 2
    assert not budget.is_exceeded()


def test_many_processes_together_stay_below_the_limit(tmp_path: Path) -> None:
    budgets = [FolderBudget(tmp_path, 5000) for _ in range(16)]
    number = 0
    for _ in range(60):
        for budget in budgets:
            if budget.has_room(20):
                number += 1
                write(tmp_path / str(number), 20)
    assert number == 250


def test_files_of_others_written_meanwhile_are_noticed(tmp_path: Path) -> None:
    one, other = FolderBudget(tmp_path, 100), FolderBudget(tmp_path, 100)
    assert one.has_room(60)
    assert other.has_room(60)
    write(tmp_path / '1', 60)
    assert not one.is_exceeded()
    write(tmp_path / '2', 60)
    assert other.is_exceeded()
