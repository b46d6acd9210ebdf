"""Pictures per second of the plain engine and of workers of Ray, and what a killed worker costs.

For example, ``python benchmarks/ray_throughput.py --count 200``. The photographs are those of
``benchmarks/enhance_folder.py``. Each process computes with one thread. The rate of workers is
taken between the first and the last result, so without the seconds that Ray and they take to
start, which are a column of their own. Then come the parts of one photograph alone, and names that
are handed to workers which do nothing, the most that the process that hands them out can do.
"""

from __future__ import annotations

import os
import pickle
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

os.environ.setdefault('OMP_NUM_THREADS', '1')
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ['PYTHONPATH'] = sys.path[0]  # for workers

import numpy as np
import torch

from benchmarks.enhance_folder import HEIGHT, WIDTH, make_photographs
from benchmarks.harness import Options, clock, machine_line, resident
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


def row(name: str, job: EnhanceJob | RayJob, photographs: Path) -> str:
    """A row of the table: one run of a job over a folder."""
    tasks = find_tasks([str(photographs)], job.out)
    seconds, _ = clock(lambda: list(job.run(tasks)))
    # When files appeared, and not when groups of them were reported.
    times = [path.stat().st_mtime for path in job.out.glob('*.jpg')]
    work = max(times) - min(times)
    rate = (len(times) - 1) / work
    return f'| {name} | {seconds:.1f} | {seconds - work:.1f} | {rate:.2f} |'


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
        print(row('plain', EnhanceJob(enhancer, folder / 'plain'), photographs), flush=True)
        for workers in (1, 2):
            job = RayJob(build, options, folder / str(workers), workers=workers, cpus=1)
            print(row(f'ray, workers: {workers}', job, photographs), flush=True)
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
