"""Images of a batch one by one, several at the same time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import Tensor

LARGE_PICTURE = 2**16
"""Pixels from which on an image is worth a thread of its own."""


def one_by_one(
    function: Callable[[Tensor], Tensor], images: Tensor, at_once: bool = True
) -> Tensor:
    """Applies a function to a batch, on the CPU to each large image by itself.

    An image stays in the cache then.

    Args:
        function: From images (N, C, H, W) to results (N, ...), whatever N is.
        images: The batch.
        at_once: Whether as many images as PyTorch uses threads are computed at the same time,
            each on one thread, which wastes less than to share the operations of one. For a
            function of thousands of short operations it wastes more: only one thread at a time can
            run Python between them.
    """
    is_large = images.shape[-2] * images.shape[-1] >= LARGE_PICTURE
    if images.device.type != 'cpu' or len(images) < 2 or not is_large:
        return function(images)
    singles = list(images.split(1))
    if at_once:
        return torch.cat(side_by_side(function, singles))
    return torch.cat([function(single) for single in singles])


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
