"""Models by their files or by their names.

Importing this loads neither torch nor mmengine; building a model does.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mmenlighten.utils.errors import CheckpointError, ConfigError

from .model_index import find_model, list_models

if TYPE_CHECKING:
    from mmengine.config import Config

    from mmenlighten.models.enhancers.base_enhancer import BaseEnhancer

__all__ = ['get_model', 'init_model', 'list_models']


def init_model(
    config: str | os.PathLike[str] | Config, checkpoint: str | os.PathLike[str], device: str = 'cpu'
) -> BaseEnhancer:
    """Builds the model of a config with its weights, in evaluation mode.

    Args:
        config: The config or its file.
        checkpoint: A checkpoint of training, or converted weights; a file or an address.
        device: Where the model goes.

    Returns:
        The model; its ``cfg`` is the config.

    Raises:
        ConfigError: The config is missing or has no enhancer.
        CheckpointError: The weights are missing, damaged, or of another network.
    """
    checkpoint = os.fspath(checkpoint)
    if not checkpoint.startswith(('http://', 'https://')):
        checkpoint = os.path.expanduser(checkpoint)
        if not os.path.isfile(checkpoint):
            raise CheckpointError(f'{checkpoint} does not exist: give a file of weights.')

    from mmengine.config import Config

    from mmenlighten.models.enhancers.base_enhancer import BaseEnhancer
    from mmenlighten.utils.command_line import load_config

    from .export_model import build_model

    name = 'The config' if isinstance(config, Config) else os.fspath(config)
    if not isinstance(config, Config):
        config = load_config(os.path.expanduser(name))
    if 'model' not in config:
        raise ConfigError(f'{name} has no model: give one such as those in configs/.')
    model = build_model(config, checkpoint)
    if not isinstance(model, BaseEnhancer):
        raise ConfigError(f'The model of {name} is a {type(model).__name__}, which is no enhancer.')
    # Not a submodule or a buffer: the model would save it with its weights.
    object.__setattr__(model, 'cfg', config)
    return model.to(device)


def get_model(
    name: str, checkpoint: str | os.PathLike[str] | None = None, device: str = 'cpu'
) -> BaseEnhancer:
    """Builds a model by its name, as :func:`list_models` tells it.

    Args:
        name: The name.
        checkpoint: Its weights; by default those that are published for it.
        device: Where the model goes.

    Raises:
        ConfigError: There is no such model.
        CheckpointError: No weights are published for it and none are given, or as in
            :func:`init_model`.
    """
    entry = find_model(name)
    weights = checkpoint or entry.weights
    if weights is None:
        raise CheckpointError(
            f'No weights are published for {name}: train it, or give checkpoint=FILE.'
        )
    return init_model(entry.config, weights, device)
