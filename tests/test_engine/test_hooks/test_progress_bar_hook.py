from __future__ import annotations

import atexit
import io
from collections.abc import Callable

import pytest
import torch
from rich.console import Console

from mmenlighten.engine.hooks import ProgressBarHook, progress_bar_hook
from mmenlighten.registry import HOOKS
from tests.test_engine.test_hooks.stand_ins import runner


def iterate(hook: ProgressBarHook, total: int, start: int = 0) -> None:
    for iteration in range(start, total):
        losses = dict(loss_a=torch.tensor(iteration / 4), loss_b=1)
        hook.after_train_iter(runner(iter=iteration, max_iters=total), iteration, None, losses)


def train(total: int, start: int = 0) -> None:
    hook = HOOKS.build(dict(type='ProgressBarHook'))
    hook.before_train(runner(iter=start, max_iters=total))
    iterate(hook, total, start)
    hook.after_train(runner())


@pytest.mark.parametrize(
    ('total', 'shown'),
    [(40, [4 * k for k in range(1, 11)]), (10, list(range(1, 11))), (3, [1, 2, 3])],
)
def test_ten_lines_where_the_output_is_no_terminal(
    capsys: pytest.CaptureFixture[str], total: int, shown: list[int]
) -> None:
    train(total)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(shown)
    for line, done in zip(lines, shown):
        losses = (done - 1) / 4 + 1
        assert line.startswith(f'training: {done}/{total} iterations, losses {losses:.2f}')


def test_number_of_lines_of_a_long_run(capsys: pytest.CaptureFixture[str]) -> None:
    train(123)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 10
    assert lines[-1].startswith('training: 123/123 iterations')
    assert lines[-1].endswith(' s left')


def test_resumed_run_prints_what_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    train(40, start=30)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == ['32/40', '36/40', '40/40']


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """A terminal, and what has been written to it."""
    output = io.StringIO()
    real = progress_bar_hook.Progress

    def progress(*columns: object) -> progress_bar_hook.Progress:
        console = Console(file=output, force_terminal=True, width=100)
        return real(*columns, console=console, auto_refresh=False)

    monkeypatch.setattr(progress_bar_hook, 'Progress', progress)
    return output


HIDE, SHOW = '\x1b[?25l', '\x1b[?25h'


def test_bar_on_a_terminal(terminal: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    train(8, start=2)
    text = terminal.getvalue()
    assert text.startswith(HIDE)
    assert text.endswith(SHOW)
    assert 'training, losses 2.75' in text
    assert '8/8' in text
    assert capsys.readouterr().out == ''


def test_run_that_is_broken_off_gives_the_cursor_back(
    terminal: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_exit: list[Callable[[], None]] = []
    monkeypatch.setattr(atexit, 'register', at_exit.append)
    hook = ProgressBarHook()
    hook.before_train(runner(iter=0, max_iters=8))
    iterate(hook, 3)  # then an error: after_train is not called
    assert SHOW not in terminal.getvalue()
    for function in at_exit:
        function()
    assert terminal.getvalue().endswith(SHOW)


def test_other_processes_show_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress_bar_hook, 'is_main_process', lambda: False)
    train(10)
    assert capsys.readouterr().out == ''
