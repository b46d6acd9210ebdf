"""Where the time of one training sample goes, from the file to the queue of the workers.

All is CPU time, which other work on the machine disturbs less than the time on the clock.
"""

from __future__ import annotations

import math
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from mmengine.dataset import BaseDataset, pseudo_collate
from torch.utils.data import DataLoader, Dataset

from mmenlighten.datasets import stack_collate
from mmenlighten.photos.image_io import read_image
from mmenlighten.photos.plain_parts import plain_parts
from mmenlighten.utils.seeding import sample_randomness

BATCH = 32


class FinishedSamples(Dataset[dict[str, Any]]):
    """Copies of a finished sample: what remains is to join them and the way through the queue."""

    def __init__(self, sample: dict[str, Any], number: int) -> None:
        self.sample, self.number = sample, number

    def __len__(self) -> int:
        return self.number

    def __getitem__(self, index: int) -> dict[str, Any]:
        if index >= self.number:
            raise IndexError(index)
        inputs = {kind: image.clone() for kind, image in self.sample['inputs'].items()}
        return dict(inputs=inputs, data_samples=self.sample['data_samples'])


def milliseconds(call: Callable[[], object], repeats: int) -> float:
    """Median CPU time of a call."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return 1000 * statistics.median(times)


def reading_parts(paths: list[str], repeats: int) -> dict[str, float]:
    """Milliseconds for each part of reading the pictures of a sample without the cache."""
    contents = [open_bytes(path) for path in paths]
    arrays = [np.frombuffer(content, np.uint8) for content in contents]
    images = [cv2.imdecode(array, cv2.IMREAD_COLOR) for array in arrays]
    parts: dict[str, Callable[[], object]] = {
        'read the files': lambda: [open_bytes(path) for path in paths],
        'check that they are whole': lambda: [plain_parts(data) for data in contents],
        'decode': lambda: [cv2.imdecode(array, cv2.IMREAD_COLOR) for array in arrays],
        'BGR to RGB, where OpenCV cannot decode to RGB': lambda: [
            cv2.cvtColor(image, cv2.COLOR_BGR2RGB) for image in images
        ],
        'all of reading': lambda: [read_image(path) for path in paths],
    }
    return {name: milliseconds(call, repeats) for name, call in parts.items()}


def pipeline_parts(dataset: BaseDataset, repeats: int) -> dict[str, float]:
    """Milliseconds for each step of a data set's pipeline, and for what surrounds them."""

    def seed() -> None:
        with sample_randomness(0, 0, 0):
            pass

    times: dict[str, list[float]] = {}
    for repeat in range(repeats):
        dataset.set_epoch(repeat)
        results = dataset.get_sample(0, dict(low=0, normal=0))
        results.pop('file_numbers')
        if dataset.decoded_cache is not None:
            results['image_reader'] = dataset.decoded_cache.read
        with sample_randomness(0, repeat, 0):
            for number, step in enumerate(dataset.pipeline.transforms):
                start = time.process_time()
                results = step(results)
                elapsed = time.process_time() - start
                times.setdefault(f'step {number}: {type(step).__name__}', []).append(elapsed)
    parts = {name: 1000 * statistics.median(seconds) for name, seconds in times.items()}
    parts['choose the files'] = milliseconds(
        lambda: dataset.get_sample(0, dict(low=0, normal=0)), repeats
    )
    parts['seed the generators'] = milliseconds(seed, repeats)
    return parts


def batch_parts(sample: dict[str, Any], repeats: int) -> dict[str, float]:
    """Milliseconds per sample to join batches of 32 in a worker and to send them."""
    parts = {}
    finished = FinishedSamples(sample, 12 * BATCH)
    for collate in (pseudo_collate, stack_collate):
        loader = DataLoader(
            finished, BATCH, num_workers=1, collate_fn=collate, persistent_workers=True
        )
        drain(loader)  # starts the worker
        times: dict[str, list[float]] = {'in the worker': [], 'in the main process': []}
        for _ in range(repeats):
            before = worker_seconds(loader), time.process_time()
            drain(loader)
            after = worker_seconds(loader), time.process_time()
            for seconds, start, end in zip(times.values(), before, after):
                seconds.append(end - start)
        for place, seconds in times.items():
            name = f'{collate.__name__}, {place}'
            parts[name] = 1000 * statistics.median(seconds) / len(finished)
    return parts


def drain(loader: DataLoader[Any]) -> None:
    """Takes all batches, each released before the next one comes, as in training."""
    for _ in loader:
        pass


def worker_seconds(loader: DataLoader[Any]) -> float:
    """CPU seconds of a loader's only worker so far; not a number outside of Linux."""
    stat = Path(f'/proc/{loader._iterator._workers[0].pid}/stat')  # type: ignore[union-attr]
    if not stat.is_file():
        return math.nan
    # User and system time, counted behind the name, which may hold blanks.
    fields = stat.read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def open_bytes(path: str) -> bytes:
    """The content of a file."""
    with open(path, 'rb') as file:
        return file.read()
