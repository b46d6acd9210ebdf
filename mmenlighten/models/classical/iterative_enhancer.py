"""Base of the methods that iterate."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import Tensor

from mmenlighten.utils.precision import without_autocast

from .classical_enhancer import ClassicalEnhancer

LARGE_PICTURE = 2**16
"""Pixels from which on pictures of a batch are enhanced one by one."""


class IterativeEnhancer(ClassicalEnhancer):
    """A classical enhancer that solves systems for each picture.

    On the CPU, large pictures of a batch are enhanced one by one: each ends when it is done and
    stays in the cache meanwhile. As many as there are threads are computed at the same time, each
    on one thread, which wastes less than to share the short operations of one picture.
    """

    @abstractmethod
    def enhance_pictures(self, image: Tensor) -> Tensor:
        """As :meth:`ClassicalEnhancer.enhance_light`, for all pictures at once."""

    def enhance_light(self, image: Tensor) -> Tensor:
        """See :meth:`ClassicalEnhancer.enhance_light`."""
        pixels = image.shape[-2] * image.shape[-1]
        one_by_one = image.device.type == 'cpu' and len(image) > 1 and pixels >= LARGE_PICTURE
        with without_autocast(image.device.type):
            if not one_by_one:
                return self.enhance_pictures(image)
            return torch.cat(side_by_side(self.enhance_pictures, list(image.split(1))))


def side_by_side(function: Callable[[Tensor], Tensor], inputs: list[Tensor]) -> list[Tensor]:
    """Applies a function to each input, on as many threads as PyTorch uses for one operation."""
    threads = torch.get_num_threads()
    workers = min(threads, len(inputs))
    if workers == 1:
        return [function(one) for one in inputs]
    with_gradient = torch.is_grad_enabled()

    def begin() -> None:
        # What a new thread begins with; threads that run already keep theirs.
        torch.set_num_threads(1)

    def run(one: Tensor) -> Tensor:
        with torch.set_grad_enabled(with_gradient):
            return function(one)

    try:
        with ThreadPoolExecutor(workers, initializer=begin) as pool:
            return list(pool.map(run, inputs))
    finally:
        torch.set_num_threads(threads)
