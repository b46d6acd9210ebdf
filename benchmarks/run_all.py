"""Runs the benchmarks one after the other, and writes ``benchmarks/results/<machine>.md``.

For example, ``python benchmarks/run_all.py --official-code FOLDER``, or on a CUDA GPU, in a limited
time, ``python benchmarks/run_all.py --device cuda --official-code FOLDER --minutes 20``. The file
appears whole or not at all, after each benchmark anew; a later run replaces the sections of the
benchmarks that it runs. Nothing else should run meanwhile: each section says what load the machine
had, and warns where other processes took part of it.
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

SHORTEST = 5.0
"""Seconds: with less left, nothing is begun."""

_COMPILED = 'bf16+accelerated+compile+features_compile+features_fp16+fused'
WORDS = dict(
    steps=' '.join(
        f'{step}+fused+kept_memory'
        for step in ('float32', 'accelerated', 'bf16', 'bf16+accelerated')
    ),
    # Those that have been found to gain little are last, should time run out.
    gpu_steps='float32+fused bf16+fused bf16+accelerated+fused '
    f'bf16+accelerated+features_fp16+fused {_COMPILED} {_COMPILED}+tuned {_COMPILED}+tuned+graphs '
    'bf16+accelerated+compile+fused',
    tiny_steps='--repeats 1 --batch 1 --variants float32+fused bf16+accelerated+fused',
    no_loading='--settings 16x2 --workers 0 --variants none --samples 2 --steps 1 --repeats 1',
)
"""Parts of the commands below. Further ones are ``on`` (the device), ``tiny``, and, with a clone of
the official code, ``official`` (the option) and ``row``.
"""

LISTS = dict(
    # The first pass of a process takes longer, so that small pictures are repeated.
    cpu="""
train-128 60 | train_step {on} {official} --variants {steps} --size 128 --batch 2
    | train_step {tiny} {tiny_steps} --size 32
train-320 150 | train_step {on} {official} --variants {steps} --size 320 --batch 1
    | train_step {tiny} {tiny_steps} --size 48
inference-small 60
    | inference {on} {official} --variants {row} float32 --megapixels 0.24 --rounds 3 --repeats 4
    | inference {tiny} --megapixels 0.01
inference 350 | inference {on} {official} --variants {row} float32 --megapixels 2 12 --rounds 2
    | inference {tiny} --megapixels 0.02
inference-48 200 | inference {on} --megapixels 48 --memory 6G
    | inference {tiny} --megapixels 0.03 --memory 1G
data-loading 400 | data_loading {on} --with-step --settings 320x1 128x2
    | data_loading {tiny} --with-step {no_loading}
guided 200 | guided --megapixels 2 12 | guided --megapixels 0.02
ray 200 | ray_throughput |
classical 600 | classical {on} --quick | classical {on} --repeats 1 --methods Gamma
metrics 60 | metrics | metrics --size 256 192 --repeats 1
many-photos 500 | many_photos | many_photos --counts 5 10 --more 5 --notes 10 100
""",
    # The official code enhances at half the size what is wider than 2200 pixels.
    cuda="""
products 80 | matmul_peak {on} | matmul_peak {on} --size 64 --repeats 1
training 540
    | train_step {on} --apart {official} --variants {gpu_steps} --size 320 --batch 32 --repeats 20
    | train_step {tiny} --apart {tiny_steps} --size 32
inference 60
    | inference {on} {official} --variants {row} float32 bf16 --repeats 5 --megapixels 0.24 2.0736
    --memory 16GiB
    | inference {tiny} --megapixels 0.01
inference-12 130
    | inference {on} {official} --variants {row} float32 bf16 --repeats 5 --megapixels 12
    --tile 1600
    | inference {tiny} --megapixels 0.02
tests 120 | -m pytest tests/test_cuda.py -vv --no-header
    | -m pytest tests/test_cuda.py -vv --no-header
""",
)
"""By device: each benchmark with its seconds on two cores, or its share of 20 minutes on a GPU, its
command, and the same in toy sizes.
"""


@dataclass(frozen=True)
class BenchmarkEntry:
    """A benchmark with the arguments that it runs with."""

    name: str
    script: str  # its path within the repository, or -m for a module
    arguments: tuple[str, ...]
    seconds: float  # that it takes on two cores, about
    package: str | None = None  # that it needs beyond what this one requires


def list_benchmarks(device: str, official_code: str | None, quick: bool) -> list[BenchmarkEntry]:
    """All benchmarks for ``cpu`` or ``cuda``; ``quick`` is for toy sizes."""
    on = f'--device {device}'
    official = '--official-code CLONE' if official_code else ''
    words = WORDS | dict(on=on, tiny=f'{on} --width 2 --threads 1', official=official)
    words['row'] = 'official' if official else ''
    entries = []
    for line in LISTS[device].strip().replace('\n    ', ' ').splitlines():
        head, *commands = line.format(**words).split('|')
        name, seconds = head.split()
        if not commands[quick].split():
            continue
        script, *arguments = commands[quick].split()
        given = tuple((official_code or '') if word == 'CLONE' else word for word in arguments)
        package = 'ray' if name == 'ray' else None
        script = script if script == '-m' else f'benchmarks/{script}.py'
        entries.append(BenchmarkEntry(name, script, given, float(seconds), package))
    return entries


def choose(args: argparse.Namespace) -> list[BenchmarkEntry]:
    """The benchmarks to run; says which are left out, and why."""
    chosen = []
    entries = list_benchmarks(args.device, args.official_code, args.quick)
    for name in set(args.only or ()) - {entry.name for entry in entries}:
        print(f'{name}: left out with --device {args.device}{" --quick" * args.quick}')
    for entry in entries:
        if args.only and entry.name not in args.only:
            continue
        if entry.package is not None and find_spec(entry.package) is None:
            print(f'{entry.name}: left out, {entry.package} is not installed')
        else:
            chosen.append(entry)
    return chosen


def run(entries: Sequence[BenchmarkEntry], args: argparse.Namespace) -> int:
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
            results.put(entry.name, f'Skipped: the time was over (--minutes {args.minutes:g}).')
            print(f'    Skipped: the time is over; --only {entry.name} measures it.')
            continue
        command = MeasuredCommand.run(entry.script, entry.arguments, timeout)
        results.put(entry.name, command.section())
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
    lines = '\n'.join(LISTS.values()).splitlines()
    names = sorted({line.split()[0] for line in lines if line and line[0] != ' '})
    parser = Options(__doc__, 'official_code')
    parser.add('--device', 'cpu', 'where all runs', choices=tuple(LISTS))
    parser.add('--only', None, f'some of {", ".join(names)}', nargs='+', choices=names, metavar='N')
    parser.add('--quick', False, 'toy sizes, to see whether all runs; numbers are void')
    parser.add('--minutes', None, 'that all may take', type=float)
    parser.add('--name', help='of the file of results (default: GPU or CPU, and cores)')
    parser.add('--results', RESULTS, 'folder of results', type=Path, metavar='FOLDER')
    args = parser.read(arguments)
    check_options(parser, args)
    if args.device == 'cuda' and not torch.cuda.is_available():
        parser.error('--device cuda: torch finds no CUDA GPU here; use --device cpu')
    return run(choose(args), args)


if __name__ == '__main__':
    sys.exit(main())
