from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from mmenlighten.app.background_task import BackgroundTask
from mmenlighten.app.errors import StoppedError
from mmenlighten.app.worker_pool import FairQueue
from tests.waiting import PATIENCE


def test_reports_come_in_order_and_errors_come_through() -> None:
    def work(report: Callable[[int], None]) -> None:
        for number in range(3):
            report(number)
        raise KeyError('after')

    steps = iter(BackgroundTask(work))
    assert [next(steps) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(KeyError, match='after'):
        next(steps)


@pytest.mark.parametrize('end', ['close', 'stop'])
def test_work_ends_when_nobody_listens(end: str) -> None:
    go, ended = threading.Event(), threading.Event()

    def work(report: Callable[[int], None]) -> None:
        report(0)
        go.wait(PATIENCE)
        try:
            report(1)
        except StoppedError:
            ended.set()
            raise

    background = BackgroundTask(work)
    steps = iter(background)
    assert next(steps) == 0
    if end == 'close':
        steps.close()  # type: ignore[attr-defined]
    else:
        background.stop()
        assert list(steps) == []
    go.set()
    assert ended.wait(PATIENCE)


def test_what_is_stopped_before_it_begins_ends_at_once() -> None:
    ended = threading.Event()

    def work(report: Callable[[int], None]) -> None:
        try:
            report(0)
        finally:
            ended.set()

    background = BackgroundTask(work)
    background.stop()
    assert list(background) == []
    assert ended.wait(PATIENCE)


def test_listeners_that_hold_no_thread_get_the_same() -> None:
    def work(report: Callable[[int], None]) -> None:
        for number in range(3):
            report(number)
        raise KeyError('after')

    async def listen() -> list[int]:
        heard: list[int] = []
        try:
            async for number in BackgroundTask(work):
                heard.append(number)
        except KeyError as error:
            return [*heard, error.args[0]]
        return heard

    async def listen_all() -> list[list[int]]:
        return await asyncio.gather(*(listen() for _ in range(100)))

    assert asyncio.run(listen_all()) == [[0, 1, 2, 'after']] * 100


@pytest.mark.parametrize('end', ['cancel', 'stop'])
def test_listeners_that_hold_no_thread_end_at_once(end: str) -> None:
    go, ended = threading.Event(), threading.Event()

    def work(report: Callable[[int], None]) -> None:
        report(0)
        go.wait(PATIENCE)
        try:
            background.check()
        except StoppedError:
            ended.set()
            raise

    background = BackgroundTask(work)

    async def listen() -> None:
        begun = asyncio.Event()

        async def hear() -> None:
            async for _ in background:
                begun.set()

        task = asyncio.ensure_future(hear())
        await begun.wait()
        if end == 'cancel':
            task.cancel()
        else:
            background.stop()
        assert len(await asyncio.gather(task, return_exceptions=True)) == 1

    asyncio.run(listen())  # it ends although the work goes on
    assert not ended.is_set()
    go.set()
    assert ended.wait(PATIENCE)


def test_several_places_are_taken_in_the_order_of_arrival() -> None:
    queue, places = FairQueue(2), []
    with ExitStack() as first, queue.turn():
        first.enter_context(queue.turn())

        def on_wait(ahead: int) -> None:
            places.append(ahead)
            first.close()

        with queue.turn(on_wait):
            pass
    assert places == [2]


def test_turns_go_by_arrival_and_the_impatient_may_leave() -> None:
    queue, order, places = FairQueue(), [], []
    arrived = threading.Semaphore(0)

    class ImpatientError(Exception):
        pass

    def on_wait(ahead: int) -> None:
        places.append(ahead)
        arrived.release()

    def wait(name: str) -> None:
        with queue.turn(on_wait):
            order.append(name)

    def leave(ahead: int) -> None:
        raise ImpatientError

    threads = [threading.Thread(target=wait, args=(name,)) for name in 'ab']
    with queue.turn(on_wait):
        for thread in threads:
            thread.start()
            assert arrived.acquire(timeout=PATIENCE)
        with pytest.raises(ImpatientError), queue.turn(leave):
            pass
    for thread in threads:
        thread.join(PATIENCE)
    assert order == ['a', 'b']
    assert places[0] == 1
    assert 2 in places
    assert max(places) == 2
