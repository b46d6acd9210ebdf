"""Losses whose values are still on the device."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from mmenlighten.utils.errors import NonFiniteLossError
from mmenlighten.utils.option_names import option

NUMBER = torch.float64
"""What losses of different types are read as."""


@dataclass
class IterationLosses:
    """Losses of one iteration.

    Args:
        iteration: Its number, from 0.
        epoch: Its epoch, from 0.
        losses: Scalars by name.
        data_samples: Of its batch; they know their files.
    """

    iteration: int
    epoch: int
    losses: dict[str, Tensor]
    data_samples: list[Any]

    def files(self) -> list[str]:
        """Files of the batch, as far as they are known."""
        paths = [
            data_sample.get(key)
            for data_sample in self.data_samples
            for key in ('low_path', 'normal_path')
        ]
        return [str(path) for path in paths if path]


class PendingLosses:
    """Losses of the iterations since the last reading.

    To read a number from a GPU is to wait until it has done all its work, and meanwhile it gets
    nothing new. So all numbers of some iterations are read at once.
    """

    def __init__(self) -> None:
        self._pending: list[IterationLosses] = []

    def __len__(self) -> int:
        """Number of iterations."""
        return len(self._pending)

    def add(
        self,
        iteration: int,
        epoch: int,
        losses: Mapping[str, Tensor | float],
        data_batch: Mapping[str, Any],
    ) -> None:
        """Takes the losses of an iteration, without looking at them.

        Args:
            iteration: Its number, from 0.
            epoch: Its epoch, from 0.
            losses: Scalars by name.
            data_batch: Its batch.
        """
        tensors = {name: torch.as_tensor(loss).detach() for name, loss in losses.items()}
        data_samples = list(data_batch.get('data_samples') or [])
        self._pending.append(IterationLosses(iteration, epoch, tensors, data_samples))

    def read(self) -> list[dict[str, float]]:
        """Reads what is pending, which is then no more.

        Returns:
            Losses by name, for each iteration.

        Raises:
            NonFiniteLossError: One is infinite or not a number; the first such iteration is named.
        """
        pending, self._pending = self._pending, []
        every = [loss.reshape(()) for entry in pending for loss in entry.losses.values()]
        values = iter(_to_host(every))
        numbers = [{name: next(values) for name in entry.losses} for entry in pending]
        for entry, losses in zip(pending, numbers):
            _check_finite(entry, losses)
        return numbers


def _to_host(scalars: list[Tensor]) -> list[float]:
    """Numbers of scalars; one transfer for all that are on the same device."""
    if not scalars:
        return []
    if len({scalar.device for scalar in scalars}) > 1:
        return [float(scalar) for scalar in scalars]
    is_one_type = len({scalar.dtype for scalar in scalars}) == 1
    values = scalars if is_one_type else [scalar.to(NUMBER) for scalar in scalars]
    return [float(value) for value in torch.stack(values).tolist()]


def _check_finite(entry: IterationLosses, losses: Mapping[str, float]) -> None:
    bad = [name for name, loss in losses.items() if not math.isfinite(loss)]
    if not bad:
        return
    raise NonFiniteLossError(
        f'{", ".join(bad)} became {", ".join(str(losses[name]) for name in bad)} at iteration '
        f'{entry.iteration + 1} (epoch {entry.epoch + 1}). Nothing was saved after it: go on from '
        f'the last checkpoint with {option("resume", "auto")} and a smaller learning rate or full '
        'precision. '
        f'Files of the batch: {", ".join(entry.files()) or "unknown"}.'
    )
