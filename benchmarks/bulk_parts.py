"""What bulk enhancement consists of: the parts of a photograph, and handing out names."""

from __future__ import annotations

import pickle
import resource
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from mmenlighten.apis.enhancer import build_enhancer
from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.enhancing.bulk import ray_job
from mmenlighten.enhancing.bulk.ray_job import RayJob
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.enhancing.task import Task
from mmenlighten.photos import encode_photo, read_photo
from mmenlighten.utils.atomic import write_bytes


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


def measure_parts(enhancer: PhotoEnhancer, paths: Sequence[Path], out: Path) -> dict[str, float]:
    """Milliseconds of each part of a photograph, in one thread."""
    seconds = dict.fromkeys(('read and decode', 'compute', 'encode', 'write twice'), 0.0)
    for path in paths:
        times = [time.perf_counter()]
        photo = read_photo(path)
        times.append(time.perf_counter())
        enhanced = enhancer.enhance(photo.pixels)
        times.append(time.perf_counter())
        data = encode_photo(photo.with_pixels(enhanced))
        times.append(time.perf_counter())
        write_bytes(out / path.name, data, out.parent)
        write_bytes(out / f'{path.name}.json', b'its description', out.parent)
        times.append(time.perf_counter())
        for part, begin, end in zip(seconds, times, times[1:]):
            seconds[part] += end - begin
    return {part: 1000 * value / len(paths) for part, value in seconds.items()}


def measure_handing_out(count: int, out: Path) -> tuple[float, float]:
    """How fast one process hands out names and hears of them, and what it takes for each.

    Returns:
        Names a second, and bytes of memory for a name.
    """
    tasks = [Task(Path(f'/photographs/{i:09}.jpg'), Path(f'{i:09}.jpg')) for i in range(count)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    kept, ray_job.BulkWorker = ray_job.BulkWorker, IdleWorker
    try:
        times = [
            time.perf_counter()
            for _ in RayJob(partial(build_enhancer, ModelChoice()), EnhanceOptions(), out).run(
                tasks
            )
        ]
    finally:
        ray_job.BulkWorker = kept
    taken = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    return (count - 1) / (times[-1] - times[0]), taken / count
