"""Randomness as a function of (seed, epoch, index), whichever process draws it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


@contextmanager
def sample_randomness(seed: int, epoch: int, index: int) -> Iterator[None]:
    """Seeds ``random``, ``numpy.random`` and torch's CPU generator for one sample of a data set.

    The caller's states come back at the end. So transforms of any origin repeat exactly, in any
    number of workers and after a resume.
    """
    python_state, numpy_state = random.getstate(), np.random.get_state()
    torch_state = torch.get_rng_state()
    words = np.random.SeedSequence((seed, epoch, index)).generate_state(8)
    random.seed(int.from_bytes(words[:3].tobytes(), 'little'))
    np.random.seed(words[3:6])
    # Not torch.manual_seed, which also reaches for the GPU.
    torch.default_generator.manual_seed(int(words[6]) << 32 | int(words[7]))
    try:
        yield
    finally:
        random.setstate(python_state)
        np.random.set_state(numpy_state)
        torch.set_rng_state(torch_state)


def draw_index(seed: int, epoch: int, index: int, count: int) -> int:
    """Draws one of ``count`` things for a sample, apart from :func:`sample_randomness`."""
    sequence = np.random.SeedSequence((seed, epoch, index), spawn_key=(1,))
    return int(np.random.default_rng(sequence).integers(count))
