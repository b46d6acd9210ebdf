"""The moving average of a network's weights."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from mmenlighten.registry import MODELS
from mmenlighten.utils.mmengine_parts import (
    ExponentialMovingAverage as MMEngineExponentialMovingAverage,
)


@MODELS.register_module()
class ExponentialMovingAverage(MMEngineExponentialMovingAverage):
    """MMEngine's average, without its two waits for the GPU in each iteration.

    MMEngine asks the device how many updates there were; here the host counts along. Checkpoints
    and results are the same, also where the network was moved after it was built.

    Args:
        model: The network to average.
        kwargs: See MMEngine's class: ``momentum``, the weight of the present parameters, and
            ``interval``, ``device``, ``update_buffers``.
    """

    def __init__(self, model: nn.Module, **kwargs: Any) -> None:
        super().__init__(model, **kwargs)
        self._count: int | None = None

    @torch.no_grad()
    def update_parameters(self, model: nn.Module) -> None:
        """Takes the present parameters of the network into the average."""
        if self._count is None:  # new or loaded: the only time that the device is asked
            self._count = int(self.steps)
        sources = self._tensors(model)
        if self._count % self.interval == 0:
            for name, averaged in self._tensors(self.module).items():
                source = sources[name].to(averaged.device)
                if self._count == 0:
                    averaged.copy_(source)
                elif averaged.is_floating_point():
                    self.avg_func(averaged.data, source.data, self._count)
        if not self.update_buffers:
            for averaged, source in zip(self.module.buffers(), model.buffers()):
                averaged.copy_(source)
        self.steps += 1
        self._count += 1

    def _tensors(self, network: nn.Module) -> dict[str, torch.Tensor]:
        # Asked anew each time, unlike MMEngine: `.to()` may give a network other memory, as another
        # memory format does, and what was listed before would be averaged for nobody.
        return network.state_dict() if self.update_buffers else dict(network.named_parameters())

    def _load_from_state_dict(self, *args: Any, **kwargs: Any) -> None:
        super()._load_from_state_dict(*args, **kwargs)
        self._count = None
