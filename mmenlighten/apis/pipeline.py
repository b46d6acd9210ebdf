"""Reads, computes and writes at the same time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar('Item')
Loaded = TypeVar('Loaded')
Computed = TypeVar('Computed')
Written = TypeVar('Written')

AHEAD = 2
"""Items that are read ahead: if one turns out to need no work, the next one is there already."""


def run_pipeline(
    items: Iterable[Item],
    read: Callable[[Item], Loaded],
    compute: Callable[[Loaded], Computed],
    write: Callable[[Computed], Written],
    may_overlap: Callable[[Loaded], bool],
) -> Iterator[Written]:
    """Yields what ``write`` returns, in the order of the items.

    ``read`` and ``write`` run in one thread each, ``compute`` in that of the caller. At most two
    items are read ahead, and one is written while the next is computed. What any of the three
    raises ends all, after what was begun is finished.

    Args:
        items: The items.
        read: First step.
        compute: Second step.
        write: Third step.
        may_overlap: Whether other items may be in memory while this one is; if not, it has it for
            itself, except for what was read before its size was known.
    """
    waiting = iter(items)
    ahead: deque[Future[Loaded]] = deque()
    behind: Future[Written] | None = None
    with ThreadPoolExecutor(1, 'read') as reader, ThreadPoolExecutor(1, 'write') as writer:

        def read_ahead(count: int) -> None:
            while len(ahead) < count:
                try:
                    item = next(waiting)
                except StopIteration:
                    return
                ahead.append(reader.submit(read, item))

        try:
            read_ahead(1)
            while ahead:
                loaded = ahead.popleft().result()
                overlaps = may_overlap(loaded)
                if overlaps:
                    read_ahead(AHEAD)
                if behind is not None and not overlaps:
                    yield behind.result()
                    behind = None
                computed = compute(loaded)
                if behind is not None:
                    yield behind.result()
                behind = writer.submit(write, computed)
                del loaded, computed  # the writer alone keeps them in memory
                if not overlaps:
                    yield behind.result()
                    behind = None
                read_ahead(1)
            if behind is not None:
                yield behind.result()
        finally:
            for read_later in ahead:
                read_later.cancel()
