"""A few integers that a data set and all workers of its data loader share."""

from __future__ import annotations

from typing import Any

import torch


class SharedArray:
    """Integers in shared memory: what one process writes, the others read, persistent workers too.

    A deep copy gets memory of its own. Plain pickling copies too; only the pickling with which
    processes are started keeps the memory shared.

    Args:
        size: Number of integers; all are 0 at first.
        dtype: An integer type of torch.
    """

    def __init__(self, size: int, dtype: torch.dtype = torch.int64) -> None:
        self.values = torch.zeros(size, dtype=dtype).share_memory_()

    def __getitem__(self, index: int) -> int:
        return int(self.values[index])

    def __setitem__(self, index: int, value: int) -> None:
        self.values[index] = value

    def __len__(self) -> int:
        return len(self.values)

    def sum(self) -> int:
        """The sum of all integers."""
        return int(self.values.sum())

    def __deepcopy__(self, memo: dict[int, Any]) -> SharedArray:
        copy = SharedArray(len(self), self.values.dtype)
        copy.values.copy_(self.values)
        memo[id(self)] = copy
        return copy
