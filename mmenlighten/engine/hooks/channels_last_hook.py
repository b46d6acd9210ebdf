"""The layout in memory that convolutions prefer."""

from __future__ import annotations

from typing import Any

import torch
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmenlighten.registry import HOOKS
from mmenlighten.utils.distributed import unwrap_model


@HOOKS.register_module()
class ChannelsLastHook(Hook):
    """Keeps weights, and with them all maps, in memory with their channels side by side.

    Convolutions pass the layout of their weights on to what they compute. Tensor cores and oneDNN
    work in this layout and otherwise copy into it and back. Shapes, checkpoints and, but for
    round-off, results stay the same.
    """

    def before_run(self, runner: Runner) -> None:
        """Changes the layout of all weights."""
        model: Any = unwrap_model(runner.model)  # torch's types know no such argument
        model.to(memory_format=torch.channels_last)
