"""Compares guided mode with the result of the network at full size: time, memory, likeness.

For example, ``python benchmarks/guided.py night.jpg --megapixels 2 12 --time-only 48``. Each row is
a process of its own, so that its peak of memory is its own. Without photographs those of the demo
are taken, which packages bring along, with an eighth of their light. A photograph is reduced to a
size or, if it is smaller, mirrored to it; ``--exposure 0.125`` darkens those of 8 bits, with noise.

``small`` compares with the full-size result reduced to the size of the small copy: how far the
network itself, shown less pixels, comes to another result, whatever is done with it afterwards.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks.timed_network import TimedNetwork
from mmenlighten.apis.enhancer import build_enhancer
from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.datasets.camera_model import darken_photograph
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.evaluation.functional.psnr import psnr
from mmenlighten.evaluation.functional.ssim import ssim
from mmenlighten.inference import guided_size
from mmenlighten.inference.area_reduction import reduce_area
from mmenlighten.photos import read_photo

MIB = 2**20
COLUMNS = ('Mpx', 'network s', 'rest s', 'full s', 'peak MiB', 'PSNR', 'SSIM', 'small')


@dataclass
class Row:
    """What one process measured.

    Args:
        megapixels: Size of the photograph.
        network: Seconds that the network took in guided mode.
        rest: Seconds that the rest of it took.
        peak: Bytes at the peak of guided mode beyond what the photograph and the loaded model take.
        full: Seconds of the full-size result; None if it was not made, as what follows.
        psnr: Of the guided result to the full-size one.
        ssim: The same.
        small: PSNR between both networks' results at the size of the small copy.
    """

    megapixels: float
    network: float
    rest: float
    peak: int
    full: float | None = None
    psnr: float | None = None
    ssim: float | None = None
    small: float | None = None


def write_demo_photographs(folder: Path) -> list[str]:
    """Writes well-lit photographs of the demo; gives their files."""
    from mmenlighten.datasets.demo_photographs import TEST_SCENES
    from mmenlighten.photos.image_io import write_image

    files = [str(folder / f'{scene.name}.png') for scene in TEST_SCENES]
    for file, scene in zip(files, TEST_SCENES):
        write_image(file, scene.read())
    return files


def to_size(pixels: np.ndarray, megapixels: float) -> np.ndarray:
    """Reduces a photograph, or mirrors it to at least the size and cuts."""
    scale = math.sqrt(megapixels * 1e6 / (pixels.shape[0] * pixels.shape[1]))
    height, width = (max(round(side * scale), 1) for side in pixels.shape[:2])
    if scale <= 1:
        small = reduce_area(pixels, height, width, np.float32)
        return np.rint(small * np.iinfo(pixels.dtype).max).astype(pixels.dtype)
    more = (0, height - pixels.shape[0]), (0, width - pixels.shape[1]), (0, 0)
    return np.pad(pixels, more, mode='symmetric')


def resident(kind: str) -> int:
    """Resident memory of this process in bytes: ``VmRSS`` now, ``VmHWM`` at its peak."""
    lines = Path('/proc/self/status').read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(kind))


def measure(args: argparse.Namespace) -> Row:
    """Enhances one photograph at one size, guided and as it is."""
    pixels = read_photo(args.photos[0], max_pixels=10**9).pixels
    pixels = to_size(pixels, args.megapixels[0])
    if args.exposure != 1:
        pixels = darken_photograph(pixels, args.exposure, np.random.default_rng(0))
    guided = _build(args, is_guided=True)
    guided.network = timed = TimedNetwork(guided.network)
    guided.enhance_pixels(pixels[:64, :64].copy())  # threads and kernels are started
    timed.wall_seconds.clear()
    before = resident('VmRSS')
    Path('/proc/self/clear_refs').write_text('5')  # the peak begins anew
    start = time.perf_counter()
    result = guided.enhance_pixels(pixels)
    whole = time.perf_counter() - start
    of_network = sum(timed.wall_seconds)
    row = Row(
        pixels.shape[0] * pixels.shape[1] / 1e6,
        of_network,
        whole - of_network,
        resident('VmHWM') - before,
    )
    if not args.is_compared:
        return row
    start = time.perf_counter()
    plain = _build(args, is_guided=False).enhance_pixels(pixels)
    row.full = time.perf_counter() - start
    row.psnr, row.ssim = (
        psnr(_levels(result), _levels(plain)),
        ssim(_levels(result), _levels(plain)),
    )
    size = guided_size(*pixels.shape[:2])
    small = guided.enhance_pixels(reduce_area(pixels, *size, np.float32))
    row.small = psnr(_levels(small), _levels(reduce_area(plain, *size, np.float32)))
    return row


def _build(args: argparse.Namespace, is_guided: bool) -> PhotoEnhancer:
    choice = ModelChoice(args.model, args.config, args.checkpoint)
    return build_enhancer(choice, EnhanceOptions(guided=is_guided))


def _levels(pixels: np.ndarray) -> np.ndarray:
    white = 1 if pixels.dtype.kind == 'f' else np.iinfo(pixels.dtype).max
    return np.rint(np.clip(pixels / np.float32(white), 0, 1) * 255).astype(np.uint8)


def measure_apart(options: Sequence[str], photo: str, megapixels: float, compared: bool) -> Row:
    """Runs :func:`measure` in a fresh process."""
    command = [sys.executable, __file__, photo, *options, '--megapixels', str(megapixels), '--only']
    result = subprocess.run(
        command + ['--compare'] * compared, stdout=subprocess.PIPE, text=True, check=False
    )
    if result.returncode:
        sys.exit(result.returncode)  # the process has said why
    return Row(**json.loads(result.stdout.splitlines()[-1]))


def print_row(name: str, row: Row) -> None:
    """One line of the table."""
    cells = [f'{row.megapixels:.1f}', f'{row.network:.2f}', f'{row.rest:.2f}']
    cells.append('-' if row.full is None else f'{row.full:.1f}')
    cells.append(f'{row.peak / MIB:.0f}')
    for value, digits in ((row.psnr, 2), (row.ssim, 4), (row.small, 2)):
        cells.append('-' if value is None else f'{value:.{digits}f}')
    print(f'{name[:28]:28}' + ''.join(f'{cell:>11}' for cell in cells), flush=True)


def parse_args(arguments: Sequence[str]) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add('photos', nargs='*', metavar='PHOTO', help='files (default: photographs of the demo)')
    add('--megapixels', type=float, nargs='*', default=[2, 12], metavar='M')
    add('--time-only', type=float, nargs='*', default=[], metavar='M', help='sizes not compared')
    add('--exposure', type=float, help='share of the light that is left (default: 1)')
    add('--model', help='as for mmenlighten enhance, like the next two')
    add('--config')
    add('--checkpoint')
    add('--only', action='store_true', help=argparse.SUPPRESS)
    add('--compare', dest='is_compared', action='store_true', help=argparse.SUPPRESS)
    args = parser.parse_args(arguments)
    if min([1, *args.megapixels, *args.time_only]) <= 0:
        parser.error('--megapixels and --time-only must be positive')
    if args.exposure is None:
        args.exposure = 1 if args.photos else 1 / 8
    if not 0 < args.exposure <= 1:
        parser.error('--exposure must be above 0 and at most 1')
    return args


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints one table."""
    args = parse_args(sys.argv[1:] if arguments is None else arguments)
    if args.only:
        print(json.dumps(asdict(measure(args))))
        return
    options = ['--exposure', str(args.exposure)]
    for name in ('model', 'config', 'checkpoint'):
        if getattr(args, name):
            options += [f'--{name}', getattr(args, name)]
    print(f'{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f} at the start')
    print(f'{"":28}' + ''.join(f'{name:>11}' for name in COLUMNS), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        photos = args.photos or write_demo_photographs(Path(folder))
        for sizes, compared in ((args.megapixels, True), (args.time_only, False)):
            for size in sizes:
                rows = []
                for photo in photos:
                    rows.append(asdict(measure_apart(options, photo, size, compared)))
                    print_row(Path(photo).stem, Row(**rows[-1]))
                if compared and len(rows) > 1:
                    means = {name: statistics.mean(row[name] for row in rows) for name in rows[0]}
                    print_row('mean', Row(**means))


if __name__ == '__main__':
    main()
