"""Runs a check on many files in a process of its own, with limits of time and memory for each."""

from __future__ import annotations

import json
import mmap
import os
import resource
import signal
import struct
import sys
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path

SECONDS, MEBIBYTES = 10, 512
_UNIT = 1 if sys.platform == 'darwin' else 1024  # of the largest memory that the system tells


def run_limited(
    check: Callable[[bytes], None], items: Iterable[bytes], folder: Path, seconds: float = SECONDS
) -> list[str]:
    """What went wrong: one line for each item that failed, with the exception that it raised.

    A child process goes through all items, so that one that hangs or takes all memory ends the
    child and not the tests. Time is that of the processor: a slow machine changes nothing.

    Args:
        check: Raises if an item fails.
        items: For instance damaged files.
        folder: Where the results are left, and each item that failed, as ``N.bin``.
        seconds: Processor time that each item may take.
    """
    place = mmap.mmap(-1, 8)  # which item the child is at
    folder.mkdir(parents=True, exist_ok=True)
    report = folder / 'report.jsonl'
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _child(check, items, report, place, seconds)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    lines = [json.loads(line) for line in report.read_text().splitlines()]
    if status:
        number = struct.unpack('<q', place[:8])[0]
        lines.append({'item': number, 'error': f'the process ended with {status}'})
    wanted = {line['item'] for line in lines}
    for number, item in enumerate(items) if wanted else ():
        if number in wanted:
            (folder / f'{number}.bin').write_bytes(item)
    return [f'{folder / str(line["item"])}.bin: {line["error"]}' for line in lines]


def _child(
    check: Callable[[bytes], None],
    items: Iterable[bytes],
    report: Path,
    place: mmap.mmap,
    seconds: float,
) -> None:
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # ends the process
    most = _largest_memory() + MEBIBYTES
    with open(report, 'w') as file:
        for number, item in enumerate(items):
            place[:8] = struct.pack('<q', number)
            signal.setitimer(signal.ITIMER_PROF, seconds)
            error = ''
            try:
                check(item)
            except BaseException:
                error = traceback.format_exc(limit=-3)
            signal.setitimer(signal.ITIMER_PROF, 0)
            if not error and _largest_memory() > most:
                error = f'it took more than {MEBIBYTES} MiB'
                most = _largest_memory()
            if error:
                file.write(json.dumps({'item': number, 'error': error}) + '\n')
                file.flush()


def _largest_memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT / (1 << 20)
