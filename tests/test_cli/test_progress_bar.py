"""The progress bar, with and without a person who looks on."""

from __future__ import annotations

import io
import re

import pytest

from mmenlighten.cli.progress_bar import ProgressBar, span

CONTROL = re.compile(r'\x1b\[[\d;?]*[A-Za-z]')
"""Colours and moves of the cursor."""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_it_shows_what_is_done_and_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr('mmenlighten.cli.progress_bar.time.monotonic', lambda: now[0])
    monkeypatch.setenv('TERM', 'xterm')
    stream = Terminal()
    bar = ProgressBar(11, stream)
    bar.update(0)
    assert 'time left unknown' in stream.getvalue()
    bar.skip()
    now[0] += 20
    bar.update(3)  # two of them took 20 s, the third had been done before
    line = CONTROL.sub('', stream.getvalue()).split('\r')[-1]
    assert '3/11 1 min 20 s left' in line
    bar.update(4)  # too soon to draw again
    assert CONTROL.sub('', stream.getvalue()).endswith(line)
    bar.clear()
    assert stream.getvalue().endswith('\x1b[1A\x1b[2K')  # one line up, which is then empty


def test_a_terminal_that_goes_away_does_not_end_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(text: str) -> int:
        raise OSError('gone')

    monkeypatch.setenv('TERM', 'xterm')
    stream = Terminal()
    bar = ProgressBar(2, stream)
    monkeypatch.setattr(stream, 'write', fail)
    bar.update(1)
    bar.update(2)
    bar.clear()


def test_nothing_is_drawn_into_a_file() -> None:
    stream = io.StringIO()
    bar = ProgressBar(2, stream)
    bar.update(1)
    bar.clear()
    assert stream.getvalue() == ''


@pytest.mark.parametrize(
    ('seconds', 'text'), [(-1, '0 s'), (59.4, '59 s'), (65, '1 min 05 s'), (7810, '2 h 10 min')]
)
def test_spans_are_told_as_people_do(seconds: float, text: str) -> None:
    assert span(seconds) == text
