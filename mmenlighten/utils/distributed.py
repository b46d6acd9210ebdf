"""What the code needs to know of distributed training."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import torch
from torch import Tensor, nn

from .mmengine_parts import barrier, get_world_size, is_main_process, is_model_wrapper

Value = TypeVar('Value')


def unwrap_model(model: nn.Module) -> nn.Module:
    """The network itself, if it is wrapped for distributed training."""
    return cast(nn.Module, model.module) if is_model_wrapper(model) else model


def main_process_first(load: Callable[[], Value]) -> Value:
    """Loads in the main process, which fills a cache, and then in the others, which find it there.

    Raises:
        Exception: What ``load`` raises, in each process.
    """
    try:
        loaded = [load()] if is_main_process() else []
    finally:
        barrier()  # also after an error, or the others would wait for ever
    return loaded[0] if loaded else load()


def mean_of_processes(value: Tensor) -> Tensor:
    """The mean of a tensor over all processes, with gradient to the value of each of them."""
    world_size = get_world_size()
    return value if world_size == 1 else _SumOfProcesses.apply(value) / world_size


def broadcast_buffers(model: nn.Module) -> None:
    """Gives all processes the buffers (BatchNorm's running statistics) of the main process.

    While training, each process has the statistics of its own pictures; those of the main process
    are the ones that checkpoints hold, as officially those of the first GPU.
    """
    if get_world_size() > 1:
        for buffer in model.buffers():
            torch.distributed.broadcast(buffer, src=0)


class _SumOfProcesses(torch.autograd.Function):
    """``torch.distributed.all_reduce``, which by itself passes no gradient on."""

    @staticmethod
    def forward(ctx: Any, value: Tensor) -> Tensor:
        total = value.clone()
        torch.distributed.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        total = gradient.clone()
        torch.distributed.all_reduce(total)
        return total
