"""Mixed precision that needs neither a GPU nor a loss scaler."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from mmengine.optim import OptimWrapper
from torch import nn

from mmenlighten.registry import OPTIM_WRAPPERS
from mmenlighten.utils.checks import check_choice


@OPTIM_WRAPPERS.register_module()
class AutocastOptimWrapper(OptimWrapper):
    """Runs the forward pass under bfloat16 autocast on any device.

    MMEngine's ``AmpOptimWrapper`` refuses to work without a GPU. bfloat16 has the exponent range
    of float32, so that losses need no scaling.

    Args:
        dtype: Name of the type to run in, ``'bfloat16'`` or ``'float16'``.
        kwargs: See MMEngine's ``OptimWrapper``.

    Raises:
        ConfigError: The type is unknown.
    """

    def __init__(self, dtype: str = 'bfloat16', **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_choice('dtype', dtype, ('bfloat16', 'float16'))
        self.dtype = getattr(torch, dtype)

    @contextmanager
    def optim_context(self, model: nn.Module) -> Iterator[None]:
        """The context of MMEngine's ``OptimWrapper``, plus autocast."""
        device_type = next(model.parameters()).device.type
        with super().optim_context(model), torch.autocast(device_type, dtype=self.dtype):
            yield
