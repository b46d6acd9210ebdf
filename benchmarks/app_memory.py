"""Hands photographs to the page, and measures time and the memory of its processes, on Linux.

For example, ``python benchmarks/app_memory.py --photos 120 --megapixels 1`` for many at the same
time, or ``--photos 1 --megapixels 50 --kind jpg -- --memory 2G`` for a large one, which is also
downloaded.
"""

from __future__ import annotations

import contextlib
import math
import os
import re
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import httpx
import numpy as np

from benchmarks.harness import MIB, Options, clock, machine_line
from mmenlighten.photos import Photo, read_photo, write_photo

LOOK_SECONDS = 0.2
SETTLE_SECONDS = 150
"""In which processes that nobody needs any more are closed."""


def make_photo(path: Path, megapixels: float, bit_depth: int) -> None:
    """Writes a dark picture, 3:2, with shapes and noise."""
    height = round(math.sqrt(megapixels * 1e6 / 1.5))
    width = round(megapixels * 1e6 / height)
    rng = np.random.default_rng(0)
    white = 2**bit_depth - 1
    pixels = np.empty((height, width, 3), np.uint8 if bit_depth == 8 else np.uint16)
    columns = np.sin(np.arange(width) / 190)
    for top in range(0, height, 256):
        rows = np.arange(top, min(top + 256, height))
        light = 0.1 + 0.05 * np.sin(rows / 130)[:, None] * columns
        noise = rng.normal(0, 0.004, (len(rows), width, 3))
        pixels[rows] = np.clip((light[..., None] * (1, 0.8, 1.1) + noise) * white, 0, white)
    write_photo(Photo(pixels, bit_depth=bit_depth), path)


def tree(process: int) -> Iterator[int]:
    """A process and all below it."""
    yield process
    with contextlib.suppress(OSError):
        for task in Path(f'/proc/{process}/task').iterdir():
            for child in (task / 'children').read_text().split():
                yield from tree(int(child))


def sizes(process: int) -> list[float]:
    """MiB of a process and all below it; what several share is divided among them (PSS)."""
    found = []
    for each in tree(process):
        with contextlib.suppress(OSError):  # it has just ended
            text = Path(f'/proc/{each}/smaps_rollup').read_text()
            found.append(int(text.split('Pss:')[1].split()[0]) * 1024 / MIB)
    return found


class Page:
    """The page, while it is served; visitors of its own hand photographs over."""

    def __init__(self, process: int, address: str) -> None:
        self.process, self.address = process, address
        self.most = 0.0
        config = httpx.get(f'{address}config').json()
        set_to = {one['id']: one['props'].get('value') for one in config['components']}
        functions = config['dependencies']
        (function,) = [one for one in functions if one['targets'][0][1] == 'upload']
        self._number = function['id']
        self._values = [set_to[component] for component in function['inputs'][1:]]
        threading.Thread(target=self._look, daemon=True).start()

    def enhance(self, name: str, photo: bytes) -> str | None:
        """Hands one photograph over; the address of its result, if there is one."""
        client = httpx.Client(base_url=self.address, timeout=3600)
        client.get('/')
        path = client.post('/gradio_api/upload', files={'files': (name, photo)}).json()[0]
        session = secrets.token_hex(6)
        file = {'path': path, 'meta': {'_type': 'gradio.FileData'}}
        body: dict[str, Any] = dict(data=[[file], *self._values], fn_index=self._number)
        client.post('/gradio_api/queue/join', json=body | dict(session_hash=session))
        with client.stream('GET', f'/gradio_api/queue/data?session_hash={session}') as stream:
            told = ''.join(stream.iter_lines())
        found = re.search(r'(results/[^"\\?]+)\?s=', told)
        return found[1] if found and 'Done.' in told else None

    def report(self, what: str) -> None:
        """One line: what is taken now."""
        taken = sorted(sizes(self.process), reverse=True)
        parts = ' + '.join(f'{size:.0f}' for size in taken)
        print(f'{what}: {sum(taken):.0f} MiB in {len(taken)} processes ({parts})', flush=True)

    def _look(self) -> None:
        while True:
            self.most = max(self.most, sum(sizes(self.process)))
            time.sleep(LOOK_SECONDS)


@contextlib.contextmanager
def served(arguments: list[str], folder: Path) -> Iterator[Page]:
    """The page, in processes of its own."""
    folder.mkdir()
    # Without this, freed memory stays with the process in amounts that vary from run to run.
    settings = {'MALLOC_TRIM_THRESHOLD_': '131072', 'MALLOC_ARENA_MAX': '2'}
    process = subprocess.Popen(
        [sys.executable, '-m', 'mmenlighten', 'app', '--port', '0', '--no-browser', *arguments],
        env={**os.environ, **settings, 'TMPDIR': str(folder)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith('The page is at '):
                threading.Thread(target=process.stdout.read, daemon=True).start()
                yield Page(process.pid, line.split()[4])
                return
        sys.exit('The page did not come.')
    finally:
        process.terminate()
        process.wait(30)


def large(page: Page, name: str, photo: bytes, folder: Path) -> None:
    """One photograph: the peaks of enhancing it, and of two downloads, beyond what is there now."""
    before, found = sum(sizes(page.process)), []

    def measured(what: str, call: partial[Any]) -> None:
        page.most = 0
        seconds, _ = clock(lambda: found.append(call()))
        page.most = max(page.most, sum(sizes(page.process)))
        print(f'{what}: {seconds:.0f} s, peak {page.most - before:.0f} MiB more', flush=True)

    measured('enhanced', partial(page.enhance, name, photo))
    for strength in (1, 0.8) if found[0] else ():
        address = f'{page.address}{found[0]}?s={strength:.2f}'
        measured(f'downloaded at {strength}', partial(httpx.get, address, timeout=3600))
        (folder / name).write_bytes(found[-1].content)
        pixels = read_photo(folder / name, max_pixels=10**9).pixels
        print(f'  the file has {pixels.shape[1]} x {pixels.shape[0]}, {pixels.dtype}')


def main() -> None:
    """Prints the memory before, at the end and later, or the peaks of one photograph."""
    parser = Options(__doc__)
    parser.add('--photos', 120, 'photographs')
    parser.add('--megapixels', 1.0, 'of each')
    parser.add('--kind', 'jpg', 'of file', choices=('jpg', 'png', 'tif'))
    parser.add('--bit-depth', 8, 'bits', choices=(8, 16))
    parser.add('options', nargs='*', help='after --, options of `mmenlighten app`')
    args = parser.read(None)
    print(machine_line())
    with tempfile.TemporaryDirectory() as temporary:
        folder, name = Path(temporary), f'a.{args.kind}'
        make_photo(folder / 'small.png', 0.1, 8)
        make_photo(folder / name, args.megapixels, args.bit_depth)
        photo = (folder / name).read_bytes()
        with served(['--device', 'cpu', *args.options], folder / 'served') as page:
            page.report('at the start')
            page.enhance('small.png', (folder / 'small.png').read_bytes())
            page.report('after a small photograph')
            if args.photos == 1:
                large(page, name, photo, folder)
                return
            with ThreadPoolExecutor(args.photos) as pool:
                start = time.monotonic()
                found = list(pool.map(lambda _: page.enhance(name, photo), range(args.photos)))
            done = sum(address is not None for address in found)
            print(f'{done} of {args.photos} done in {time.monotonic() - start:.0f} s')
            page.report('after all')
            time.sleep(SETTLE_SECONDS)
            page.report(f'{SETTLE_SECONDS} s later')


if __name__ == '__main__':
    main()
