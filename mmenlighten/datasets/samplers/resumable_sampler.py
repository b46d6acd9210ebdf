"""A sampler that can start in the middle of an epoch."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from mmengine.dataset import DefaultSampler

from mmenlighten.registry import DATA_SAMPLERS


@DATA_SAMPLERS.register_module()
class ResumableSampler(DefaultSampler):
    """MMEngine's sampler for one or many processes, able to leave out what is done already.

    The order is a function of (seed, epoch). N processes with batches of b samples see together,
    step by step, the samples that one process sees with batches of N b.
    """

    _skip = 0

    def skip(self, num_samples: int) -> None:
        """Leaves out this process's first samples in the next iteration, and only in that one."""
        if num_samples < 0:
            raise ValueError(f'num_samples={num_samples} must not be negative.')
        self._skip = num_samples

    def __iter__(self) -> Iterator[int]:
        # A generator: data loaders ask for iterators that they never use, which must not take the
        # skip away.
        skip, self._skip = self._skip, 0
        yield from islice(super().__iter__(), skip, None)
