"""Runs training steps of the official code in a process of its own, whenever it is told to.

That process never sees the settings of this package. Started by ``benchmarks/train_step.py``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.official_code import official_training_step


class OfficialWorker:
    """The process, from the outside.

    Args:
        folder: A clone of the official repository.
        device: Where it trains.
        size: Side of a picture.
        batch: Pictures in a batch.
        threads: CPU threads.

    Raises:
        RuntimeError: The process has ended; it has said why on the standard error.
    """

    def __init__(self, folder: str, device: str, size: int, batch: int, threads: int) -> None:
        options = [f'--device={device}', f'--size={size}', f'--batch={batch}']
        self._process = subprocess.Popen(
            [sys.executable, __file__, folder, *options, f'--threads={threads}'],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # No huge pages, even where this process has asked for them.
            env={**os.environ, 'THP_MEM_ALLOC_ENABLE': '0'},
        )
        self.gflop: float = self._read()
        """Work of a step: 2 x multiply-adds of convolutions, forward and back."""

    def step(self) -> tuple[float, float]:
        """Seconds and CPU seconds of one step."""
        assert self._process.stdin is not None
        self._process.stdin.write('step\n')
        self._process.stdin.flush()
        seconds, cpu_seconds = self._read()
        return seconds, cpu_seconds

    def close(self) -> None:
        """Ends the process."""
        self._process.communicate()

    def _read(self) -> float | list[float]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self.close()
            raise RuntimeError('The process of the official code has ended.')
        return json.loads(line)


def parse_args(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('folder', help='a clone of the official repository')
    parser.add_argument('--device', required=True)
    parser.add_argument('--size', type=int, required=True)
    parser.add_argument('--batch', type=int, required=True)
    parser.add_argument('--threads', type=int, required=True)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the work of a step, then for each line that it reads the seconds of another."""
    args = parse_args(arguments)
    warnings.simplefilter('ignore')  # what the official code calls is old
    torch.set_num_threads(args.threads)
    step = official_training_step(args.folder, args.device, args.size, args.batch)
    counter = FlopCounterMode(display=False)
    with counter:
        step()
    print(counter.get_total_flops() / 1e9, flush=True)

    def synchronize() -> None:
        if torch.device(args.device).type == 'cuda':
            torch.cuda.synchronize(args.device)

    for _ in sys.stdin:
        synchronize()
        start = time.perf_counter(), time.process_time()
        step()
        synchronize()
        print([time.perf_counter() - start[0], time.process_time() - start[1]], flush=True)


if __name__ == '__main__':
    main()
