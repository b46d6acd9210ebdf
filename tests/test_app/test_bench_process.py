"""Work in processes: the same results, and ends for what takes too long, too much, or breaks."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from mmenlighten.app import Step, Upload, Visit, Workshop, limits
from mmenlighten.app.bench_process import BenchProcess
from mmenlighten.app.task import Task
from mmenlighten.photos import read_photo
from mmenlighten.utils.errors import CheckpointError
from tests.waiting import PATIENCE

from .process_toys import make_process_workshop, wait_for
from .toys import dark_pixels, only_result, run, upload

pytestmark = pytest.mark.skipif(sys.platform == 'win32', reason='no FIFO')


@pytest.fixture(scope='module')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp('processes')
    os.mkfifo(folder / 'endless.jpg')  # reading it ends when somebody writes to it, which is never
    return folder


@pytest.fixture(scope='module')
def workshop(folder: Path) -> Iterator[Workshop]:
    made = make_process_workshop(folder / 'shop')
    yield made
    made.close()


@pytest.fixture
def visit(workshop: Workshop) -> Visit:
    return workshop.open_visit()


def photo(tmp_path: Path) -> Upload:
    return upload(tmp_path / 'a.png')


def endless(folder: Path) -> Upload:
    return Upload(folder / 'endless.jpg', 'endless.jpg')


def refusal(steps: list[Step]) -> str:
    (one,) = [step.refusal for step in steps if step.is_end]
    return one


def benches(workshop: Workshop, which: str) -> list[BenchProcess]:
    return list(getattr(workshop._benches, which)._all)


def test_results_are_those_of_this_process(
    workshop: Workshop, visit: Visit, tmp_path: Path
) -> None:
    result = only_result(run(workshop, visit, photo(tmp_path)))
    full = read_photo(workshop.write(result, 1)).pixels
    assert np.abs(full - np.rint(dark_pixels() / 2 + 127.5)).max() <= 1
    half = read_photo(workshop.write(result, 0.5)).pixels
    assert dark_pixels().mean() < half.mean() < full.mean()
    before, after = workshop.preview(result, 0.5)
    assert read_photo(before).pixels.mean() < read_photo(after).pixels.mean()
    pids = {bench.process.pid for which in ('reading', 'enhancing', 'writing')
            for bench in benches(workshop, which)}  # fmt: skip
    assert len(pids) == 3
    assert os.getpid() not in pids


def test_bad_photographs_and_models_get_their_sentences(
    workshop: Workshop, visit: Visit, tmp_path: Path
) -> None:
    text = upload(tmp_path / 'text.png', b'This is a text.')
    assert refusal(run(workshop, visit, text)).startswith('text.png cannot be read: ')
    bright = upload(tmp_path / 'bright.png', dark_pixels() + 180)
    (end,) = [step for step in run(workshop, visit, bright, only_dark=True) if step.is_end]
    assert end.note == 'bright.png is well lit and was left as it is.'
    with pytest.raises(CheckpointError, match=r'broken\.pth'):
        workshop.prepare('broken')
    said = refusal(run(workshop, visit, photo(tmp_path), model='broken'))
    assert said == 'a.png cannot be enhanced: broken.pth is of another network: copy it again.'
    said = refusal(run(workshop, visit, photo(tmp_path), model='fail'))
    assert said == 'a.png cannot be enhanced: the terminal tells the error.'
    gone = Upload(tmp_path / 'gone.png', 'gone.png')
    assert refusal(run(workshop, visit, gone)).startswith('gone.png cannot be kept: No such')
    assert list(visit.folder.iterdir()) == []


def test_a_process_that_breaks_is_replaced(
    workshop: Workshop, visit: Visit, tmp_path: Path
) -> None:
    said = refusal(run(workshop, visit, photo(tmp_path), model='crash'))
    assert said.startswith('a.png cannot be enhanced: the process that works on it has ended. ')
    only_result(run(workshop, visit, photo(tmp_path)))
    for which in ('reading', 'enhancing'):  # also while it has nothing to do
        for bench in benches(workshop, which):
            bench.process.kill()
            bench.process.wait()
    only_result(run(workshop, visit, photo(tmp_path)))


def test_a_file_that_is_never_read_keeps_nobody_waiting_and_can_be_stopped(
    workshop: Workshop, folder: Path, tmp_path: Path
) -> None:
    one, other = workshop.open_visit(), workshop.open_visit()
    work = workshop.enhance(one, [endless(folder), photo(tmp_path)], workshop.default_model)
    told: list[Step] = []
    listening = threading.Thread(target=lambda: told.extend(work))
    listening.start()
    wait_for(lambda: (path for path in one.folder.glob('*/original') if path.is_fifo()))
    only_result(run(workshop, other, photo(tmp_path)))
    assert listening.is_alive()
    busy = [bench for bench in benches(workshop, 'reading') if bench._is_busy]
    assert len(busy) == 1
    work.stop()
    listening.join(PATIENCE)
    assert busy[0].process.wait(PATIENCE) != 0
    assert not [step for step in told if step.is_end]
    only_result(run(workshop, other, photo(tmp_path)))
    wait_for(lambda: iter([] if list(one.folder.iterdir()) else [one.folder]))


def test_what_takes_too_long_is_ended(
    workshop: Workshop, visit: Visit, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(limits, 'LEAST_SECONDS', 1.0)
        said = refusal(run(workshop, visit, endless(folder)))
    assert said == (
        'endless.jpg cannot be enhanced: it takes more than 1 seconds. '
        'Hand it over once more, or save it with another program first.'
    )
    with monkeypatch.context() as patch:
        patch.setattr(limits, 'SECONDS_TO_BUILD', 2.0)
        said = refusal(run(workshop, visit, photo(tmp_path), model='hang'))
    assert 'it takes more than 2 seconds' in said
    only_result(run(workshop, visit, photo(tmp_path)))


@pytest.mark.skipif(not sys.platform.startswith('linux'), reason='memory is known on Linux only')
def test_what_takes_too_much_memory_is_ended(
    workshop: Workshop, visit: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.prepare('lift')
    with monkeypatch.context() as patch:
        patch.setattr(limits, 'LIBRARIES', 30 * limits.MIB)
        said = refusal(run(workshop, visit, photo(tmp_path), model='grow'))
    assert 'a.png cannot be enhanced: it takes more than ' in said
    assert 'MiB of memory' in said
    only_result(run(workshop, visit, photo(tmp_path)))


def test_who_stops_within_a_tile_has_its_process_ended(
    workshop: Workshop, folder: Path, tmp_path: Path
) -> None:
    one, other = workshop.open_visit(), workshop.open_visit()
    for old in folder.glob('hang-*'):
        old.unlink()
    work = workshop.enhance(one, [photo(tmp_path)], 'hang')
    told: list[Step] = []
    listening = threading.Thread(target=lambda: told.extend(work))
    listening.start()
    process = int(wait_for(lambda: folder.glob('hang-*')).name.removeprefix('hang-'))
    (bench,) = [one for one in benches(workshop, 'enhancing') if one.process.pid == process]
    waiting = iter(workshop.enhance(other, [photo(tmp_path)], workshop.default_model))
    assert next(step for step in waiting if step.ahead).ahead == 1
    one.work = work
    one.stop()
    listening.join(PATIENCE)
    assert bench.process.wait(PATIENCE) < 0
    only_result(list(waiting))
    assert not Path(bench._temporary).exists()
    assert not [step for step in told if step.is_end]


def test_a_process_ends_with_the_server(workshop: Workshop, folder: Path) -> None:
    bench = workshop._benches.reading._make()
    assert isinstance(bench, BenchProcess)
    (folder / 'alone').mkdir()
    os.link(folder / 'endless.jpg', folder / 'alone' / 'original')
    bench._send(Task('read', folder / 'alone', 'a').to_json())
    assert bench.process.stdin is not None
    bench.process.stdin.close()
    assert bench.process.wait(PATIENCE) == 0
    bench.close()


def test_all_processes_end_with_the_workshop(folder: Path, tmp_path: Path) -> None:
    workshop = make_process_workshop(tmp_path / 'shop')
    work = workshop.enhance(workshop.open_visit(), [endless(folder)], workshop.default_model)
    listening = threading.Thread(target=lambda: list(work))
    listening.start()
    wait_for(lambda: workshop.folder.glob('*/*/original'))
    wait_for(lambda: iter(benches(workshop, 'reading')))
    processes = [bench.process for bench in benches(workshop, 'reading')]
    workshop.close()
    listening.join(PATIENCE)
    assert all(process.wait(PATIENCE) != 0 for process in processes)
    assert not workshop.folder.exists()


def test_benches_that_nobody_needs_are_closed(
    workshop: Workshop, visit: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_result(run(workshop, visit, photo(tmp_path)))
    model = benches(workshop, 'enhancing')
    readers = [bench.process for bench in benches(workshop, 'reading')]
    workshop.forget_old()
    assert all(process.poll() is None for process in readers)
    monkeypatch.setattr('mmenlighten.app.benches.IDLE_SECONDS', -1)
    workshop.forget_old()
    assert all(process.wait(PATIENCE) != 0 for process in readers)
    assert benches(workshop, 'enhancing') == model
    assert benches(workshop, 'reading') == []
