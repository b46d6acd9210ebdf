"""Measures all that a CUDA GPU does, in a limited time.

For example, ``python benchmarks/gpu.py --official-code FOLDER --minutes 20``. The parts are: what
the GPU can do at most, the training step, whole pictures, the demo trained on GPU and CPU, and the
tests that need a GPU. Each has a share of the time, and what it leaves goes to those that follow;
results are written into ``benchmarks/results/<machine>.md`` after each part, and within them.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch

from benchmarks.gpu_parts import SHORTEST, GpuParts
from benchmarks.machine import machine_facts, machine_name
from benchmarks.results_file import ResultsFile
from benchmarks.run_all import add_options, check_official_code, in_words

SHARES = {'peak': 0.12, 'training': 0.45, 'inference': 0.15, 'demo': 0.18, 'tests': 0.10}
"""Parts, and the shares of the time that they may take."""


def parse_args(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_options(parser)
    parser.add_argument(
        '--minutes', type=float, default=20, help='that all parts may take (default: 20)'
    )
    parser.add_argument(
        '--device', choices=('cuda', 'cpu'), default='cuda', help='cpu only to try the script'
    )
    parser.add_argument(
        '--only', nargs='+', choices=SHARES, metavar='PART', help=f'some of {", ".join(SHARES)}'
    )
    args = parser.parse_args(arguments)
    check_official_code(parser, args)
    if args.minutes <= 0:
        parser.error('--minutes must be positive')
    if args.device == 'cpu' and not args.quick:
        parser.error('--device cpu would take hours: add --quick, or use benchmarks/run_all.py')
    return args


def run(args: argparse.Namespace, parts: GpuParts, results: ResultsFile) -> None:
    """Runs the parts one after the other, and writes what they say."""
    start = time.monotonic()
    names = [name for name in SHARES if name in (args.only or SHARES)]
    shares = [SHARES[name] for name in names]
    for index, name in enumerate(names):
        end = start + 60 * args.minutes
        parts.deadline = start + 60 * args.minutes * sum(shares[: index + 1]) / sum(shares)
        left = in_words(max(0, end - time.monotonic()))
        print(f'[{index + 1}/{len(names)}] {name}: at most {left} left for all', flush=True)
        title = f'gpu-{name}'
        if parts.seconds_left() < SHORTEST:
            results.put(title, f'Skipped: the time was over (--minutes {args.minutes:g}).')
            print(f'    Skipped: the time is over; --only {name} measures it.')
            continue
        for text in getattr(parts, name)():
            results.put(title, text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs what is asked for, and returns the exit status."""
    args = parse_args(arguments)
    if args.device == 'cuda' and not torch.cuda.is_available():
        print(
            'benchmarks/gpu.py needs a CUDA GPU, and torch finds none here; --device cpu --quick '
            'tries the script without one.',
            file=sys.stderr,
        )
        return 1
    name = args.name or machine_name(args.device)
    results = ResultsFile(args.results, name, machine_facts(args.device))
    parts = GpuParts(args.device, args.official_code, args.quick)
    run(args, parts, results)
    print(f'Results: {results.path}')
    for command in parts.failed:
        print(f'Failed: {command}')
    return 1 if parts.failed else 0


if __name__ == '__main__':
    sys.exit(main())
