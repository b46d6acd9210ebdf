"""Reads, computes and writes at the same time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from typing import TypeVar

from mmenlighten.utils.worker_thread import WorkerThread

Item = TypeVar('Item')
Loaded = TypeVar('Loaded')
Computed = TypeVar('Computed')
Written = TypeVar('Written')

AHEAD = 2
"""Items that are read ahead: if one turns out to need no work, the next one is there already."""


def run_pipeline(
    items: Iterable[Item],
    read: Callable[[Item], Loaded],
    compute: Callable[[Sequence[Loaded]], Sequence[Computed]],
    write: Callable[[Computed], Written],
    may_overlap: Callable[[Loaded], bool],
    may_join: Callable[[Loaded, Loaded], bool] | None = None,
    batch: int = 1,
) -> Iterator[Written]:
    """Yields what ``write`` returns, in the order of the items.

    ``read`` and ``write`` run in one thread each, ``compute`` in that of the caller. At most two
    items are read ahead, and those computed last are written while the next are computed. An error
    of any of the three ends all, after what was begun is finished. Ctrl-C, and a caller who wants
    no more, wait only until what is computed is written.

    Args:
        items: The items.
        read: First step.
        compute: Second step, of some items that follow each other.
        write: Third step.
        may_overlap: Whether other items may be in memory while this one is; if not, it has it for
            itself, except for what was read before its size was known.
        may_join: Whether the second item can be computed together with the first.
        batch: Items that are computed together at most.
    """
    waiting = iter(items)
    ahead: deque[Future[Loaded]] = deque()
    behind: deque[Future[Written]] = deque()
    reader, writer = WorkerThread('read'), WorkerThread('write')
    is_left = True

    def read_ahead(count: int) -> None:
        while len(ahead) < count:
            try:
                item = next(waiting)
            except StopIteration:
                return
            ahead.append(reader.submit(read, item))

    def take_group() -> list[Loaded]:
        group = [ahead.popleft().result()]
        while may_join is not None and len(group) < batch and may_overlap(group[0]):
            read_ahead(1)
            if not ahead or not may_join(group[0], ahead[0].result()):
                break
            group.append(ahead.popleft().result())
        return group

    try:
        read_ahead(1)
        while ahead:
            group = take_group()
            overlaps = may_overlap(group[0])
            if overlaps:
                read_ahead(AHEAD)
            else:
                yield from _emptied(behind)
            computed = compute(group)
            yield from _emptied(behind)
            behind.extend(writer.submit(write, one) for one in computed)
            del group, computed  # the writer alone keeps them in memory
            if not overlaps:
                yield from _emptied(behind)
            read_ahead(1)
        yield from _emptied(behind)
        is_left = False
    except Exception:
        is_left = False
        raise
    finally:
        reader.close(wait=not is_left, cancel=True)
        writer.close()


def _emptied(futures: deque[Future[Written]]) -> Iterator[Written]:
    while futures:
        yield futures.popleft().result()
