"""Bulk enhancement on a cluster of two machines, simulated here, on which processes die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from mmenlighten.apis.enhancer import build_enhancer
from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.enhancing.bulk.ray_job import RayJob
from mmenlighten.enhancing.inputs import find_tasks
from mmenlighten.enhancing.job import EnhanceJob
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.task import Outcome
from tests.test_cli.commands import run_here
from tests.test_enhancing.test_bulk.clusters import (
    DIES_ALWAYS,
    DIES_ONCE,
    WAITS,
    all_files,
    cluster_of_two,
    results,
    write_album,
    write_disturbed_config,
)
from tests.waiting import wait_until

pytest.importorskip('ray')
COUNT = 40
NAMES = [f'{index:02}.png' for index in range(COUNT)]


@pytest.fixture(scope='module')
def address() -> Iterator[str]:
    with cluster_of_two() as address:
        yield address


def run(
    choice: ModelChoice, album: Path, out: Path, address: str, **settings: int
) -> list[Outcome]:
    job = RayJob(
        partial(build_enhancer, choice), EnhanceOptions(), out, address=address, **settings
    )
    return list(job.run(find_tasks([str(album)], out)))


def run_plain(choice: ModelChoice, album: Path, out: Path) -> list[Outcome]:
    job = EnhanceJob(build_enhancer(choice, EnhanceOptions()), out)
    return list(job.run(find_tasks([str(album)], out)))


def counts(outcomes: list[Outcome]) -> dict[str, int]:
    return dict(Counter(outcome.status for outcome in outcomes))


def described(names: list[str]) -> set[str]:
    """All files of a folder of results."""
    return {*names, *(f'.mmenlighten/results/{name}.json' for name in names)}


def test_what_a_killed_worker_had_is_done_by_another_one_exactly_once(
    address: str, tmp_path: Path
) -> None:
    album = write_album(tmp_path / 'album', COUNT)
    choice = ModelChoice(config=write_disturbed_config(tmp_path / 'config', DIES_ONCE, '05.png'))
    assert counts(run_plain(choice, album, tmp_path / 'plain')) == {'enhanced': COUNT}
    out = tmp_path / 'out'
    outcomes = run(choice, album, out, address)
    assert (tmp_path / 'config' / 'died').exists()
    assert sorted(outcome.task.name.name for outcome in outcomes) == NAMES
    # They were in one group: the first was whole when the worker died, the second was not.
    assert {o.task.name.name: o.status for o in outcomes if o.status != 'enhanced'} == {
        '04.png': 'up to date'
    }
    assert results(out) == results(tmp_path / 'plain')
    assert all_files(out) == described(NAMES)

    times = {path: path.stat().st_mtime_ns for path in out.rglob('*') if path.is_file()}
    assert counts(run(choice, album, out, address, workers=1)) == {'up to date': COUNT}
    assert times == {path: path.stat().st_mtime_ns for path in out.rglob('*') if path.is_file()}
    # The plain engine knows what workers have done.
    assert counts(run_plain(choice, album, out)) == {'up to date': COUNT}


COMMAND = """
import sys
from mmenlighten.cli.main import main
main(['enhance', *sys.argv[1:], '--engine', 'ray'])
"""


def test_a_run_that_is_killed_goes_on_where_it_ended(address: str, tmp_path: Path) -> None:
    album, out = write_album(tmp_path / 'album', COUNT), tmp_path / 'out'
    config = write_disturbed_config(tmp_path / 'config', WAITS, '20.png')
    (tmp_path / 'config' / 'wait').touch()
    command = [sys.executable, '-c', COMMAND, str(album), '--out', str(out), '--config', config]
    process = subprocess.Popen(
        [*command, '--address', address],
        env=os.environ | {'OMP_NUM_THREADS': '1'},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    wait_until(lambda: len(results(out)) == 20, process.poll)
    process.kill()
    output, _ = process.communicate()
    assert process.returncode == -signal.SIGKILL, output.decode()
    whole = results(out)
    assert sorted(whole) == NAMES[:20]

    (tmp_path / 'config' / 'wait').unlink()
    choice = ModelChoice(config=config)
    assert counts(run(choice, album, out, address, workers=1)) == {'up to date': 20, 'enhanced': 20}
    run_plain(choice, album, tmp_path / 'plain')
    assert results(out) == results(tmp_path / 'plain')
    assert all_files(out) == described(NAMES)


def test_photographs_that_are_broken_or_end_their_workers_are_named(
    address: str, tmp_path: Path
) -> None:
    album = write_album(tmp_path / 'album', COUNT)
    (album / '33.png').write_bytes(b'no picture')
    config = write_disturbed_config(tmp_path / 'config', DIES_ALWAYS, '03.png')
    choice = ModelChoice(config=config)
    outcomes = run(choice, album, tmp_path / 'out', address, workers=1, retries=0)
    failed = {o.task.name.name: o.message for o in outcomes if o.status == 'failed'}
    assert sorted(failed) == ['03.png', '33.png']
    assert failed['03.png'].startswith(f'{album / "03.png"} ended the workers that had it')
    assert failed['33.png'].startswith(f'{album / "33.png"} cannot be read')
    assert sorted(results(tmp_path / 'out')) == sorted({*NAMES} - {*failed})
    assert not (tmp_path / 'out' / '.mmenlighten' / 'unfinished').exists()


def test_published_network_on_a_cluster_gives_the_files_of_the_plain_engine(
    address: str, tmp_path: Path
) -> None:
    pytest.importorskip('onnxruntime')
    album = write_album(tmp_path / 'album', 3)
    (album / '01.jpg').write_bytes(b'no picture')
    out, plain = tmp_path / 'out', tmp_path / 'plain'
    model = ['--model', 'bilateral_curves_s', '--backend', 'onnxruntime', '--device', 'cpu']
    command = ['enhance', album, *model]
    options = ['--engine', 'ray', '--address', address, '--workers', '1']
    result = run_here(*command, '--out', out, *options)
    assert result.status == 1
    assert result.output == ''
    lines = result.errors.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(f'error: {album / "01.jpg"} cannot be read')
    assert lines[1].startswith('3 enhanced; 1 failed; ')
    assert run_here(*command, '--out', plain).status == 1
    assert len(results(out)) == 3
    assert results(out) == results(plain)
