"""Pictures per second of the plain engine and of workers of Ray, and what a killed worker costs.

For example, ``python benchmarks/ray_throughput.py --count 200``. The photographs are those of
``benchmarks/enhance_folder.py``. Each process computes with one thread. The rate of workers is
taken between the first and the last result, so without the seconds that Ray and they take to
start, which are a column of their own. Then a worker of two is killed with SIGKILL when half of
the results are there (Linux only). Last come the parts of one photograph alone, and names that are
handed to workers which do nothing, which is the most that the process that hands them out can do.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

os.environ.setdefault('OMP_NUM_THREADS', '1')
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ['PYTHONPATH'] = sys.path[0]  # for workers

import numpy as np
import torch

from benchmarks.enhance_folder import HEIGHT, WIDTH, make_photographs
from benchmarks.harness import MIB, Options, clock, machine_line, resident
from mmenlighten.apis.enhancer import build_enhancer
from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.enhancing.bulk import ray_job
from mmenlighten.enhancing.bulk.ray_job import RayJob
from mmenlighten.enhancing.inputs import find_tasks
from mmenlighten.enhancing.job import EnhanceJob
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.enhancing.task import Task
from mmenlighten.photos import encode_photo, read_photo
from mmenlighten.utils.atomic import write_bytes


def results(out: Path) -> dict[Path, int]:
    """The results that are there, and when they were written, in nanoseconds."""
    return {path: path.stat().st_mtime_ns for path in out.glob('*.jpg')}


class Run:
    """One run of a job over a folder, with the times at which results came."""

    def __init__(self, job: EnhanceJob | RayJob, photographs: Path) -> None:
        self.out = job.out
        tasks = find_tasks([str(photographs)], job.out)
        self.statuses: list[str] = []
        self.seconds, _ = clock(
            lambda: self.statuses.extend(outcome.status for outcome in job.run(tasks))
        )
        # When files appeared, and not when groups of them were reported.
        times = results(job.out).values()
        self.count, self.work_seconds = len(times), (max(times) - min(times)) / 1e9

    def row(self, name: str) -> str:
        """A row of the table."""
        rate, start = (self.count - 1) / self.work_seconds, self.seconds - self.work_seconds
        return f'| {name} | {self.seconds:.1f} | {start:.1f} | {rate:.2f} |'


def worker_processes(process: int) -> list[int]:
    """The workers of Ray below a process, over any number of others."""
    found = []
    with suppress(OSError):  # some end meanwhile
        for task in Path(f'/proc/{process}/task').glob('*/children'):
            for child in map(int, task.read_text().split()):
                words = Path(f'/proc/{child}/cmdline').read_bytes()
                is_worker = words.startswith(b'ray::') and b'BulkWorker' in words
                found += [child] if is_worker else worker_processes(child)
    return found


def print_kill(job: RayJob, photographs: Path, plain: Run, whole: Run) -> None:
    """Kills a worker of two, and compares with plain and undisturbed (``whole``) runs."""
    before: dict[Path, int] = {}
    memory = 0

    def kill() -> None:
        nonlocal memory
        while len(results(job.out)) < plain.count // 2:
            time.sleep(0.02)
        worker = worker_processes(os.getpid())[0]
        pages = int(Path(f'/proc/{worker}/statm').read_text().split()[1])
        memory = pages * os.sysconf('SC_PAGE_SIZE')
        os.kill(worker, signal.SIGKILL)
        before.update(results(job.out))

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    run = Run(job, photographs)
    killer.join(timeout=1)
    after = results(run.out)
    one, two = ({p.name: p.read_bytes() for p in results(out)} for out in (plain.out, run.out))
    rows = {
        'results at that time': len(before),
        'results in the end': run.count,
        'all equal to those of the plain engine': 'yes' if one == two else 'no',
        'known as done when its group was handed on': run.statuses.count('up to date'),
        'finished results that were written again': sum(after[p] != t for p, t in before.items()),
        'temporary files left': len(list(run.out.rglob('*.tmp'))),
        'seconds lost': f'{run.work_seconds - whole.work_seconds:.1f}',
        'memory of a worker, MiB': f'{memory / MIB:.0f}',
    }
    print_pairs('a worker of two is killed', rows)


def print_pairs(title: str, rows: dict[str, object]) -> None:
    """A table of two columns."""
    print(f'\n| {title} | |\n| --- | --- |')
    print('\n'.join(f'| {name} | {value} |' for name, value in rows.items()), flush=True)


def measure_parts(enhancer: PhotoEnhancer, paths: Sequence[Path], out: Path) -> dict[str, object]:
    """Milliseconds of each part of a photograph, in one thread."""
    seconds = dict.fromkeys(('read and decode', 'compute', 'encode', 'write twice'), 0.0)
    for path in paths:
        steps: list[Callable[[object], object]] = [
            lambda _, path=path: read_photo(path),
            lambda photo: (photo, enhancer.enhance(photo.pixels)),
            lambda pair: encode_photo(pair[0].with_pixels(pair[1])),
            lambda data, path=path: (
                write_bytes(out / path.name, data, out.parent),
                write_bytes(out / f'{path.name}.json', b'its description', out.parent),
            ),
        ]
        value: object = None
        for part, step in zip(seconds, steps):
            start = time.perf_counter()
            value = step(value)
            seconds[part] += time.perf_counter() - start
    return {part: f'{1000 * value / len(paths):.1f}' for part, value in seconds.items()}


class IdleWorker:
    """Stands for a worker, and does nothing."""

    def __init__(self, *settings: object) -> None:
        pass

    def __call__(self, rows: dict[str, np.ndarray]) -> dict[str, list[bytes]]:
        """Says that all are enhanced."""
        groups = [pickle.loads(group) for group in rows['item']]
        return dict(
            answers=[pickle.dumps([(n, 'enhanced', '') for n, _ in group]) for group in groups]
        )


def handing_out(count: int, out: Path) -> dict[str, object]:
    """How fast one process hands out names and hears of them, and what it takes for each."""
    names = [f'{i:09}.jpg' for i in range(count)]
    tasks = [Task(Path(f'/photographs/{name}'), Path(name)) for name in names]
    before, kept = resident('VmHWM') or 0, ray_job.BulkWorker
    ray_job.BulkWorker = IdleWorker
    try:
        job = RayJob(partial(build_enhancer, ModelChoice()), EnhanceOptions(), out)
        times = [time.perf_counter() for _ in job.run(tasks)]
    finally:
        ray_job.BulkWorker = kept
    rate, taken = (count - 1) / (times[-1] - times[0]), (resident('VmHWM') or 0) - before
    memory = 'memory of the first process for each, bytes'
    return {'names': count, 'names a second': f'{rate:.0f}', memory: f'{taken / count:.0f}'}


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints all tables."""
    parser = Options(__doc__, 'model')
    parser.add('--count', 200, 'photographs')
    parser.add('--names', 100_000, 'to hand out')
    args = parser.read(arguments)
    if args.count < 32:
        parser.error('--count must be 32 or more, so that a worker has several groups')
    torch.set_num_threads(1)
    choice, options = ModelChoice(args.model), EnhanceOptions()
    print(f'{args.count} photographs of {HEIGHT * WIDTH / 1e6:.2f} Mpx, {machine_line()}\n')
    print('| engine | seconds | of these to start and end | pictures a second |')
    print('| --- | --- | --- | --- |', flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder, photographs = Path(name), Path(name, 'photographs')
        make_photographs(photographs, args.count)
        build = partial(build_enhancer, choice)
        enhancer = build(options)
        plain = Run(EnhanceJob(enhancer, folder / 'plain'), photographs)
        print(plain.row('plain'), flush=True)
        for workers in (1, 2):
            job = RayJob(build, options, folder / str(workers), workers=workers, cpus=1)
            whole = Run(job, photographs)
            print(whole.row(f'ray, workers: {workers}'), flush=True)
        job = RayJob(build, options, folder / 'killed', workers=2, cpus=1)
        print_kill(job, photographs, plain, whole)
        paths = sorted(photographs.iterdir())[:32]
        parts = measure_parts(enhancer, paths, folder / 'parts')
        print_pairs('part of a photograph, one thread, milliseconds', parts)
        made = [folder / 'parts' / path.name for path in paths]
        size = sum(path.stat().st_size for path in (*paths, *made)) / len(paths)
        print(f'\nA photograph and its result take {size / 1000:.0f} KB.', flush=True)
        rows = handing_out(args.names, folder / 'names')
        print_pairs('handing out names to workers that do nothing', rows)


if __name__ == '__main__':
    main()
