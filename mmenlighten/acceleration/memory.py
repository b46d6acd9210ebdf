"""The layout in memory that convolutions prefer."""

from __future__ import annotations

import torch
from torch import Tensor, nn

MOST_WEIGHTS_ON_CPU = 2**20 - 1
"""Measured (docs/training_speed.md): of more, the gradient is copied from one layout to the other
for longer than its convolution saves."""


def to_channels_last(model: nn.Module) -> None:
    """Keeps weights, and with them all maps, in memory with their channels side by side.

    Convolutions pass the layout of their weights on to what they compute. Tensor cores and oneDNN
    work in this layout and otherwise copy into it and back. On the CPU the convolutions with the
    most weights, which work on the smallest maps, keep the other one. A second call changes
    nothing.
    """
    for module in model.modules():
        keeps = _keeps_its_layout(module)
        for tensor in (*module.parameters(recurse=False), *module.buffers(recurse=False)):
            if tensor.dim() == 4:
                layout = torch.contiguous_format if keeps else torch.channels_last
                tensor.data = tensor.data.to(memory_format=layout)
        if keeps and _plain_input not in module._forward_pre_hooks.values():
            module.register_forward_pre_hook(_plain_input)


def _keeps_its_layout(module: nn.Module) -> bool:
    if not isinstance(module, nn.Conv2d) or module.weight.device.type != 'cpu':
        return False
    return module.weight.numel() > MOST_WEIGHTS_ON_CPU and module.weight.requires_grad


def _plain_input(module: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return tuple(one.contiguous() for one in inputs)
