"""The progress bar, with and without a person who looks on."""

from __future__ import annotations

import io

import pytest

from mmenlighten.cli.progress_bar import ProgressBar, span


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_it_shows_what_is_done_and_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr('mmenlighten.cli.progress_bar.time.monotonic', lambda: now[0])
    stream = Terminal()
    bar = ProgressBar(11, stream)
    bar.update(0)
    assert 'time left unknown' in stream.getvalue()
    bar.skip()
    now[0] += 20
    bar.update(3)  # two of them took 20 s, the third had been done before
    line = stream.getvalue().split('\r')[-1]
    assert '3/11 1 min 20 s left' in line
    bar.update(4)  # too soon to draw again
    assert stream.getvalue().endswith(line)
    bar.print('a line')
    assert stream.getvalue().endswith('\ra line\n')


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
