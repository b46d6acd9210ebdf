"""Times HDRNet on large pictures: its network, its slice, and whole pictures in tiles.

``python benchmarks/hdrnet.py --threads 2`` prints seconds and CPU seconds of the network that
predicts the grid, of guide and slice in tiles, of the whole picture from bytes to bytes, and the
memory at its peak; then the slice alone, by ``grid_sample`` beside the exact dense form, both in
blocks of rows that stay in the cache, and how far they are apart. Each row is measured in a process
of its own.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks.harness import (
    MIB,
    Options,
    Table,
    TimedNetwork,
    apart,
    clock,
    in_turns,
    machine_line,
    resident,
)  # fmt: skip

WHOLE = ('curves', 'pointwise_nn')
SLICES = ('exact', 'grid_sample')


def size_of(megapixels: float) -> tuple[int, int]:
    """Height and width of a picture of 4:3."""
    height = max(1, round((megapixels * 0.75e6) ** 0.5))
    return height, round(megapixels * 1e6 / height)


def measure_whole(args: argparse.Namespace) -> dict[str, Any]:
    """Enhances a picture of random pixels in tiles, by a network with random weights."""
    import torch

    from mmenlighten.inference import choose_tile, enhance_tiled
    from mmenlighten.inference.allocator import give_back_freed_memory
    from mmenlighten.inference.torch_network import TorchNetwork
    from mmenlighten.models import HDRNet

    torch.manual_seed(0)
    with torch.inference_mode():  # starts threads and kernels
        torch.nn.functional.conv2d(torch.zeros(1, 3, 16, 16), torch.zeros(3, 3, 3, 3))
    before = resident('VmRSS')
    network = TorchNetwork(HDRNet(guide=args.only))
    traits = network.traits
    give_back_freed_memory(traits.works_in_bands)
    picture = np.random.default_rng(0).integers(0, 256, (*size_of(args.megapixels[0]), 3), np.uint8)
    out = np.empty_like(picture)
    held = picture.nbytes + out.nbytes
    tile = choose_tile(*picture.shape[:2], traits, 600 * MIB, reserved=held)
    thumbnail = np.zeros((1, 3, 256, 256), np.float32)
    timed = TimedNetwork(network)
    rounds = []
    for _ in range(args.repeats):
        timed.times.clear()
        seconds, cpu = clock(partial(enhance_tiled, timed, picture, traits, out, tile=tile))
        grid_seconds, grid_cpu = clock(partial(network.prepare, thumbnail))
        parts = [sum(times) for times in zip(*timed.times)]
        rounds.append((grid_seconds, grid_cpu, *parts, seconds, cpu))
    after = resident('VmHWM')
    peak = None if before is None or after is None else after - before
    return dict(times=[statistics.median(each) for each in zip(*rounds)], peak=peak)


def measure_slices(args: argparse.Namespace) -> dict[str, Any]:
    """Slices one picture by both forms, in turns."""
    import torch

    from mmenlighten.acceleration.inference.inference_hdrnet import BLOCK_PIXELS
    from mmenlighten.models.layers import BilateralSliceApply
    from mmenlighten.utils.padding_geometry import Window

    torch.manual_seed(0)
    height, width = size_of(args.megapixels[0])
    grid = torch.randn(1, 3, 4, 8, 16, 16)
    guide, image = torch.rand(1, 1, height, width), torch.rand(1, 3, height, width)
    results: dict[str, torch.Tensor] = {}

    def run(mode: Any) -> None:
        result, slice_apply = torch.empty_like(image), BilateralSliceApply(mode)
        step = max(1, BLOCK_PIXELS // width)
        for top in range(0, height, step):
            rows = slice(top, top + step)
            place = Window(top, 0, height, width)
            result[:, :, rows] = slice_apply(grid, guide[:, :, rows], image[:, :, rows], place)
        results[mode] = result

    with torch.inference_mode():
        clocks: dict[str, Callable[[], tuple[float, float]]] = {
            mode: partial(clock, partial(run, mode)) for mode in SLICES
        }
        found = in_turns(clocks, args.repeats)
    seconds, cpu = (
        {mode: statistics.median(each[kind] for each in times) for mode, times in found.items()}
        for kind in (0, 1)
    )
    apart_by = (results['exact'] - results['grid_sample']).abs().max().item()
    return dict(seconds=seconds, cpu=cpu, difference=apart_by)


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the tables."""
    parser = Options(__doc__, threads=None, repeats=3)
    parser.add('--megapixels', default=[12.0], help='sizes of the pictures, 4:3')
    parser.add('--only', help=argparse.SUPPRESS)
    args = parser.read(arguments)
    if args.only:
        print(json.dumps((measure_slices if args.only == 'slice' else measure_whole)(args)))
        return
    options = ['--repeats', args.repeats]
    options += ['--threads', args.threads] if args.threads else []
    print(machine_line())
    columns = ('Mpx', 'grid s', 'CPU s', 'slice s', 'CPU s', 'all s', 'CPU s', 'peak MiB')
    table = Table('whole picture, by guide', columns)
    for guide in WHOLE:
        for size in args.megapixels:
            row = apart('hdrnet.py', *options, '--only', guide, '--megapixels', size)
            peak = None if row['peak'] is None else f'{row["peak"] / MIB:.0f}'
            table.row(guide, f'{size:g}', *(f'{value:.2f}' for value in row['times']), peak)
    table = Table('slice alone', ('Mpx', 's', 'CPU s', 'ratio', 'largest difference'))
    for size in args.megapixels:
        row = apart('hdrnet.py', *options, '--only', 'slice', '--megapixels', size)
        for mode in SLICES:
            seconds, cpu = row['seconds'][mode], row['cpu'][mode]
            ratio = row['cpu']['exact'] / cpu
            shown = f'{row["difference"]:.1e}' if mode != 'exact' else None
            table.row(mode, f'{size:g}', f'{seconds:.2f}', f'{cpu:.2f}', f'{ratio:.1f}', shown)


if __name__ == '__main__':
    main()
