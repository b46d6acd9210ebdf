"""What one more photograph costs in a folder of few and of many results.

For example, ``python benchmarks/many_photos.py``. Tiny JPEG files are enhanced by gamma correction
with the code of ``mmenlighten enhance``, so that bookkeeping and files are most of the work. Last
come the notes alone, up to a million results, without the files.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2
import numpy as np

from benchmarks.enhance_folder import enhance_all
from benchmarks.harness import MIB, Options, clock, machine_line, resident
from mmenlighten.apis.enhancer import build_enhancer
from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.enhancing.job import EnhanceJob
from mmenlighten.enhancing.manifest import Manifest
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.result_journal import id_of
from mmenlighten.utils.journal import Journal
from mmenlighten.utils.sha256 import sha256_hex

SIDE = 16
RECIPE = dict(model='a' * 64, precision='float32', strength=1.0, only_dark=False, quality='keep')
PHOTO = sha256_hex(b'photo')


def write_photos(folder: Path, count: int) -> None:
    """Writes tiny dark photographs, all of them different, into a new folder."""
    folder.mkdir()
    random = np.random.default_rng()
    for index in range(count):
        pixels = random.integers(0, 60, (SIDE, SIDE, 3), np.uint8)
        cv2.imwrite(str(folder / f'IMG_{folder.name}_{index:07}.jpg'), pixels)


def costs(work: Callable[[], object], count: int) -> str:
    """Cells of milliseconds, milliseconds of the CPU, and bytes that are written, for each."""
    counts = Path('/proc/self/io')  # Linux tells what this process has handed over to be written
    before = counts.read_text()
    times = [1e3 * seconds / count for seconds in clock(work)]
    size, start = (
        int(text.split('wchar: ')[1].split()[0]) for text in (counts.read_text(), before)
    )
    return f'{times[0]:.1f} | {times[1]:.2f} | {(size - start) / count:.0f}'


def notes_row(out: Path, count: int, more: int) -> str:
    """A row for notes alone: of the start of a run, and of one more result."""

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
    manifests: list[Manifest] = []

    def begin() -> None:
        manifests.append(Manifest(out, RECIPE))
        manifests[0].save()

    before = resident('VmHWM') or 0
    _, seconds = clock(begin)
    memory = ((resident('VmHWM') or 0) - before) / MIB

    def announce() -> None:
        for index in range(more):
            manifests[0].record_intent(Path(f'more_{index}.jpg'), PHOTO, sha256_hex(b'%d' % index))

    row = f'| {count} | {seconds:.2f} | {memory:.0f} | {costs(announce, more)} |'
    manifests[0].close()
    return row


def parse_args(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = Options(__doc__)
    parser.add('--counts', [100, 20_000], 'results that are there, ever more')
    parser.add('--more', 500, 'photographs that are timed')
    parser.add('--notes', [100, 20_000, 1_000_000], 'results in notes alone')
    parser.add('--folder', help='where the files go (default: for temporary files)')
    args = parser.read(arguments)
    if sorted(args.counts) != args.counts:
        parser.error('--counts must grow')
    return args


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints both tables."""
    args = parse_args(arguments)
    print(f'{SIDE} x {SIDE} pixels, {args.more} photographs timed, {machine_line()}\n')
    enhancer = build_enhancer(ModelChoice('gamma'), EnhanceOptions())
    with tempfile.TemporaryDirectory(dir=args.folder) as name:
        folder, done = Path(name), 0

        def enhance(photos: Path) -> None:
            enhance_all(EnhanceJob(enhancer, folder / 'out'), photos)

        print('| results | ms | ms of the CPU | bytes written |\n| --- | --- | --- | --- |')
        for count in args.counts:
            if count > done:
                write_photos(folder / f'until_{count}', count - done)
                enhance(folder / f'until_{count}')
            photos = folder / f'more_than_{count}'
            write_photos(photos, args.more)
            print(f'| {count} | {costs(lambda p=photos: enhance(p), args.more)} |', flush=True)
            done = max(done, count) + args.more
        print('\n| notes | CPU s to start | MiB more | ms | ms of the CPU | bytes |')
        print('| --- | --- | --- | --- | --- | --- |')
        for count in args.notes:
            print(notes_row(folder / f'notes {count}', count, args.more), flush=True)


if __name__ == '__main__':
    main()
