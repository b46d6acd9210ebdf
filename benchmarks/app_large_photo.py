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
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from mmenlighten.app.limits import process_memory
from mmenlighten.photos import Photo, read_photo, write_photo
from mmenlighten.utils.memory_size import parse_memory

MIB = 2**20
MINUTES = 20
LOOK_SECONDS = 0.05
TELL = """() => {
  window.told = [];
  const status = document.querySelector('#status');
  new MutationObserver(() => {
    const text = status.innerText.trim();
    if (text && told[told.length - 1] !== text) told.push(text);
  }).observe(status, {subtree: true, childList: true, characterData: true});
}"""


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


def resident(process: int) -> int:
    """Memory that a process and those below it have taken, without parts of files; in bytes."""
    total = process_memory(process)
    with contextlib.suppress(OSError):
        for task in Path(f'/proc/{process}/task').iterdir():
            for child in (task / 'children').read_text().split():
                total += resident(int(child))
    return total


class Peak:
    """The greatest memory of a server's processes, as far as many looks tell.

    Args:
        process: The server.
    """

    def __init__(self, process: int) -> None:
        self._process = process
        self._most = 0
        threading.Thread(target=self._look, daemon=True).start()

    def begin_anew(self) -> None:
        """Forgets what was before."""
        self._most = 0

    def most(self) -> int:
        """The greatest memory since then, in bytes."""
        return max(self._most, resident(self._process))

    def _look(self) -> None:
        while True:
            self._most = max(self._most, resident(self._process))
            time.sleep(LOOK_SECONDS)


def start_server(arguments: list[str], folder: Path) -> tuple[subprocess.Popen[str], str]:
    """Starts the page; gives its process and its address."""
    process = subprocess.Popen(
        [sys.executable, '-m', 'mmenlighten', 'app', '--port', '0', '--no-browser', *arguments],
        # Without this, freed memory stays with the process in amounts that vary from run to run.
        env=os.environ
        | {'TMPDIR': str(folder), 'MALLOC_TRIM_THRESHOLD_': '131072', 'MALLOC_ARENA_MAX': '2'},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith('The page is at '):
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return process, line.split()[4]
    sys.exit('The page did not come.')


def hand_over(page: Any, photo: Path) -> float:
    """Hands a photograph over and waits for its end; gives seconds."""
    start = time.monotonic()
    page.set_input_files('#drop input[type=file]', str(photo))
    page.wait_for_function(
        'told.length && ["Done.", "Nothing was enhanced."].includes(told[told.length - 1])'
    )
    return time.monotonic() - start


def download(page: Any) -> tuple[Path, float]:
    """Downloads the result; gives its file and seconds."""
    start = time.monotonic()
    with page.expect_download() as waiting:
        page.click('#downloads a.main')
    return Path(waiting.value.path()), time.monotonic() - start


def measure(args: argparse.Namespace, folder: Path) -> None:
    """Prints what one photograph takes."""
    from playwright.sync_api import sync_playwright

    photo, small = folder / f'large.{args.kind}', folder / 'small.png'
    make_photo(photo, args.megapixels, args.bit_depth)
    make_photo(small, 0.1, 8)
    size = photo.stat().st_size / MIB
    print(f'{args.megapixels:g} megapixels, {args.bit_depth} bits, {photo.suffix}, {size:.0f} MiB')
    (folder / 'served').mkdir()
    process, address = start_server(
        ['--memory', args.memory, '--device', 'cpu', *args.options], folder / 'served'
    )
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=os.environ.get('CHROMIUM') or shutil.which('chromium'),
                args=['--no-sandbox', '--headless'],
            )
            page = browser.new_page()
            page.set_default_timeout(MINUTES * 60_000)
            page.goto(address)
            page.wait_for_selector('#drop input[type=file]', state='attached')
            page.evaluate(TELL)
            hand_over(page, small)  # libraries are imported, threads and kernels started
            page.click('#clear')
            page.wait_for_selector('#before-after', state='hidden')
            page.evaluate('told.length = 0')
            before, peak = resident(process.pid), Peak(process.pid)
            seconds = hand_over(page, photo)
            told = page.evaluate('told')
            report('enhanced', seconds, peak.most() - before, args.memory)
            print(f'  {len(told)} texts of progress, such as: {told[len(told) // 2].strip()}')
            print(f'  messages: {page.inner_text("#messages").strip() or "none"}')
            if told[-1] == 'Done.':
                for strength in ('1', '0.8'):
                    page.locator('#strength input[type=range]').fill(strength)
                    page.wait_for_selector(f'#downloads a.main[href$="s={float(strength):.2f}"]')
                    peak.begin_anew()
                    result, seconds = download(page)
                    report(f'downloaded at {strength}', seconds, peak.most() - before, args.memory)
                pixels = read_photo(result).pixels
                print(f'  the file has {pixels.shape[1]} x {pixels.shape[0]}, {pixels.dtype}')
            if args.screenshot:
                page.screenshot(path=args.screenshot, full_page=True)
            browser.close()
    finally:
        process.terminate()
        process.wait(30)


def report(what: str, seconds: float, peak: int, memory: str) -> None:
    """One line."""
    budget = parse_memory(memory)
    print(
        f'{what}: {seconds:.0f} s, peak {peak / MIB:.0f} MiB beyond the libraries, '
        f'{peak / budget:.0%} of the budget',
        flush=True,
    )


def main() -> None:
    """Measures one photograph."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--megapixels', type=float, default=50)
    parser.add_argument('--memory', default='2G', help='budget (default: 2G)')
    parser.add_argument('--kind', choices=('jpg', 'png', 'tif'), default='jpg')
    parser.add_argument('--bit-depth', type=int, choices=(8, 16), default=8)
    parser.add_argument('--screenshot', metavar='FILE', help='where to keep one of the end')
    parser.add_argument('options', nargs='*', help='after --, options of `mmenlighten app`')
    args = parser.parse_args()
    print(f'{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f} at the start')
    with tempfile.TemporaryDirectory() as folder:
        measure(args, Path(folder))


if __name__ == '__main__':
    main()
