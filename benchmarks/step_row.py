"""One way to take a training step, measured in a process of its own: time and memory.

Its peak of memory is its own, and what it compiles or breaks disturbs no other. Started by
``benchmarks/gpu.py``, for example as
``python benchmarks/step_row.py bf16+accelerated+fused --device cuda --size 320 --batch 32``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch
from torch.utils.flop_counter import FlopCounterMode

OFFICIAL = 'official'
"""The official code."""

STEPS_IN_A_ROW = 4
PROFILE_ROWS = 200

OFFICIAL_ORDER = 'official-order'
"""The official order of work on networks of this package."""


def prepare(args: argparse.Namespace) -> tuple[Callable[[], object], float]:
    """The step, and its work in GFLOP: convolutions, forward and back."""
    if args.variant == OFFICIAL:
        # Nothing of this package is imported, so that none of its settings is at work.
        from benchmarks.official_code import official_training_step

        warnings.simplefilter('ignore')  # what the official code calls is old
        official = official_training_step(args.official_code, args.device, args.size, args.batch)
        with FlopCounterMode(display=False) as counter:
            official()
        return official, counter.get_total_flops() / 1e9

    from benchmarks import train_step

    torch.backends.cudnn.benchmark = True  # as configs do
    if args.variant == OFFICIAL_ORDER:
        gflop = train_step.count_gflop(train_step.build(args, 'meta').official_step)
        return train_step.build(args, args.device).official_step, gflop
    gflop = train_step.count_gflop(train_step.build(args, 'meta').step)
    step = train_step.build(args, args.device, args.variant).step

    def marked() -> None:
        torch.compiler.cudagraph_mark_step_begin()  # what graphs of the last step hold is free
        step()

    return marked if 'graphs' in args.variant.split('+') else step, gflop


def measure(step: Callable[[], object], device: str, repeats: int) -> list[float]:
    """Seconds of a step, measured some times.

    On a GPU each is the mean of a few steps in a row, as training goes on without waiting.
    """
    is_cuda = torch.device(device).type == 'cuda'
    steps = STEPS_IN_A_ROW if is_cuda else 1
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in range(steps):
            step()
        if is_cuda:
            torch.cuda.synchronize(device)
        times.append((time.perf_counter() - start) / steps)
    return times


def profile(step: Callable[[], object], device: str) -> str:
    """What a step spends its time on, the longest first."""
    is_cuda = torch.device(device).type == 'cuda'
    activities = [torch.profiler.ProfilerActivity.CPU]
    if is_cuda:
        activities.append(torch.profiler.ProfilerActivity.CUDA)
    with torch.profiler.profile(activities=activities) as profiler:
        measure(step, device, 1)
    by = 'self_cuda_time_total' if is_cuda else 'self_cpu_time_total'
    rows = profiler.key_averages()
    return rows.table(sort_by=by, row_limit=PROFILE_ROWS, max_name_column_width=120)


def parse_args(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        'variant', help=f'{OFFICIAL}, {OFFICIAL_ORDER}, or as for benchmarks/train_step.py'
    )
    parser.add_argument('--device', default='cpu', help='cpu (default), cuda, cuda:1')
    parser.add_argument('--size', type=int, default=320, help='side of a picture (default: 320)')
    parser.add_argument('--batch', type=int, default=32, help='pictures in a batch (default: 32)')
    parser.add_argument('--width', type=int, default=32, help='base channels (default: 32)')
    parser.add_argument('--repeats', type=int, default=20, help='measurements (default: 20)')
    parser.add_argument('--warm-up', type=int, default=5, help='steps before them (default: 5)')
    parser.add_argument('--official-code', metavar='FOLDER', help=f'for {OFFICIAL}')
    parser.add_argument('--profile', metavar='FILE', help='write what the steps spend time on')
    args = parser.parse_args(arguments)
    if args.variant == OFFICIAL and args.official_code is None:
        parser.error(f'{OFFICIAL} needs --official-code FOLDER')
    if args.variant not in (OFFICIAL, OFFICIAL_ORDER):
        from benchmarks.train_step import SWITCHES

        if unknown := set(args.variant.split('+')) - set(SWITCHES):
            parser.error(
                f'{", ".join(sorted(unknown))} is unknown: use {OFFICIAL}, {OFFICIAL_ORDER}, or '
                f'some of {", ".join(SWITCHES)} joined by +'
            )
    return args


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the median time, the work and the peak of memory, as JSON."""
    args = parse_args(arguments)
    step, gflop = prepare(args)
    measure(step, args.device, args.warm_up)
    is_cuda = torch.device(args.device).type == 'cuda'
    if is_cuda:
        # Counted are steps as they go on, without what the choice of algorithms takes at first.
        torch.cuda.reset_peak_memory_stats(args.device)
    times = measure(step, args.device, args.repeats)
    peak_gib = torch.cuda.max_memory_allocated(args.device) / 2**30 if is_cuda else None
    if args.profile:
        Path(args.profile).write_text(profile(step, args.device))
    row = dict(
        seconds=statistics.median(times),
        slowest=max(times),
        images_per_second=args.batch / statistics.median(times),
        gflop=gflop,
        peak_gib=peak_gib,
    )
    print(json.dumps(row))


if __name__ == '__main__':
    main()
