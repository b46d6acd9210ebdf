"""Runs the benchmarks one after the other, and writes ``benchmarks/results/<machine>.md``.

For example, ``python benchmarks/run_all.py --official-code FOLDER``. The file appears whole or not
at all, after each benchmark anew; a later run replaces the sections of the benchmarks that it runs.
Nothing else should run meanwhile: each section says what load the machine had, and warns where
other processes took part of it. What a GPU needs beyond this is in ``benchmarks/gpu.py``.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch

from benchmarks.harness import Options
from benchmarks.official_code import check_options
from benchmarks.results_file import (
    RESULTS,
    MeasuredCommand,
    ResultsFile,
    machine_facts,
    machine_name,
)

NAMES = (
    *('train-128', 'train-320', 'inference-small', 'inference', 'inference-48'),
    *('convolution-peak', 'data-loading', 'guided', 'ray', 'classical', 'metrics', 'many-photos'),
)
SHORTEST = 5.0
"""Seconds: with less left, nothing is begun."""

STEPS = ('float32', 'accelerated', 'bf16', 'bf16+accelerated')


@dataclass(frozen=True)
class BenchmarkEntry:
    """A benchmark with the arguments that it runs with."""

    name: str
    script: str  # its path within the repository, or -m for a module
    arguments: tuple[str, ...]
    seconds: float  # that it takes on two cores, about
    package: str | None = None  # that it needs beyond what this one requires


def list_benchmarks(device: str, official_code: str | None, quick: bool) -> list[BenchmarkEntry]:
    """All benchmarks for ``cpu``, or those that run on ``cuda`` too; ``quick`` is for toy sizes."""
    on = f'--device {device}'
    lines = _quick(on) if quick else _whole(on, bool(official_code))
    entries = make_entries(lines, official_code)
    return [entry for entry in entries if device == 'cpu' or '--device' in entry.arguments]


def make_entries(lines: dict[str, float], official_code: str | None) -> list[BenchmarkEntry]:
    """Benchmarks of lines of name, script and arguments, in which CLONE is the official code."""
    entries = []
    for line, seconds in lines.items():
        name, script, *words = line.split()
        arguments = tuple((official_code or '') if word == 'CLONE' else word for word in words)
        package = 'ray' if name == 'ray' else None
        script = script if script == '-m' else f'benchmarks/{script}.py'
        entries.append(BenchmarkEntry(name, script, arguments, seconds, package))
    return entries


def _whole(on: str, is_compared: bool) -> dict[str, float]:
    """Names, scripts and arguments, and the seconds that each takes."""
    is_cpu = on.endswith('cpu')
    official = '--official-code CLONE' if is_compared else ''
    steps = f'{on} {official or "--official"} --variants '
    steps += ' '.join(f'{step}+fused+kept_memory' for step in STEPS)
    # Bfloat16 is slow on most CPUs.
    variants = 'float32' if is_cpu else 'float32 bf16'
    compared = f'{on} {official} --variants {"official" if is_compared else ""} {variants}'
    loading = f'{on} --with-step --settings 320x1 128x2 {"" if is_cpu else "320x32"}'
    times = (60, 350) if is_compared else (30, 150)
    return {
        f'train-128 train_step {steps} --size 128 --batch 2': 60,
        f'train-320 train_step {steps} --size 320 --batch 1': 150,
        # The first pass of a process takes longer.
        f'inference-small inference {compared} --megapixels 0.24 --rounds 3 --repeats 4': times[0],
        f'inference inference {compared} --megapixels 2 12 --rounds 2': times[1],
        f'inference-48 inference {on} --megapixels 48 --memory 6G': 200,
        f'convolution-peak convolution_peak {on} --sizes 400x608 1088x1920': 120,
        f'data-loading data_loading {loading}': 400,
        'guided guided --megapixels 2 12': 200,
        'ray ray_throughput': 200,
        f'classical classical {on} --quick': 600,
        'metrics metrics': 60,
        'many-photos many_photos': 500,
    }


def _quick(on: str) -> dict[str, float]:
    """The same in toy sizes."""
    tiny = f'{on} --width 2 --threads 1'
    step = f'{tiny} --repeats 1 --batch 1 --variants float32+fused bf16+accelerated+fused'
    loading = '--settings 16x2 --workers 0 --variants none --samples 2 --with-step --steps 1'
    return {
        f'train-128 train_step {step} --size 32': 5,
        f'train-320 train_step {step} --size 48': 5,
        f'inference-small inference {tiny} --megapixels 0.01': 6,
        f'inference inference {tiny} --megapixels 0.02': 6,
        f'inference-48 inference {tiny} --megapixels 0.03 --memory 1G': 7,
        f'convolution-peak convolution_peak {tiny} --repeats 1 --sizes 32x48': 4,
        f'data-loading data_loading {tiny} --repeats 1 {loading}': 12,
        'guided guided --megapixels 0.02': 9,
        f'classical classical {on} --repeats 1 --methods Gamma': 8,
        'metrics metrics --size 256 192 --repeats 1': 5,
        'many-photos many_photos --counts 5 10 --more 5 --notes 10 100': 5,
    }


def read_options(
    doc: str | None, names: Sequence[str], devices: Sequence[str], minutes: float | None
) -> Options:
    """The command line, with the first device as the default."""
    parser = Options(doc, 'official_code')
    parser.add('--device', devices[0], 'where all runs', choices=devices)
    parser.add('--only', None, f'some of {", ".join(names)}', nargs='+', choices=names, metavar='N')
    parser.add('--quick', False, 'toy sizes, to see whether all runs; numbers are void')
    parser.add('--minutes', minutes, 'that all may take', type=float)
    parser.add('--name', help='of the file of results (default: GPU or CPU, and cores)')
    parser.add('--results', RESULTS, 'folder of results', type=Path, metavar='FOLDER')
    return parser


def choose(args: argparse.Namespace) -> list[BenchmarkEntry]:
    """The benchmarks to run; says which are left out, and why."""
    chosen = []
    entries = list_benchmarks(args.device, args.official_code, args.quick)
    for name in args.only or NAMES:
        entry = next((entry for entry in entries if entry.name == name), None)
        if entry is None:
            option = '--quick' if args.quick and args.device == 'cpu' else f'--device {args.device}'
            print(f'{name}: left out with {option}')
        elif entry.package is not None and find_spec(entry.package) is None:
            print(f'{name}: left out, {entry.package} is not installed')
        else:
            chosen.append(entry)
    return chosen


def run(entries: Sequence[BenchmarkEntry], args: argparse.Namespace, prefix: str = '') -> int:
    """Runs the benchmarks, writes what they print, and returns the exit status.

    With ``--minutes``, each has a share by its seconds, and what it leaves goes to the next ones.
    """
    name = args.name or machine_name(args.device)
    results = ResultsFile(args.results, name, machine_facts(args.device))
    failed = []
    start, expected = time.monotonic(), 0.0
    total = sum(entry.seconds for entry in entries)
    for index, entry in enumerate(entries):
        took = time.monotonic() - start
        # This machine is as much faster than the one of the expectations as it was so far.
        left = (total - expected) * (took / expected if expected else 1)
        timeout, expected = None, expected + entry.seconds
        text = f'about {in_words(left)} left'
        if args.minutes:
            text = f'at most {in_words(max(0, 60 * args.minutes - took))} left'
            timeout = 60 * args.minutes * expected / total - took
        print(f'[{index + 1}/{len(entries)}] {entry.name}: {text}', flush=True)
        if timeout is not None and timeout < SHORTEST:
            results.put(
                prefix + entry.name, f'Skipped: the time was over (--minutes {args.minutes:g}).'
            )
            print(f'    Skipped: the time is over; --only {entry.name} measures it.')
            continue
        command = MeasuredCommand.run(entry.script, entry.arguments, timeout)
        results.put(prefix + entry.name, command.section())
        if sentence := command.disturbance():
            print(f'    Warning: {sentence}, so times are too long.')
        if command.failed:
            failed.append(entry.name)
            print(f'    {command.failure()} Its last lines:\n{command.last_lines()}', flush=True)
    print(f'Results: {results.path}' if entries else 'Nothing was run.')
    print(f'Failed: {", ".join(failed)}' if failed else 'Nothing failed.')
    return 1 if failed else 0


def in_words(seconds: float) -> str:
    """A rough time."""
    return f'{seconds:.0f} s' if seconds < 100 else f'{seconds / 60:.0f} min'


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs what is asked for, and returns the exit status."""
    parser = read_options(__doc__, NAMES, devices=('cpu', 'cuda'), minutes=None)
    args = parser.read(arguments)
    check_options(parser, args)
    if args.device == 'cuda' and not torch.cuda.is_available():
        parser.error('--device cuda: torch finds no CUDA GPU here; use --device cpu')
    return run(choose(args), args)


if __name__ == '__main__':
    sys.exit(main())
