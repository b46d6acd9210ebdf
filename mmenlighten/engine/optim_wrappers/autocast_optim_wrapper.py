"""Mixed precision that needs neither a GPU nor a loss scaler."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from mmengine.device import get_device
from mmengine.optim import OptimWrapper
from torch import nn

from mmenlighten.registry import OPTIM_WRAPPERS


@OPTIM_WRAPPERS.register_module()
class AutocastOptimWrapper(OptimWrapper):
    """Runs the forward pass under bfloat16 autocast on any device.

    MMEngine's ``AmpOptimWrapper`` refuses to work without a GPU. bfloat16 has the exponent range
    of float32, so that losses need no scaling.
    """

    def __init__(self, dtype: str = 'bfloat16', **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dtype = getattr(torch, dtype)

    @contextmanager
    def optim_context(self, model: nn.Module) -> Iterator[None]:
        """The context of MMEngine's ``OptimWrapper``, plus autocast."""
        device_type = torch.device(get_device()).type
        with super().optim_context(model), torch.autocast(device_type, dtype=self.dtype):
            yield
