"""The model that a config and a checkpoint name."""

from __future__ import annotations

from mmengine.config import Config
from mmengine.registry import DefaultScope
from torch import nn

from mmenlighten.registry import MODELS
from mmenlighten.utils.checkpoint import read_fitting_weights


def build_model(config: Config, checkpoint: str | None) -> nn.Module:
    """Builds the model of a config, in evaluation mode on the CPU.

    Args:
        config: The config.
        checkpoint: Its weights; None for those with which training starts.

    Raises:
        CheckpointError: The file is damaged, or of another network.
    """
    with DefaultScope.overwrite_default_scope('mmenlighten'):
        model: nn.Module = MODELS.build(config.model)
    if checkpoint is not None:
        model.load_state_dict(read_fitting_weights(model, checkpoint), strict=False)
    return model.eval()
