"""Hands a large photograph to the page in a browser, and measures the memory of its processes.

For example, ``python benchmarks/app_large_photo.py --megapixels 50 --memory 2G --kind jpg``. Needs
gradio, playwright and a Chromium, which CHROMIUM may name.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks.harness import MIB, Options, clock, machine_line
from mmenlighten.app.limits import process_memory
from mmenlighten.photos import Photo, read_photo, write_photo
from mmenlighten.utils.numbers_of_text import parse_memory

MINUTES = 20
LOOK_SECONDS = 0.05
WATCH = """() => {
  window.told = [];
  const status = document.querySelector('#status');
  new MutationObserver(() => {
    const text = status.innerText.trim();
    if (text && told[told.length - 1] !== text) told.push(text);
  }).observe(status, {subtree: true, childList: true, characterData: true});
}"""
DONE = 'told.length && ["Done.", "Nothing was enhanced."].includes(told[told.length - 1])'


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


class Peak:
    """The greatest memory of a server's processes, without parts of files, that many looks saw."""

    def __init__(self, process: int) -> None:
        self._process = process
        self.most = self.now()
        threading.Thread(target=self._look, daemon=True).start()

    def now(self) -> int:
        """Bytes in memory now."""
        return sum(map(process_memory, tree(self._process)))

    def _look(self) -> None:
        while True:
            self.most = max(self.most, self.now())
            time.sleep(LOOK_SECONDS)


@contextlib.contextmanager
def server(arguments: list[str], folder: Path) -> Iterator[tuple[int, str]]:
    """The page, while it is served: its process and its address."""
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
                yield process.pid, line.split()[4]
                return
        sys.exit('The page did not come.')
    finally:
        process.terminate()
        process.wait(30)


def measure(args: argparse.Namespace, folder: Path) -> None:
    """Prints what one photograph takes."""
    from playwright.sync_api import sync_playwright

    photo, small = folder / f'large.{args.kind}', folder / 'small.png'
    make_photo(photo, args.megapixels, args.bit_depth)
    make_photo(small, 0.1, 8)
    size = photo.stat().st_size / MIB
    print(f'{args.megapixels:g} megapixels, {args.bit_depth} bits, {photo.suffix}, {size:.0f} MiB')
    options = ['--memory', args.memory, '--device', 'cpu', *args.options]
    with server(options, folder / 'served') as (process, address), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get('CHROMIUM') or shutil.which('chromium'),
            args=['--no-sandbox', '--headless'],
        )
        page = browser.new_page()
        page.set_default_timeout(MINUTES * 60_000)
        page.goto(address)
        page.wait_for_selector('#drop input[type=file]', state='attached')
        page.evaluate(WATCH)

        def hand_over(path: Path) -> None:
            page.set_input_files('#drop input[type=file]', str(path))
            page.wait_for_function(DONE)

        def report(what: str, seconds: float) -> None:
            taken = max(peak.most, peak.now()) - before
            share = f'{taken / parse_memory(args.memory):.0%} of the budget'
            print(
                f'{what}: {seconds:.0f} s, peak {taken / MIB:.0f} MiB beyond the libraries, {share}'
            )

        hand_over(small)  # libraries are imported, threads and kernels started
        page.click('#clear')
        page.wait_for_selector('#before-after', state='hidden')
        page.evaluate('told.length = 0')
        peak = Peak(process)
        before = peak.most
        report('enhanced', clock(lambda: hand_over(photo))[0])
        told = page.evaluate('told')
        print(f'  {len(told)} texts of progress, such as: {told[len(told) // 2].strip()}')
        print(f'  messages: {page.inner_text("#messages").strip() or "none"}')
        for strength in ('1', '0.8') if told[-1] == 'Done.' else ():
            page.locator('#strength input[type=range]').fill(strength)
            page.wait_for_selector(f'#downloads a.main[href$="s={float(strength):.2f}"]')
            peak.most = 0
            start = time.monotonic()
            with page.expect_download() as waiting:
                page.click('#downloads a.main')
            result = Path(waiting.value.path())
            report(f'downloaded at {strength}', time.monotonic() - start)
            pixels = read_photo(result).pixels
            print(f'  the file has {pixels.shape[1]} x {pixels.shape[0]}, {pixels.dtype}')
        if args.screenshot:
            page.screenshot(path=args.screenshot, full_page=True)
        browser.close()


def main() -> None:
    """Measures one photograph."""
    parser = Options(__doc__)
    parser.add('--megapixels', 50.0, 'size')
    parser.add('--memory', '2G', 'budget')
    parser.add('--kind', 'jpg', 'of file', choices=('jpg', 'png', 'tif'))
    parser.add('--bit-depth', 8, 'bits', choices=(8, 16))
    parser.add('--screenshot', metavar='FILE', help='where to keep one of the end')
    parser.add('options', nargs='*', help='after --, options of `mmenlighten app`')
    args = parser.read(None)
    print(machine_line())
    with tempfile.TemporaryDirectory() as folder:
        measure(args, Path(folder))


if __name__ == '__main__':
    main()
