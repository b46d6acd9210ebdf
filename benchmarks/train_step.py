"""Measures a training step of EnlightenGAN in several precisions, next to the official code.

For example, ``python benchmarks/train_step.py --variants float32 bf16+accelerated``. The official
code (``--official-code FOLDER``) has a process of its own, which never sees the settings of this
package. With ``--apart`` each row has one, and its peak of memory is its own: on a GPU, whose
memory would not hold all rows at once.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.harness import GIB, Options, Table, Worker, clock, in_turns, serve
from benchmarks.official_code import check_options, official_training_step
from mmenlighten.utils.device_name import device_name

OFFICIAL_CODE = 'official'

SWITCHES = {
    'float32': 'plain torch',
    'bf16': 'autocast',
    'accelerated': 'fast layers, and channels side by side in memory',
    'compile': 'all networks compiled',
    'graphs': 'what is compiled is replayed as CUDA graphs on a GPU',
    'tuned': 'what is compiled tries several shapes of each kernel on a GPU',
    'features_fp16': 'features of the loss in float16',
    'features_compile': 'that loss compiled',
    'fused': 'fused Adam',
    'kept_memory': 'freed memory of the CPU is kept, from here on in this process',
}
"""Parts of a variant's name, joined by ``+``, and what they mean."""

COLUMNS = ('GFLOP', 'seconds', 'fastest', 'slowest', 'CPU s', 'images/s', 'ratio')
STEPS_IN_A_ROW = 4
"""On a GPU, as training goes on without waiting."""

Clocks = Mapping[str, Callable[[], Sequence[float]]]


def build_step(args: argparse.Namespace, variant: str) -> tuple[Callable[[], object], float]:
    """The step, and its work in GFLOP: convolutions, forward and back."""
    if variant == OFFICIAL_CODE:
        # Nothing of this package is imported, so that none of its settings is at work.
        warnings.simplefilter('ignore')  # what the official code calls is old
        official = official_training_step(args.official_code, args.device, args.size, args.batch)
        with FlopCounterMode(display=False) as counter:
            official()
        return official, counter.get_total_flops() / 1e9
    from benchmarks.training import build, count_gflop

    torch.backends.cudnn.benchmark = True  # as configs do
    gflop = count_gflop(build(args, 'meta').step)
    step = build(args, args.device, variant).step

    def marked() -> None:
        torch.compiler.cudagraph_mark_step_begin()  # what graphs of the last step hold is free
        step()

    return marked if 'graphs' in variant.split('+') else step, gflop


def serve_row(args: argparse.Namespace) -> None:
    """Measures one variant whenever a line is read: seconds, CPU seconds, and peak of memory."""
    step, gflop = build_step(args, args.only)
    is_cuda = args.device.startswith('cuda')

    def measure() -> tuple[float, float, float]:
        if is_cuda:  # without what the choice of algorithms takes in the first rounds
            torch.cuda.reset_peak_memory_stats(args.device)
        times = clock(step, args.device, STEPS_IN_A_ROW if is_cuda else 1)
        return *times, torch.cuda.max_memory_allocated(args.device) / GIB if is_cuda else 0.0

    if args.profile:
        kinds = torch.profiler.ProfilerActivity
        measure()
        with torch.profiler.profile(activities=[kinds.CPU, kinds.CUDA]) as profiled:
            measure()
        kind = 'cuda' if is_cuda else 'cpu'
        table = profiled.key_averages().table(f'self_{kind}_time_total', row_limit=200)
        Path(args.profile).write_text(table)
    serve(gflop, measure)


def print_rows(
    table: Table, gflop: Mapping[str, float], clocks: Clocks, args: argparse.Namespace, first: float
) -> float:
    """One row for each call: medians; returns the median to which ratios are, of the first row."""
    for name, rounds in in_turns(clocks, args.repeats, warm_up=2).items():
        seconds, cpu, *peaks = zip(*rounds)
        median = statistics.median(seconds)
        first = first or median
        numbers = gflop[name], median, min(seconds), max(seconds), statistics.median(cpu)
        cells = [f'{number:.{digits}f}' for number, digits in zip(numbers, (2, 4, 4, 4, 3))]
        cells += [f'{args.batch / median:.2f}', f'{median / first:.2f}']
        table.row(name, *cells, *(f'{max(peak):.1f}' for peak in peaks if args.apart))
    return first


def print_steps(args: argparse.Namespace) -> bool:
    """The table of steps; whether all rows could be measured."""
    variants = [OFFICIAL_CODE] * (args.official_code is not None) + args.variants
    columns = [*COLUMNS, *['peak GiB'] * args.apart]
    table = Table('whole training step', columns, max(28, *map(len, variants)))
    options = [f'--{key}={getattr(args, key)}' for key in ('device', 'size', 'batch', 'width')]
    options += [f'--threads={torch.get_num_threads()}', f'--official-code={args.official_code}']
    first, failed = 0.0, False
    for group in [[variant] for variant in variants] if args.apart else [variants]:
        gflop: dict[str, float] = {}
        clocks: dict[str, Callable[[], Sequence[float]]] = {}
        workers: list[Worker] = []
        try:
            for variant in group:
                if args.apart or variant == OFFICIAL_CODE:
                    # The official code has no huge pages, even where this process asks for them.
                    plain = {'THP_MEM_ALLOC_ENABLE': '0'} if variant == OFFICIAL_CODE else None
                    row = 'train_step.py', '--only', variant, *options
                    workers.append(Worker(*row, environment=plain))
                    clocks[variant], gflop[variant] = workers[-1], workers[-1].first
                else:
                    step, gflop[variant] = build_step(args, variant)
                    clocks[variant] = partial(clock, step, args.device)
            first = print_rows(table, gflop, clocks, args, first)
        except RuntimeError as error:
            if not args.apart:
                raise
            failed = True
            table.row(group[0], f'failed: {error}')
        finally:
            for worker in workers:
                worker.close()
    return not failed


def parse_args(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    device = 'cuda' if torch.cuda.is_available() else 'cpu'
    parser = Options(__doc__, 'threads', 'width', 'repeats', 'official_code', device=device)
    parser.add('--size', 128, 'side of a picture')
    parser.add('--batch', 2, 'pictures in a batch')
    meanings = ', '.join(f'{name} ({meaning})' for name, meaning in SWITCHES.items())
    parser.add('--variants', ['float32'], f'rows of the step, parts joined by +: {meanings}')
    parser.add('--apart', False, 'each row in a process of its own, with its peak of memory')
    parser.add('--profile', metavar='FILE', help='with --only VARIANT: what takes the time')
    parser.add('--only', help=argparse.SUPPRESS)
    args = parser.read(arguments)
    if args.only:  # the official code has its own width
        return args
    check_options(parser, args)
    for variant in args.variants:
        if unknown := set(variant.split('+')) - set(SWITCHES):
            parser.error(f'--variants {variant}: {", ".join(sorted(unknown))} is unknown')
    return args


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the table."""
    args = parse_args(arguments)
    if args.only:
        serve_row(args)
        return
    threads = torch.get_num_threads()
    print(f'torch {torch.__version__}, {device_name(args.device)}, {threads} CPU threads')
    size = f'{args.size} x {args.size} pixels, batch {args.batch}'
    print(f'{size}, width {args.width}, median of {args.repeats}\n')
    is_complete = print_steps(args)
    print('\nseconds: the median; ratio: relative to the first row of the table')
    if not is_complete:
        sys.exit(1)


if __name__ == '__main__':
    main()
