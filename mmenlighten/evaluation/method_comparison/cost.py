"""What a model costs: parameters and operations, and on this machine the time for a megapixel."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

import cv2
import numpy as np
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from mmenlighten.utils.atomic import write_text

from .methods import Method
from .pictures import folder_of

SIZE = (800, 1200)
"""Rows and columns of the picture that is timed."""

COUNTED_SIZE = (400, 600)
"""Rows and columns of the picture for which operations are counted: that of LOL."""

RUNS = 5


class Cost(NamedTuple):
    """What a model costs."""

    parameters: int
    """Number of parameters of what enhances; of a GAN the generator's."""
    gflop: float
    """Additions and multiplications, in 10^9, of convolutions and products of matrices."""


def count_cost(model: nn.Module) -> Cost:
    """Counts parameters, and operations for a picture of 400 x 600.

    Args:
        model: A ``BaseEnhancer`` on the CPU.
    """
    enhancing = getattr(model, 'generator', model)
    parameters = sum(parameter.numel() for parameter in enhancing.parameters())
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        cast(Any, model).enhance(torch.zeros(1, 3, *COUNTED_SIZE))
    return Cost(parameters, counter.get_total_flops() / 1e9)


class Speed(NamedTuple):
    """Times of a method."""

    seconds: float
    """Median over the runs, for a megapixel."""
    cpu_seconds: float
    """The same of the time of all cores together; what else runs hardly changes it."""
    runs: int
    threads: int
    """Number of threads of torch."""


def measure_speed(
    methods: Sequence[Method],
    picture: np.ndarray,
    folder: Path,
    track: Callable[[Sequence[Method]], Iterable[Method]] = lambda methods: methods,
) -> dict[str, Speed]:
    """Times methods on one picture; what an earlier run has measured is not measured anew.

    Args:
        methods: Outputs of other programs among them are left out.
        picture: uint8 RGB; mirrored until it has ``SIZE``.
        folder: Where the pictures of the methods are kept, and their times.
        track: Goes through the methods that are measured, and shows how far it is.

    Returns:
        By the methods' names.
    """
    threads, image = torch.get_num_threads(), _mirrored(picture)
    notes = {
        method.name: folder_of(folder, method) / f'speed-{threads}-threads.json'
        for method in methods
        if method.outputs is None
    }
    known = {name: speed for name, note in notes.items() if (speed := _read(note)) is not None}
    for method in track([m for m in methods if m.name in notes and m.name not in known]):
        known[method.name] = _measure(method, image, threads)
        write_text(notes[method.name], json.dumps(known[method.name]._asdict()) + '\n')
    return known


def _measure(method: Method, image: np.ndarray, threads: int) -> Speed:
    enhance = method.load()
    enhance(image)  # the first call also sets up memory and kernels
    walls, cpus = [], []
    for _ in range(RUNS):
        wall, cpu = time.perf_counter(), time.process_time()
        enhance(image)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    megapixels = image.shape[0] * image.shape[1] / 1e6
    medians = [statistics.median(times) / megapixels for times in (walls, cpus)]
    return Speed(medians[0], medians[1], RUNS, threads)


def _mirrored(picture: np.ndarray) -> np.ndarray:
    height, width = SIZE
    picture = picture[:height, :width]
    below, right = height - picture.shape[0], width - picture.shape[1]
    mirrored = cv2.copyMakeBorder(picture, 0, below, 0, right, cv2.BORDER_REFLECT)
    return np.ascontiguousarray(mirrored)


def _read(note: Path) -> Speed | None:
    try:
        return Speed(**json.loads(note.read_text(encoding='utf-8')))
    except (OSError, ValueError, TypeError):
        return None
