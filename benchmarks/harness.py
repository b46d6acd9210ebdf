"""What the benchmarks share: options, clock, turns, rows in processes of their own, and tables."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar('T')
REPOSITORY = Path(__file__).resolve().parents[1]
MIB, GIB = 2**20, 2**30
OFFICIAL_URL = 'https://github.com/VITA-Group/EnlightenGAN'

COMMON: dict[str, dict[str, Any]] = {
    'device': dict(default='cpu', help='cpu, cuda, cuda:1'),
    'threads': dict(type=int, help='CPU threads'),
    'width': dict(default=32, help='base channels of the generator'),
    'repeats': dict(default=5, help='measurements of each row'),
    'official_code': dict(metavar='FOLDER', help=f'compare with the clone of {OFFICIAL_URL} in it'),
    'model': dict(help='as for mmenlighten enhance, like --config and --checkpoint'),
    'config': dict(help=argparse.SUPPRESS),
    'checkpoint': dict(help=argparse.SUPPRESS),
}
"""Options that several benchmarks have."""


class Options(argparse.ArgumentParser):
    """A command line on which all numbers are positive.

    ``common`` are names in :data:`COMMON`, ``changed`` such names with other defaults.
    """

    def __init__(self, description: str | None, *common: str, **changed: Any) -> None:
        super().__init__(
            description=description, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        for name in (*common, *changed):
            more = dict(default=changed[name]) if name in changed else {}
            self.add(f'--{name.replace("_", "-")}', **{**COMMON[name], **more})

    def add(self, name: str, default: Any = None, help: str = '', **more: Any) -> None:
        """Adds an option; its type, and whether it takes several values, follow the default."""
        if default is False:
            more['action'] = 'store_true'
        elif default is not None:
            first = default[0] if isinstance(default, list) and default else default
            more.setdefault('type', str if isinstance(first, list) else type(first))
            shown = ' '.join(map(str, default)) if isinstance(default, list) else default
            if isinstance(default, list):
                more.setdefault('nargs', '+')
            if name.startswith('-') and help != argparse.SUPPRESS and shown != '':
                help = f'{help} (default: {shown})'
        self.add_argument(name, default=default, help=help, **more)

    def read(self, arguments: Sequence[str] | None) -> argparse.Namespace:
        """Reads the command line, and sets the number of threads if it is given."""
        args = self.parse_args(arguments)
        for name, value in vars(args).items():
            for number in value if isinstance(value, list) else [value]:
                is_number = isinstance(number, (int, float)) and not isinstance(number, bool)
                if is_number and number <= 0 and name != 'workers':
                    self.error(f'--{name.replace("_", "-")} must be positive')
        if getattr(args, 'threads', None):
            import torch

            torch.set_num_threads(args.threads)
        return args


def clock(
    call: Callable[[], object], device: str = 'cpu', in_a_row: int = 1
) -> tuple[float, float]:
    """Seconds and CPU seconds of a call, as the mean of some in a row."""
    synchronize(device)
    start = time.perf_counter(), time.process_time()
    for _ in range(in_a_row):
        call()
    synchronize(device)
    end = time.perf_counter(), time.process_time()
    return (end[0] - start[0]) / in_a_row, (end[1] - start[1]) / in_a_row


def synchronize(device: str) -> None:
    """Waits until a GPU has done all that was queued."""
    if device.startswith('cuda'):
        import torch

        torch.cuda.synchronize(device)


def in_turns(
    clocks: Mapping[str, Callable[[], T]], repeats: int, warm_up: int = 1
) -> dict[str, list[T]]:
    """Measurements of each clock, which take turns: a drift of the machine hits all of them alike.

    Rounds to warm up do not count: in them memory is taken and algorithms are chosen.
    """
    rounds = [{name: one() for name, one in clocks.items()} for _ in range(warm_up + repeats)]
    return {name: [each[name] for each in rounds[warm_up:]] for name in clocks}


def start(script: str, *arguments: object, **more: Any) -> subprocess.Popen[str]:
    """Starts a benchmark in a process of its own; ``environment`` adds variables."""
    return subprocess.Popen(
        [sys.executable, str(REPOSITORY / 'benchmarks' / script), *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **(more.pop('environment', None) or {})},
        **more,
    )


def apart(script: str, *arguments: object, environment: Mapping[str, str] | None = None) -> Any:
    """What a benchmark prints as JSON in its last line, in a process with its own peak of memory.

    Raises:
        SystemExit: The process failed; it has said why.
    """
    process = start(script, *arguments, environment=environment)
    output, _ = process.communicate()
    if process.returncode:
        sys.exit(process.returncode)
    return json.loads(output.splitlines()[-1])


class Worker:
    """A benchmark in a process of its own, in :func:`serve`, that measures whenever it is called.

    Raises:
        RuntimeError: The process has ended; it has said why.
    """

    def __init__(
        self, script: str, *arguments: object, environment: Mapping[str, str] | None = None
    ) -> None:
        self._process = start(script, *arguments, environment=environment, stdin=subprocess.PIPE)
        self.first = self._read()

    def __call__(self) -> Any:
        """One measurement."""
        assert self._process.stdin is not None
        self._process.stdin.write('\n')
        self._process.stdin.flush()
        return self._read()

    def close(self) -> None:
        """Ends the process."""
        self._process.communicate()

    def _read(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self.close()
            status = self._process.returncode
            raise RuntimeError(f'The process of the benchmark has ended with status {status}.')
        return json.loads(line)


def serve(first: object, measure: Callable[[], object]) -> None:
    """The inside of a :class:`Worker`: prints ``first``, then a measurement for each line read."""
    print(json.dumps(first), flush=True)
    for _ in sys.stdin:
        print(json.dumps(measure()), flush=True)


class TimedNetwork:
    """Notes seconds and CPU seconds of each call, but not of ``prepare``, once for a picture."""

    def __init__(self, network: Any) -> None:
        self.network = network
        self.times: list[tuple[float, float]] = []

    def __call__(self, *arguments: Any, method: str = '__call__') -> Any:
        """Enhances pictures."""
        results: list[Any] = []
        enhance = getattr(self.network, method)
        self.times.append(clock(lambda: results.append(enhance(*arguments))))
        return results[0]

    def __getattr__(self, name: str) -> Any:
        """Methods of the network; that which enhances parts is measured."""
        found = getattr(self.network, name)
        return partial(self, method=name) if name == 'enhance_part' else found


class Table:
    """Prints a head at once and rows as they come; columns are as wide as their heads or wider."""

    def __init__(self, title: str, columns: Sequence[str], first: int = 28) -> None:
        self._widths = [max(len(column) + 2, 10) for column in columns]
        self._first = first
        self.row(title, *columns)

    def row(self, name: str, *cells: object) -> None:
        """Prints a row; None is a dash."""
        texts = ('-' if cell is None else str(cell) for cell in cells)
        aligned = ''.join(f'{text:>{width}}' for text, width in zip(texts, self._widths))
        print(f'{name:{self._first}}{aligned}'.rstrip(), flush=True)


def resident(kind: str) -> int | None:
    """Bytes of this process in memory: ``VmRSS`` now, ``VmHWM`` at its peak; on Linux only."""
    try:
        lines = Path('/proc/self/status').read_text().splitlines()
    except OSError:
        return None
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(kind))


def begin_peak() -> int:
    """Has ``VmHWM`` begin anew, and returns what is taken now."""
    Path('/proc/self/clear_refs').write_text('5')
    return resident('VmRSS') or 0


def load_average() -> float:
    """Processes that ran or wanted to in the last minute."""
    return os.getloadavg()[0]


def machine_line() -> str:
    """CPUs and load, for the first line of a benchmark."""
    return f'{os.cpu_count()} CPUs, load {load_average():.1f} at the start'
