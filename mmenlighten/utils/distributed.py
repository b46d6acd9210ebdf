"""What the code needs to know of distributed training."""

from __future__ import annotations

from typing import cast

from mmengine.model import is_model_wrapper
from torch import nn


def unwrap_model(model: nn.Module) -> nn.Module:
    """The network itself, if it is wrapped for distributed training."""
    return cast(nn.Module, model.module) if is_model_wrapper(model) else model
