from __future__ import annotations

import numpy as np
import pytest

from benchmarks.harness import Options, Table, TimedNetwork, apart, clock, in_turns


def read(*arguments: str) -> dict[str, object]:
    parser = Options('Measures.', 'width', repeats=3)
    parser.add('--sizes', [1.5, 2.0], 'sizes')
    parser.add('--fast', False, 'fast')
    parser.add('--name', help='a name')
    return vars(parser.read(arguments))


def test_types_of_options_follow_their_defaults() -> None:
    assert read() == dict(width=32, repeats=3, sizes=[1.5, 2.0], fast=False, name=None)
    given = read('--sizes', '3', '--fast', '--repeats', '7', '--name', 'n')
    assert given == dict(width=32, repeats=7, sizes=[3.0], fast=True, name='n')


@pytest.mark.parametrize('option', ['--width', '--sizes', '--repeats'])
def test_numbers_must_be_positive(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read(option, '0')
    assert f'{option} must be positive' in capsys.readouterr().err


def test_calls_take_turns_and_rounds_to_warm_up_do_not_count() -> None:
    calls: list[str] = []
    clocks = {name: lambda name=name: calls.append(name) or len(calls) for name in 'ab'}
    assert in_turns(clocks, repeats=2, warm_up=1) == {'a': [3, 5], 'b': [4, 6]}
    assert calls == ['a', 'b'] * 3


def test_a_clock_gives_the_mean_of_calls_in_a_row() -> None:
    calls: list[int] = []
    seconds, cpu_seconds = clock(lambda: calls.append(sum(range(10_000))), in_a_row=5)
    assert len(calls) == 5
    assert min(seconds, cpu_seconds) > 0


def test_columns_of_a_table_are_aligned(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table('name', ['seconds', 'a wide column'], 8)
    table.row('one', '1.5', None)
    head, row = capsys.readouterr().out.splitlines()
    assert head.split() == ['name', 'seconds', 'a', 'wide', 'column']
    assert len(row) == len(head)
    assert row.split() == ['one', '1.5', '-']


def test_a_timed_network_computes_what_the_network_computes() -> None:
    class Network:
        def __call__(self, images: np.ndarray) -> np.ndarray:
            return images + 1

        def prepare(self, images: np.ndarray) -> np.ndarray:
            return images * 2

        def enhance_part(self, images: np.ndarray, state: np.ndarray) -> np.ndarray:
            return images + state

    timed = TimedNetwork(Network())
    image = np.ones(2)
    assert (timed(image) == 2).all()
    assert (timed.enhance_part(image, timed.prepare(image)) == 3).all()
    assert len(timed.times) == 2
    assert not hasattr(timed, 'nothing')


def test_a_row_apart_that_fails_ends_the_program() -> None:
    with pytest.raises(SystemExit) as error:
        apart('no_such_file.py')
    assert error.value.code == 2
