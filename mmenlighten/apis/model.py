"""Models by their files or by their names.

Importing this loads neither torch nor mmengine; building a model does.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mmenlighten.utils.errors import CheckpointError, ConfigError

from .model_files import find_files, is_weights, verified_weights
from .model_index import find_model, list_models
from .weights_files import existing_weights

if TYPE_CHECKING:
    from mmengine.config import Config

    from mmenlighten.models.enhancers.base_enhancer import BaseEnhancer

__all__ = ['get_model', 'init_model', 'list_models', 'load_model']


def init_model(
    config: str | os.PathLike[str] | Mapping[str, Any] | Config | None,
    checkpoint: str | os.PathLike[str] | None = None,
    device: str = 'cpu',
) -> BaseEnhancer:
    """Builds the model of a config with its weights, in evaluation mode.

    Args:
        config: The config or its file; None where the header of the weights tells their network.
        checkpoint: A checkpoint of training, or converted weights; a file or an address. None for
            models that have no parameters.
        device: Where the model goes.

    Returns:
        The model; its ``cfg`` is the config.

    Raises:
        ConfigError: The config is missing or has no enhancer.
        CheckpointError: The weights are missing, damaged, or of another network.
    """
    model = _build(config, None if checkpoint is None else existing_weights(checkpoint), device)
    if checkpoint is None and any(True for _ in model.parameters()):
        name = os.fspath(config) if isinstance(config, str | os.PathLike) else 'the config'
        raise CheckpointError(f'weights are missing: give the file of the weights for {name}.')
    return model


def get_model(
    name: str, pretrained: bool | str | os.PathLike[str] = True, device: str = 'cpu'
) -> BaseEnhancer:
    """Builds a model by its name, as :func:`list_models` tells it, in evaluation mode.

    Args:
        name: The name; or weights whose header tells their network: a ``*.safetensors``, a folder
            with one, an address such as ``https://...`` and ``hf://OWNER/REPOSITORY``, or
            ``OWNER/REPOSITORY`` of Hugging Face.
        pretrained: True for the weights that are published for it; False for random ones, from
            which training starts; or a file or an address of others.
        device: Where the model goes.

    Raises:
        ConfigError: There is no such model.
        CheckpointError: No weights are published for it, or as in :func:`init_model`.
    """
    if is_weights(name):
        if pretrained is not True:
            raise ConfigError(f'pretrained={pretrained}: {name} has weights; leave it out.')
        return load_model(name)
    entry = find_model(name)
    if pretrained is False:
        return _build(entry.config, None, device)
    weights = verified_weights(entry) if pretrained is True else pretrained
    return init_model(entry.config, weights, device)


def load_model(
    model: str | os.PathLike[str] | Mapping[str, Any] | Config | BaseEnhancer | None = None,
    weights: str | os.PathLike[str] | None = None,
) -> BaseEnhancer:
    """Builds whatever a user calls a model, on the CPU and in evaluation mode.

    Args:
        model: A name or weights as for :func:`get_model`, the path of a config, a config, or a
            model that is built already; None for ``bilateral_curves_s``, whose weights are in the
            package, or where the header of ``weights`` tells their network.
        weights: A file or an address; None for those that are published for the name.

    Raises:
        ConfigError: There is no such model, or model and weights do not go together.
        CheckpointError: There are no weights, or they are damaged or of another network.
        TypeError: The model is of another kind.
    """
    if model is not None and not isinstance(model, str | os.PathLike | Mapping):
        from mmenlighten.models.enhancers.base_enhancer import BaseEnhancer
        from mmenlighten.utils.mmengine_parts import Config

        if isinstance(model, BaseEnhancer):
            if weights is not None:
                raise ConfigError(
                    f'weights={weights}: the model that is given has its weights; leave them out.'
                )
            return model
        if not isinstance(model, Config):
            raise TypeError(
                f'A model is a name, a config or an enhancer, not a {type(model).__name__}.'
            )
    return init_model(*find_files(model, weights))


def _build(
    config: str | os.PathLike[str] | Mapping[str, Any] | Config | None,
    checkpoint: str | None,
    device: str,
) -> BaseEnhancer:
    from mmenlighten.models.building import build_by_header, build_model
    from mmenlighten.models.enhancers.base_enhancer import BaseEnhancer
    from mmenlighten.utils.config_file import read_config
    from mmenlighten.utils.mmengine_parts import Config

    if config is None:
        if checkpoint is None:
            raise ConfigError('There is neither a config nor a file of weights: give one of them.')
        name = checkpoint
        read, model = build_by_header(checkpoint)
    else:
        name = 'The config'
        if isinstance(config, str | os.PathLike):
            name = os.fspath(config)
            read = read_config(os.path.expanduser(name))
        else:
            read = config if isinstance(config, Config) else Config(dict(config))
        if 'model' not in read:
            raise ConfigError(f'{name} has no model: give one such as those in configs/.')
        model = build_model(read, checkpoint)
    if not isinstance(model, BaseEnhancer):
        raise ConfigError(f'The model of {name} is a {type(model).__name__}, which is no enhancer.')
    # Not a submodule or a buffer: the model would save it with its weights.
    object.__setattr__(model, 'cfg', read)
    return model.to(device)
