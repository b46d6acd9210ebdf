"""Pictures per second of the plain engine and of workers of Ray, and what a killed worker costs.

For example, ``python benchmarks/ray_throughput.py --count 200``. The photographs are those of
``benchmarks/enhance_folder.py``. Each process computes with one thread. The rate of workers is
taken between the first and the last result, so without the seconds that Ray and they take to
start, which are a column of their own. Then a worker of two is killed with SIGKILL when half of
the results are there. Last come the parts of one photograph alone, and names that are handed to
workers which do nothing, which is the most that the process that hands them out can do.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

os.environ.setdefault('OMP_NUM_THREADS', '1')
REPOSITORY = str(Path(__file__).resolve().parents[1])
sys.path.insert(0, REPOSITORY)
os.environ['PYTHONPATH'] = REPOSITORY  # for workers

import torch

from benchmarks.bulk_parts import measure_handing_out, measure_parts
from benchmarks.enhance_folder import HEIGHT, WIDTH, make_photographs
from benchmarks.worker_killer import WorkerKiller, results
from mmenlighten.apis.enhancer import build_enhancer
from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.enhancing.bulk.ray_job import RayJob
from mmenlighten.enhancing.inputs import find_tasks
from mmenlighten.enhancing.job import EnhanceJob
from mmenlighten.enhancing.options import EnhanceOptions


class Run:
    """One run over the folder, with the times at which results came.

    Args:
        job: What enhances.
        photographs: Their folder.
    """

    def __init__(self, job: EnhanceJob | RayJob, photographs: Path) -> None:
        self.out = job.out
        begin = time.perf_counter()
        self.statuses: list[str] = []
        for outcome in job.run(find_tasks([str(photographs)], job.out)):
            self.statuses.append(outcome.status)
        self.seconds = time.perf_counter() - begin
        # When files appeared, and not when groups of them were told of.
        self.times = sorted(path.stat().st_mtime for path in results(job.out))

    @property
    def work_seconds(self) -> float:
        """Seconds from the first result to the last."""
        return self.times[-1] - self.times[0]

    def row(self, name: str) -> str:
        """A row of the table."""
        rate = (len(self.times) - 1) / self.work_seconds
        start = self.seconds - self.work_seconds
        return f'| {name} | {self.seconds:.1f} | {start:.1f} | {rate:.2f} |'


def parse_args(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--count', type=int, default=200, help='photographs (default: 200)')
    parser.add_argument('--names', type=int, default=100_000, help='to hand out (default: 100000)')
    parser.add_argument('--model', help='as for mmenlighten enhance (default: the demo)')
    args = parser.parse_args(arguments)
    if args.count < 32:
        parser.error('--count must be 32 or more, so that a worker has several groups')
    return args


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints both tables."""
    args = parse_args(arguments)
    torch.set_num_threads(1)
    choice, options = ModelChoice(args.model), EnhanceOptions()
    load = f', load {os.getloadavg()[0]:.1f} at the start' if hasattr(os, 'getloadavg') else ''
    print(
        f'{args.count} photographs of {HEIGHT * WIDTH / 1e6:.2f} Mpx, {os.cpu_count()} CPUs{load}\n'
    )
    print('| engine | seconds | of these to start and end | pictures a second |')
    print('| --- | --- | --- | --- |', flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        photographs = folder / 'photographs'
        photographs.mkdir()
        make_photographs(photographs, args.count)
        enhancer = build_enhancer(choice, options)
        plain = Run(EnhanceJob(enhancer, folder / 'plain'), photographs)
        print(plain.row('plain'), flush=True)
        build = partial(build_enhancer, choice)
        for workers in (1, 2):
            job = RayJob(build, options, folder / str(workers), workers=workers, cpus=1)
            whole = Run(job, photographs)
            print(whole.row(f'ray, workers: {workers}'), flush=True)
        print_kill(choice, photographs, plain, whole)
        paths = sorted(photographs.iterdir())[:32]
        print('\n| part of a photograph, one thread | milliseconds |\n| --- | --- |')
        for part, value in measure_parts(enhancer, paths, folder / 'parts').items():
            print(f'| {part} | {value:.1f} |', flush=True)
        made = [folder / 'parts' / path.name for path in paths]
        size = sum(path.stat().st_size for path in (*paths, *made)) / len(paths)
        print(f'\nA photograph and its result take {size / 1000:.0f} KB.', flush=True)
        rate, bytes_kept = measure_handing_out(args.names, folder / 'names')
        print('\n| handing out names to workers that do nothing | |\n| --- | --- |')
        print(f'| names | {args.names} |')
        print(f'| names a second | {rate:.0f} |')
        print(f'| memory of the first process for each, bytes | {bytes_kept:.0f} |')


def print_kill(choice: ModelChoice, photographs: Path, plain: Run, whole: Run) -> None:
    """Kills a worker of two, and prints what came of it.

    Args:
        choice: The model.
        photographs: Their folder, in which results must not be.
        plain: The run to whose files those of the killed run must be equal.
        whole: The same run as this one, undisturbed.
    """
    out = photographs.with_name('killed')
    killer = WorkerKiller(out, len(plain.times) // 2)
    killer.start()
    build = partial(build_enhancer, choice)
    run = Run(RayJob(build, EnhanceOptions(), out, workers=2, cpus=1), photographs)
    killer.join(timeout=1)
    one, two = ({path.name: path.read_bytes() for path in results(r.out)} for r in (plain, run))
    print('\n| a worker of two is killed | |\n| --- | --- |')
    print(f'| results at that time | {len(killer.before)} |')
    print(f'| results in the end | {len(run.times)} |')
    print(f'| all equal to those of the plain engine | {"yes" if one == two else "no"} |')
    print(f'| known as done when its group was handed on | {run.statuses.count("up to date")} |')
    print(f'| finished results that were written again | {killer.written_again()} |')
    print(f'| temporary files left | {len(list(out.rglob("*.tmp")))} |')
    print(f'| seconds lost | {run.work_seconds - whole.work_seconds:.1f} |')
    print(f'| memory of a worker, MiB | {killer.memory / 2**20:.0f} |')


if __name__ == '__main__':
    main()
