"""What one more photograph costs in a folder of few and of many results.

For example, ``python benchmarks/many_photos.py``. Tiny JPEG files are enhanced by gamma correction
with the code of ``mmenlighten enhance``, so that bookkeeping and files are most of the work. Last
come the notes alone, up to a million results, without the files.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2
import numpy as np

from mmenlighten.apis.enhancer import build_enhancer
from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.enhancing.job import EnhanceJob
from mmenlighten.enhancing.manifest import Manifest
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.enhancing.result_journal import id_of
from mmenlighten.enhancing.task import Task
from mmenlighten.utils.journal import Journal
from mmenlighten.utils.sha256 import sha256_hex

SIDE = 16
RECIPE = dict(model='a' * 64, precision='float32', strength=1.0, only_dark=False, quality='keep')
PHOTO = sha256_hex(b'photo')


def write_photos(folder: Path, count: int) -> list[Task]:
    """Writes tiny dark photographs, all of them different."""
    numbers = np.random.default_rng(0)
    tasks = []
    for index in range(count):
        path = folder / f'IMG_{index:07}.jpg'
        cv2.imwrite(str(path), numbers.integers(0, 60, (SIDE, SIDE, 3), np.uint8))
        tasks.append(Task(path, Path(path.name)))
    return tasks


def written() -> int:
    """Bytes that this process has handed to the system to write, where Linux tells it."""
    counts = Path('/proc/self/io')
    return int(counts.read_text().split('wchar: ')[1].split()[0]) if counts.is_file() else 0


def costs(work: Callable[[], object], count: int) -> tuple[float, float, float]:
    """Milliseconds, milliseconds of the CPU, and bytes that are written, for each of so many."""
    begin = time.perf_counter(), time.process_time(), written()
    work()
    end = time.perf_counter(), time.process_time(), written()
    seconds, cpu, size = ((now - then) / count for now, then in zip(end, begin))
    return 1e3 * seconds, 1e3 * cpu, size


def enhance(enhancer: PhotoEnhancer, out: Path, tasks: Sequence[Task]) -> None:
    """Enhances photographs in a run of their own."""
    outcomes = list(EnhanceJob(enhancer, out).run(tasks))
    if wrong := [outcome.message for outcome in outcomes if outcome.status != 'enhanced']:
        raise RuntimeError(f'{len(wrong)} photographs were not enhanced: {wrong[0]}')


def fill_journal(out: Path, count: int) -> None:
    """Writes notes of as many results, of which none is there."""

    def lines() -> Iterator[dict[str, object]]:
        yield dict(id=id_of(RECIPE), recipe=RECIPE)
        for index in range(count):
            name, result = f'IMG_{index:07}.jpg', sha256_hex(b'%d' % index)
            yield dict(name=name, photo=PHOTO, result=result, recipe=id_of(RECIPE))

    out.mkdir()
    journal = Journal(Manifest(out).path, [])
    with journal.locked():
        journal.replace(lines())
    journal.close()


def notes_row(out: Path, count: int, more: int) -> str:
    """A row for notes alone: of the start of a run, and of one more result."""
    fill_journal(out, count)
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    record = Manifest(out, RECIPE)
    record.save()
    seconds = time.process_time() - start
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024

    def announce() -> None:
        for index in range(more):
            record.record_intent(Path(f'more_{index}.jpg'), PHOTO, sha256_hex(b'%d' % index))

    wall, cpu, size = costs(announce, more)
    record.close()
    return f'| {count} | {seconds:.2f} | {memory:.0f} | {wall:.1f} | {cpu:.2f} | {size:.0f} |'


def parse_args(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--counts', type=int, nargs='+', default=[100, 20_000], metavar='N')
    parser.add_argument('--more', type=int, default=500, help='photographs that are timed')
    notes = [100, 20_000, 1_000_000]
    parser.add_argument('--notes', type=int, nargs='+', default=notes, metavar='N')
    parser.add_argument('--folder', help='where the files go (default: for temporary files)')
    args = parser.parse_args(arguments)
    if min(*args.counts, args.more, *args.notes) < 1 or sorted(args.counts) != args.counts:
        parser.error('numbers must be positive, and counts must grow')
    return args


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints both tables."""
    args = parse_args(arguments)
    load = f', load {os.getloadavg()[0]:.1f} at the start' if hasattr(os, 'getloadavg') else ''
    print(f'{SIDE} x {SIDE} pixels, {args.more} photographs timed, {os.cpu_count()} CPUs{load}\n')
    enhancer = build_enhancer(ModelChoice('gamma'), EnhanceOptions())
    with tempfile.TemporaryDirectory(dir=args.folder) as name:
        folder, out = Path(name, 'photos'), Path(name, 'out')
        folder.mkdir()
        tasks = write_photos(folder, args.counts[-1] + args.more * len(args.counts))
        print('| results | ms | ms of the CPU | bytes written |\n| --- | --- | --- | --- |')
        done = 0
        for count in args.counts:
            if count > done:
                enhance(enhancer, out, tasks[done:count])
            done = max(done, count)
            chosen = tasks[done : done + args.more]
            wall, cpu, size = costs(partial(enhance, enhancer, out, chosen), len(chosen))
            done += args.more
            print(f'| {count} | {wall:.1f} | {cpu:.2f} | {size:.0f} |', flush=True)
        print('\n| notes | CPU s to start | MiB more | ms | ms of the CPU | bytes |')
        print('| --- | --- | --- | --- | --- | --- |')
        for count in args.notes:
            print(notes_row(Path(name, f'notes {count}'), count, args.more), flush=True)


if __name__ == '__main__':
    main()
