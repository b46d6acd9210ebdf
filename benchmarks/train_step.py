"""Measures a training step of EnlightenGAN, part by part and in several precisions.

For example, ``python benchmarks/train_step.py --official --variants float32 bf16+accelerated``
compares the step with the official order of work, in one run. The official code itself has a
process of its own, which never sees the settings of this package.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch

from benchmarks.harness import Options, Table, Worker, apart, clock, device_name, in_turns
from benchmarks.official_code import check_options
from benchmarks.training import SWITCHES, build, count_gflop

OFFICIAL_CODE = 'official code'
OFFICIAL = 'official order of work'
APART_COLUMNS = (
    *('images/s', 'ratio', 'slowest / median'),
    *('GFLOP', 'GFLOP/s', 'of the bf16 peak', 'peak GiB'),
)
COLUMNS = ('GFLOP', 'seconds', 'fastest', 'slowest', 'CPU s', 'images/s', 'ratio')

Clocks = dict[str, Callable[[], tuple[float, float]]]


def print_table(
    title: str, gflop: dict[str, float], clocks: Clocks, args: argparse.Namespace
) -> None:
    """One row for each call: medians, and the fastest and the slowest."""
    times = in_turns(clocks, args.repeats, warm_up=2)
    print()
    table = Table(title, COLUMNS, max(28, *map(len, clocks)))
    first = None
    for name, pairs in times.items():
        seconds, cpu = zip(*pairs)
        median = statistics.median(seconds)
        first = first or median
        spread = f'{median:.4f}', f'{min(seconds):.4f}', f'{max(seconds):.4f}'
        rate = f'{statistics.median(cpu):.3f}', f'{args.batch / median:.2f}'
        table.row(name, f'{gflop[name]:.2f}', *spread, *rate, f'{median / first:.2f}')


def print_apart(args: argparse.Namespace) -> bool:
    """Prints the step in all variants, each in a process of its own; whether all went well."""
    size = 8192 if args.device.startswith('cuda') else 64
    product = '--device', args.device, '--size', size, '--precisions', 'bf16'
    peak = apart('matmul_peak.py', *product)['bf16']
    print(f'bf16 peak: {peak:.1f} GFLOP/s in products of {size} x {size}')
    table = Table('step', APART_COLUMNS, 28)
    first, failed = 0.0, False
    options = [f'--{name}={getattr(args, name)}' for name in ('device', 'size', 'batch', 'repeats')]
    variants = ['official'] if args.official_code else ['official-order'] if args.official else []
    for variant in (*variants, *args.variants):
        own = 'official-code' if variant == 'official' else 'width'
        value = getattr(args, own.replace('-', '_'))
        try:
            row = apart('step_row.py', variant, *options, f'--{own}={value}')
        except SystemExit as error:
            failed = True
            table.row(variant, f'failed with exit status {error.code}')
            continue
        rate, speed = row['gflop'] / row['seconds'], row['images_per_second']
        first = first or speed
        cells = f'{speed:.1f}', f'{speed / first:.2f}', f'{row["slowest"] / row["seconds"]:.2f}'
        memory = '-' if row['peak_gib'] is None else f'{row["peak_gib"]:.1f}'
        table.row(
            variant, *cells, f'{row["gflop"]:.0f}', f'{rate:.0f}', f'{rate / peak:.1%}', memory
        )
    print('\nratio: to the first row; float32 on a GPU: convolutions in TF32')
    return not failed


def parse_args(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    device = 'cuda' if torch.cuda.is_available() else 'cpu'
    parser = Options(__doc__, 'threads', 'width', 'repeats', 'official_code', device=device)
    parser.add('--size', 128, 'side of a picture')
    parser.add('--batch', 2, 'pictures in a batch')
    meanings = ', '.join(f'{name} ({meaning})' for name, meaning in SWITCHES.items())
    parser.add('--variants', ['float32'], f'rows of the step, parts joined by +: {meanings}')
    parser.add('--official', False, 'first row: the step in the official order of work')
    parser.add('--apart', False, 'each row in a process of its own, with its peak of memory')
    args = parser.read(arguments)
    if not args.apart:
        check_options(parser, args)
    for variant in args.variants:
        if unknown := set(variant.split('+')) - set(SWITCHES):
            parser.error(f'--variants {variant}: {", ".join(sorted(unknown))} is unknown')
    return args


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints two tables: the parts in float32, and the step in all variants."""
    args = parse_args(arguments)
    if args.apart:
        sys.exit(0 if print_apart(args) else 1)
    threads = torch.get_num_threads()
    print(f'torch {torch.__version__}, {device_name(args.device)}, {threads} CPU threads')
    size = f'{args.size} x {args.size} pixels, batch {args.batch}'
    print(f'{size}, width {args.width}, median of {args.repeats}')
    counted = build(args, 'meta')
    with torch.no_grad():
        gflop = {name: count_gflop(call) for name, call in counted.parts().items()}
        parts = build(args, args.device).parts()
        clocks = {name: partial(clock, part, args.device) for name, part in parts.items()}
        print_table('forward pass (float32)', gflop, clocks, args)

    clocks, official = {}, None
    gflop = dict.fromkeys(args.variants, count_gflop(counted.step))
    if args.official_code is not None:
        options = ['official', '--turns', '--official-code', args.official_code]
        for name in ('device', 'size', 'batch'):
            options += [f'--{name}', getattr(args, name)]
        # No huge pages, even where this process has asked for them.
        plain = {'THP_MEM_ALLOC_ENABLE': '0'}
        official = Worker('step_row.py', *options, '--threads', threads, environment=plain)
        clocks[OFFICIAL_CODE], gflop[OFFICIAL_CODE] = official, official.first
    try:
        if args.official:
            step = build(args, args.device).official_step
            clocks[OFFICIAL] = partial(clock, step, args.device)
            gflop[OFFICIAL] = count_gflop(counted.official_step)
        for variant in args.variants:
            step = build(args, args.device, variant).step
            clocks[variant] = partial(clock, step, args.device)
        print_table('whole training step', gflop, clocks, args)
    finally:
        if official is not None:
            official.close()
    print('\nseconds: the median; ratio: relative to the first row of the table')


if __name__ == '__main__':
    main()
