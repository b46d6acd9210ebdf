"""Runs the benchmarks one after the other, and writes ``benchmarks/results/<machine>.md``.

For example, ``python benchmarks/run_all.py --official-code FOLDER``. The file appears whole or not
at all, after each benchmark anew; a later run replaces the sections of the benchmarks that it runs.
Nothing else should run meanwhile: each section says what load the machine had, and warns where
other processes took part of it. What a GPU needs beyond this is in ``benchmarks/gpu.py``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch

from benchmarks.benchmark_entry import BenchmarkEntry
from benchmarks.benchmark_list import NAMES, list_benchmarks
from benchmarks.machine import machine_facts, machine_name
from benchmarks.measured_command import MeasuredCommand
from benchmarks.official_code import URL, check_folder
from benchmarks.results_file import RESULTS, ResultsFile


def parse_args(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_options(parser)
    parser.add_argument('--device', choices=('cpu', 'cuda'), default='cpu', help='default: cpu')
    parser.add_argument(
        '--only', nargs='+', choices=NAMES, metavar='NAME', help=f'some of {", ".join(NAMES)}'
    )
    args = parser.parse_args(arguments)
    check_official_code(parser, args)
    if args.device == 'cuda' and not torch.cuda.is_available():
        parser.error('--device cuda: torch finds no CUDA GPU here; use --device cpu')
    return args


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds what ``benchmarks/gpu.py`` has too."""
    parser.add_argument(
        '--official-code', metavar='FOLDER', help=f'compare with the clone of {URL} in it'
    )
    parser.add_argument(
        '--quick', action='store_true', help='toy sizes, to see whether all runs; numbers are void'
    )
    parser.add_argument('--name', help='of the file of results (default: GPU or CPU, and cores)')
    parser.add_argument(
        '--results',
        type=Path,
        default=RESULTS,
        metavar='FOLDER',
        help='default: benchmarks/results',
    )


def check_official_code(parser: argparse.ArgumentParser, args: argparse.Namespace) -> None:
    """Ends the program, with a message, where ``--official-code`` is no clone."""
    if args.official_code is not None:
        try:
            check_folder(args.official_code)
        except ValueError as error:
            parser.error(str(error))


def choose(args: argparse.Namespace) -> list[BenchmarkEntry]:
    """The benchmarks to run; says which are left out, and why."""
    chosen = []
    entries = list_benchmarks(args.device, args.official_code, args.quick)
    for name in args.only or NAMES:
        entry = next((entry for entry in entries if entry.name == name), None)
        if entry is None:
            option = '--quick' if args.quick and args.device == 'cpu' else f'--device {args.device}'
            print(f'{name}: left out with {option}')
        elif not entry.is_possible:
            print(f'{name}: left out, {entry.package} is not installed')
        else:
            chosen.append(entry)
    return chosen


def run(entries: Sequence[BenchmarkEntry], results: ResultsFile) -> list[str]:
    """Runs the benchmarks, and returns the names of those that failed."""
    failed = []
    expected = took = 0.0
    for index, entry in enumerate(entries):
        # This machine is as much faster than the one of the expectations as it was so far.
        left = sum(each.seconds for each in entries[index:]) * (took / expected if expected else 1)
        print(f'[{index + 1}/{len(entries)}] {entry.name}: about {in_words(left)} left', flush=True)
        command = MeasuredCommand.run(f'benchmarks/{entry.script}', entry.arguments)
        expected, took = expected + entry.seconds, took + command.seconds
        results.put(entry.name, command.section())
        if command.disturbed:
            print(f'    Warning: {command.disturbance()}, so times are too long.')
        if command.failed:
            failed.append(entry.name)
            print(f'    {command.failure()} Its last lines:\n{command.last_lines()}', flush=True)
    return failed


def in_words(seconds: float) -> str:
    """A rough time."""
    return f'{seconds:.0f} s' if seconds < 100 else f'{seconds / 60:.0f} min'


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs what is asked for, and returns the exit status."""
    args = parse_args(arguments)
    entries = choose(args)
    name = args.name or machine_name(args.device)
    results = ResultsFile(args.results, name, machine_facts(args.device))
    failed = run(entries, results)
    print(f'Results: {results.path}' if entries else 'Nothing was run.')
    if failed:
        print(f'Failed: {", ".join(failed)}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
