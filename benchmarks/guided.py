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
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks.harness import (
    MIB,
    Options,
    Table,
    TimedNetwork,
    apart,
    begin_peak,
    clock,
    machine_line,
    resident,
)  # fmt: skip
from mmenlighten.apis.enhancer import build_enhancer
from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.camera import darken_photograph
from mmenlighten.datasets.demo_photographs import TEST_SCENES
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.evaluation.functional.pixelwise import psnr
from mmenlighten.evaluation.functional.ssim import ssim
from mmenlighten.inference import guided_size
from mmenlighten.inference.area_reduction import reduce_area
from mmenlighten.photos import read_photo
from mmenlighten.photos.image_io import write_image

COLUMNS = {
    **{'Mpx': '.1f', 'network s': '.2f', 'rest s': '.2f', 'full s': '.1f', 'peak MiB': '.0f'},
    **{'PSNR': '.2f', 'SSIM': '.4f', 'small': '.2f'},
}
"""Columns and how they are written; peak is beyond the photograph and the loaded model."""


def to_size(pixels: np.ndarray, megapixels: float) -> np.ndarray:
    """Reduces a photograph, or mirrors it to at least the size and cuts."""
    scale = math.sqrt(megapixels * 1e6 / (pixels.shape[0] * pixels.shape[1]))
    height, width = (max(round(side * scale), 1) for side in pixels.shape[:2])
    if scale <= 1:
        small = reduce_area(pixels, height, width, np.float32)
        return np.rint(small * np.iinfo(pixels.dtype).max).astype(pixels.dtype)
    more = (0, height - pixels.shape[0]), (0, width - pixels.shape[1]), (0, 0)
    return np.pad(pixels, more, mode='symmetric')


def measure(args: argparse.Namespace) -> list[float | None]:
    """Enhances one photograph at one size, guided and as it is; the cells of its row."""
    pixels = to_size(read_photo(args.photos[0], max_pixels=10**9).pixels, args.megapixels[0])
    if args.exposure != 1:
        pixels = darken_photograph(pixels, args.exposure, np.random.default_rng(0))
    choice = ModelChoice(args.model, args.config, args.checkpoint)
    guided, full = (build_enhancer(choice, EnhanceOptions(guided=way)) for way in (True, False))
    guided.network = timed = TimedNetwork(guided.network)
    guided.enhance_pixels(pixels[:64, :64].copy())  # threads and kernels are started
    timed.times.clear()
    made: list[np.ndarray] = []
    before = begin_peak()
    whole, _ = clock(lambda: made.append(guided.enhance_pixels(pixels)))
    network = sum(seconds for seconds, _ in timed.times)
    peak = ((resident('VmHWM') or 0) - before) / MIB
    row = [pixels.shape[0] * pixels.shape[1] / 1e6, network, whole - network]
    if not args.compare:
        return [*row, None, peak, None, None, None]
    seconds, _ = clock(lambda: made.append(full.enhance_pixels(pixels)))
    size = guided_size(*pixels.shape[:2])
    made.append(guided.enhance_pixels(reduce_area(pixels, *size, np.float32)))
    made.append(reduce_area(made[1], *size, np.float32))
    result, plain, small, plain_small = map(_levels, made)
    likeness = psnr(result, plain), ssim(result, plain), psnr(small, plain_small)
    return [*row, seconds, peak, *likeness]


def _levels(pixels: np.ndarray) -> np.ndarray:
    white = 1 if pixels.dtype.kind == 'f' else np.iinfo(pixels.dtype).max
    return np.rint(np.clip(pixels / np.float32(white), 0, 1) * 255).astype(np.uint8)


def parse_args(arguments: Sequence[str]) -> argparse.Namespace:
    """Reads the command line."""
    parser = Options(__doc__, 'model', 'config', 'checkpoint')
    parser.add('photos', nargs='*', metavar='PHOTO', help='files (default: of the demo)')
    parser.add('--megapixels', [2.0, 12.0], 'sizes', nargs='*')
    parser.add('--time-only', [], 'sizes that are not compared', nargs='*', type=float)
    parser.add('--exposure', type=float, help='share of the light that is left (default: 1)')
    parser.add('--only', False, argparse.SUPPRESS)
    parser.add('--compare', False, argparse.SUPPRESS)
    args = parser.read(arguments)
    if args.exposure is None:
        args.exposure = 1 if args.photos else 1 / 8
    if args.exposure > 1:
        parser.error('--exposure must be at most 1')
    return args


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints one table."""
    args = parse_args(sys.argv[1:] if arguments is None else arguments)
    if args.only:
        print(json.dumps(measure(args)))
        return
    options = ['--exposure', args.exposure]
    for name in ('model', 'config', 'checkpoint'):
        options += [f'--{name}', getattr(args, name)] if getattr(args, name) else []
    print(machine_line())
    table = Table('', list(COLUMNS))

    def print_row(name: str, row: Sequence[float | None]) -> None:
        cells = zip(row, COLUMNS.values())
        table.row(name[:28], *(None if cell is None else f'{cell:{how}}' for cell, how in cells))

    with tempfile.TemporaryDirectory() as folder:
        if not args.photos:
            args.photos = [str(Path(folder, f'{scene.name}.png')) for scene in TEST_SCENES]
            for file, scene in zip(args.photos, TEST_SCENES):
                write_image(file, scene.read())
        for sizes, compare in ((args.megapixels, ['--compare']), (args.time_only, [])):
            for size in sizes:
                rows = []
                for photo in args.photos:
                    command = photo, *options, *compare, '--megapixels', size, '--only'
                    rows.append(apart('guided.py', *command))
                    print_row(Path(photo).stem, rows[-1])
                if compare and len(rows) > 1:
                    print_row('mean', [statistics.mean(column) for column in zip(*rows)])


if __name__ == '__main__':
    main()
