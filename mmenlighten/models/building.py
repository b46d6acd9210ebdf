"""The model that a config and a checkpoint name."""

from __future__ import annotations

from torch import nn

from mmenlighten.registry import MODELS
from mmenlighten.utils.checkpoint import read_fitting_weights
from mmenlighten.utils.errors import CheckpointError
from mmenlighten.utils.mmengine_parts import Config, DefaultScope
from mmenlighten.utils.safetensors_file import read_architecture, read_metadata

from .architecture import enhancer_of


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


def build_by_header(checkpoint: str) -> tuple[Config, nn.Module]:
    """Builds the model of a file whose header tells its network, as :func:`build_model` does.

    Returns:
        A config that says the same, and the model.

    Raises:
        CheckpointError: The header does not tell it, or a network that is not there; or the file
            is damaged.
    """
    architecture = read_architecture(checkpoint)
    if architecture is None:
        raise CheckpointError(f'{checkpoint} does not tell its network: give its config.')
    version = read_metadata(checkpoint).get('mmenlighten_version', '')
    model = enhancer_of(architecture, checkpoint, version)
    model.load_state_dict(read_fitting_weights(model, checkpoint), strict=False)
    config = Config(dict(model=dict(type=type(model).__name__, generator=architecture)))
    return config, model.eval()
