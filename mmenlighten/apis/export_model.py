"""The model that a config and a checkpoint name."""

from __future__ import annotations

from mmengine.config import Config
from mmengine.registry import DefaultScope
from torch import nn

import mmenlighten.models  # noqa: F401  registers
from mmenlighten.registry import MODELS

from .benchmark.model import _load_weights


def build_model(config: Config, checkpoint: str) -> nn.Module:
    """Builds the model of a config with its weights, in evaluation mode on the CPU.

    Raises:
        CheckpointError: The file is damaged, or of another network.
    """
    with DefaultScope.overwrite_default_scope('mmenlighten'):
        model: nn.Module = MODELS.build(config.model)
    _load_weights(model, checkpoint)
    return model.eval()
