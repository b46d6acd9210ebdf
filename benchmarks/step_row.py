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
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.harness import GIB, Options, clock, serve

OFFICIAL = 'official'
"""The official code."""

OFFICIAL_ORDER = 'official-order'
"""The official order of work on networks of this package."""

STEPS_IN_A_ROW = 4
PROFILE_ROWS = 200


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

    from benchmarks.training import build, count_gflop

    torch.backends.cudnn.benchmark = True  # as configs do
    counted = build(args, 'meta')
    if args.variant == OFFICIAL_ORDER:
        return build(args, args.device).official_step, count_gflop(counted.official_step)
    step = build(args, args.device, args.variant).step

    def marked() -> None:
        torch.compiler.cudagraph_mark_step_begin()  # what graphs of the last step hold is free
        step()

    return marked if 'graphs' in args.variant.split('+') else step, count_gflop(counted.step)


def profile(step: Callable[[], object], device: str) -> str:
    """What a few steps spend their time on, the longest first."""
    kinds = torch.profiler.ProfilerActivity
    with torch.profiler.profile(activities=[kinds.CPU, kinds.CUDA]) as profiled:
        clock(step, device, STEPS_IN_A_ROW)
    kind = 'cuda' if device.startswith('cuda') else 'cpu'
    return profiled.key_averages().table(f'self_{kind}_time_total', PROFILE_ROWS)


def parse_args(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = Options(__doc__, 'device', 'threads', 'width', 'official_code', repeats=20)
    parser.add('variant', help=f'{OFFICIAL}, {OFFICIAL_ORDER}, or as for benchmarks/train_step.py')
    parser.add('--size', 320, 'side of a picture')
    parser.add('--batch', 32, 'pictures in a batch')
    parser.add('--warm-up', 5, 'steps before them')
    parser.add('--profile', metavar='FILE', help='write what the steps spend time on')
    parser.add('--turns', False, argparse.SUPPRESS)
    args = parser.read(arguments)
    if args.variant == OFFICIAL and args.official_code is None:
        parser.error(f'{OFFICIAL} needs --official-code FOLDER')
    if args.variant not in (OFFICIAL, OFFICIAL_ORDER):
        from benchmarks.training import SWITCHES

        if unknown := set(args.variant.split('+')) - set(SWITCHES):
            names = f'{OFFICIAL}, {OFFICIAL_ORDER}, or some of {", ".join(SWITCHES)} joined by +'
            parser.error(f'{", ".join(sorted(unknown))} is unknown: use {names}')
    return args


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the median time, the work and the peak of memory, as JSON."""
    args = parse_args(arguments)
    step, gflop = prepare(args)
    if args.turns:
        serve(gflop, partial(clock, step, args.device))
        return
    is_cuda = args.device.startswith('cuda')
    # On a GPU a few steps in a row, as training goes on without waiting.
    measure = partial(clock, step, args.device, STEPS_IN_A_ROW if is_cuda else 1)
    for _ in range(args.warm_up):
        measure()
    if is_cuda:
        # Counted are steps as they go on, without what the choice of algorithms takes at first.
        torch.cuda.reset_peak_memory_stats(args.device)
    times = [measure()[0] for _ in range(args.repeats)]
    peak_gib = torch.cuda.max_memory_allocated(args.device) / GIB if is_cuda else None
    if args.profile:
        Path(args.profile).write_text(profile(step, args.device))
    seconds = statistics.median(times)
    row = dict(seconds=seconds, slowest=max(times), images_per_second=args.batch / seconds)
    print(json.dumps(dict(**row, gflop=gflop, peak_gib=peak_gib)))


if __name__ == '__main__':
    main()
