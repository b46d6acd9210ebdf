"""Work in processes: the same results, and ends for what takes too long, too much, or breaks."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from mmenlighten.app import EnhanceService, Progress, Session, limits
from mmenlighten.app.task import Task
from mmenlighten.app.worker_process import WorkerProcess
from mmenlighten.photos import read_photo
from mmenlighten.utils.errors import CheckpointError
from tests.waiting import PATIENCE

from .process_toys import make_process_service, wait_for
from .toys import Upload, begin, dark_pixels, only_result, run, upload

pytestmark = pytest.mark.skipif(sys.platform == 'win32', reason='no FIFO')


@pytest.fixture(scope='module')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp('processes')
    os.mkfifo(folder / 'endless.jpg')  # reading it ends when somebody writes to it, which is never
    return folder


@pytest.fixture(scope='module')
def service(folder: Path) -> Iterator[EnhanceService]:
    made = make_process_service(folder / 'shop')
    yield made
    made.close()


@pytest.fixture
def session(service: EnhanceService) -> Session:
    return service.open_session()


def photo(tmp_path: Path) -> Upload:
    return upload(tmp_path / 'a.png')


def endless(folder: Path) -> Upload:
    return Upload(folder / 'endless.jpg', 'endless.jpg')


def refusal(steps: list[Progress]) -> str:
    (one,) = [progress.refusal for progress in steps if progress.is_end]
    return one


def workers(service: EnhanceService, which: str) -> list[WorkerProcess]:
    return list(getattr(service, which)._all)


def test_results_are_those_of_this_process(
    service: EnhanceService, session: Session, tmp_path: Path
) -> None:
    result = only_result(run(service, session, photo(tmp_path)))
    full = read_photo(service.write(result, 1)).pixels
    assert np.abs(full - np.rint(dark_pixels() / 2 + 127.5)).max() <= 1
    half = read_photo(service.write(result, 0.5)).pixels
    assert dark_pixels().mean() < half.mean() < full.mean()
    before, after = service.preview(result, 0.5)
    assert read_photo(before).pixels.mean() < read_photo(after).pixels.mean()
    pids = {worker.process.pid for which in ('readers', 'enhancers', 'writers')
            for worker in workers(service, which)}  # fmt: skip
    assert len(pids) == 3
    assert os.getpid() not in pids


def test_bad_photographs_and_models_get_their_messages(
    service: EnhanceService, session: Session, tmp_path: Path
) -> None:
    text = upload(tmp_path / 'text.png', b'This is a text.')
    assert refusal(run(service, session, text)).startswith('text.png cannot be read: ')
    bright = upload(tmp_path / 'bright.png', dark_pixels() + 180)
    (end,) = [
        progress for progress in run(service, session, bright, only_dark=True) if progress.is_end
    ]
    assert end.note == 'bright.png is well lit and was left as it is.'
    with pytest.raises(CheckpointError, match=r'broken\.pth'):
        service.prepare('broken')
    said = refusal(run(service, session, photo(tmp_path), model='broken'))
    assert said == 'a.png cannot be enhanced: broken.pth is of another network: copy it again.'
    said = refusal(run(service, session, photo(tmp_path), model='fail'))
    assert said == 'a.png cannot be enhanced: the terminal tells the error.'
    gone = Upload(tmp_path / 'gone.png', 'gone.png')
    assert refusal(run(service, session, gone)).startswith('gone.png cannot be kept: No such')
    assert list(session.folder.iterdir()) == []


def test_a_process_that_breaks_is_replaced(
    service: EnhanceService, session: Session, tmp_path: Path
) -> None:
    said = refusal(run(service, session, photo(tmp_path), model='crash'))
    assert said.startswith('a.png cannot be enhanced: the process that works on it has ended. ')
    only_result(run(service, session, photo(tmp_path)))
    for which in ('readers', 'enhancers'):  # also while it has nothing to do
        for worker in workers(service, which):
            worker.process.kill()
            worker.process.wait()
    only_result(run(service, session, photo(tmp_path)))


def test_a_file_that_is_never_read_keeps_nobody_waiting_and_can_be_stopped(
    service: EnhanceService, folder: Path, tmp_path: Path
) -> None:
    one, other = service.open_session(), service.open_session()
    work = begin(service, one, endless(folder), photo(tmp_path))
    reports: list[Progress] = []
    listening = threading.Thread(target=lambda: reports.extend(work))
    listening.start()
    wait_for(lambda: (path for path in one.folder.glob('*/original') if path.is_fifo()))
    only_result(run(service, other, photo(tmp_path)))
    assert listening.is_alive()
    busy = [worker for worker in workers(service, 'readers') if worker._is_busy]
    assert len(busy) == 1
    work.stop()
    listening.join(PATIENCE)
    assert busy[0].process.wait(PATIENCE) != 0
    assert not [progress for progress in reports if progress.is_end]
    only_result(run(service, other, photo(tmp_path)))
    wait_for(lambda: iter([] if list(one.folder.iterdir()) else [one.folder]))


def test_what_takes_too_long_is_ended(
    service: EnhanceService,
    session: Session,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(limits, 'LEAST_SECONDS', 1.0)
        said = refusal(run(service, session, endless(folder)))
    assert said == (
        'endless.jpg cannot be enhanced: it takes more than 1 seconds. '
        'Hand it over once more, or save it with another program first.'
    )
    with monkeypatch.context() as patch:
        patch.setattr(limits, 'SECONDS_TO_BUILD', 2.0)
        said = refusal(run(service, session, photo(tmp_path), model='hang'))
    assert 'it takes more than 2 seconds' in said
    only_result(run(service, session, photo(tmp_path)))


@pytest.mark.skipif(not sys.platform.startswith('linux'), reason='memory is known on Linux only')
def test_what_takes_too_much_memory_is_ended(
    service: EnhanceService, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.prepare('lift')
    with monkeypatch.context() as patch:
        patch.setattr(limits, 'LIBRARIES', 30 * limits.MIB)
        said = refusal(run(service, session, photo(tmp_path), model='grow'))
    assert 'a.png cannot be enhanced: it takes more than ' in said
    assert 'MiB of memory' in said
    only_result(run(service, session, photo(tmp_path)))


def test_who_stops_within_a_tile_has_its_process_ended(
    service: EnhanceService, folder: Path, tmp_path: Path
) -> None:
    one, other = service.open_session(), service.open_session()
    for old in folder.glob('hang-*'):
        old.unlink()
    work = begin(service, one, photo(tmp_path), model='hang')
    reports: list[Progress] = []
    listening = threading.Thread(target=lambda: reports.extend(work))
    listening.start()
    process = int(wait_for(lambda: folder.glob('hang-*')).name.removeprefix('hang-'))
    (worker,) = [one for one in workers(service, 'enhancers') if one.process.pid == process]
    waiting = iter(begin(service, other, photo(tmp_path)))
    assert next(progress for progress in waiting if progress.ahead).ahead == 1
    one.task = work
    one.stop()
    listening.join(PATIENCE)
    assert worker.process.wait(PATIENCE) < 0
    only_result(list(waiting))
    assert not Path(worker._temporary).exists()
    assert not [progress for progress in reports if progress.is_end]


def test_a_process_ends_with_the_server(service: EnhanceService, folder: Path) -> None:
    worker = service.readers._start()
    assert isinstance(worker, WorkerProcess)
    (folder / 'alone').mkdir()
    os.link(folder / 'endless.jpg', folder / 'alone' / 'original')
    worker._send(Task('read', folder / 'alone', 'a').to_json())
    assert worker.process.stdin is not None
    worker.process.stdin.close()
    assert worker.process.wait(PATIENCE) == 0
    worker.close()


def test_all_processes_end_with_the_workshop(folder: Path, tmp_path: Path) -> None:
    service = make_process_service(tmp_path / 'shop')
    work = begin(service, service.open_session(), endless(folder))
    listening = threading.Thread(target=lambda: list(work))
    listening.start()
    wait_for(lambda: service.folder.glob('*/*/original'))
    wait_for(lambda: iter(workers(service, 'readers')))
    processes = [worker.process for worker in workers(service, 'readers')]
    service.close()
    listening.join(PATIENCE)
    assert all(process.wait(PATIENCE) != 0 for process in processes)
    assert not service.folder.exists()


def test_workers_that_nobody_needs_are_closed(
    service: EnhanceService, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_result(run(service, session, photo(tmp_path)))
    model = workers(service, 'enhancers')
    readers = [worker.process for worker in workers(service, 'readers')]
    service.forget_old()
    assert all(process.poll() is None for process in readers)
    monkeypatch.setattr('mmenlighten.app.worker_pool.IDLE_SECONDS', -1)
    service.forget_old()
    assert all(process.wait(PATIENCE) != 0 for process in readers)
    assert workers(service, 'enhancers') == model
    assert workers(service, 'readers') == []
