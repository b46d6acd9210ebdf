"""Finds the files of a model, and builds nothing; needs neither torch nor mmengine."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmenlighten.utils.errors import CheckpointError, ConfigError
from mmenlighten.utils.foreign_file import wanted_of, what_is_not_weights
from mmenlighten.utils.option_names import option
from mmenlighten.utils.safetensors_file import ENDING, read_architecture
from mmenlighten.utils.weights_address import is_address, is_repository

from .default_model import DEFAULT_MODEL as DEFAULT_MODEL
from .model_index import ModelEntry, find_model, list_models
from .weights_files import existing_weights

if TYPE_CHECKING:
    from mmengine.config import Config

CONFIG_ENDINGS = ('.py', '.json', '.yaml', '.yml')


def find_files(
    model: str | os.PathLike[str] | Mapping[str, Any] | Config | None,
    weights: str | os.PathLike[str] | None,
) -> tuple[str | os.PathLike[str] | Mapping[str, Any] | Config | None, str | None]:
    """Finds the config and the weights that :func:`.model.load_model` would build.

    Returns:
        None in place of the config where the header of the weights tells their network.

    Raises:
        ConfigError: As in :func:`.model.load_model`.
        CheckpointError: The weights do not exist, or none are published.
    """
    for given, kind, flag in ((model, 'model', 'model'), (weights, 'weights', 'checkpoint')):
        if isinstance(given, str) and not given.strip():
            raise ConfigError(
                f'{option(kind, repr(given), flag)} is empty: give a name or a file, or leave it '
                'out.'
            )
    if isinstance(model, str | os.PathLike) and is_weights(model):
        if weights is not None:
            raise ConfigError(
                f'{option("model", model)} and {option("weights", weights, "checkpoint")} are two '
                'files of weights: give one of them.'
            )
        weights, model = model, None
    if model is None and weights is not None:
        return None, _self_contained(os.fspath(weights))
    config = DEFAULT_MODEL if model is None else model
    if isinstance(config, str | os.PathLike) and not os.fspath(config).endswith(CONFIG_ENDINGS):
        entry = find_model(os.fspath(config))
        config = entry.config
        if weights is None:
            return config, verified_weights(entry)
    return config, None if weights is None else existing_weights(weights)


def is_weights(model: object) -> bool:
    """Whether what is given as a model is weights, which may tell their network in their header.

    They are a ``*.safetensors``, a folder, an address, or ``OWNER/REPOSITORY`` of Hugging Face.
    """
    if not isinstance(model, str | os.PathLike):
        return False
    name = os.fspath(model)
    if name.endswith(CONFIG_ENDINGS):
        return False
    if name.lower().endswith(ENDING) or is_address(name) or is_repository(name):
        return True
    return os.path.isdir(os.path.expanduser(name)) and name not in list_models()


def _self_contained(weights: str) -> str:
    if is_repository(weights):
        try:
            path = existing_weights(f'hf://{weights}')
        except CheckpointError as error:
            raise CheckpointError(f'{weights} is not a file or folder here, and {error}') from error
    elif is_weights(weights):
        path = existing_weights(weights)
    else:
        path = os.path.expanduser(weights)
    if read_architecture(path) is not None:
        return path
    if (what := what_is_not_weights(path, wanted_of(path))) is not None:
        raise CheckpointError(f'{path} cannot be loaded as a checkpoint: {what}.')
    raise ConfigError(
        f'{option("weights", weights, "checkpoint")} alone do not tell their network, as headers '
        f'of published *.safetensors do: give its name as {option("model")} or its config as '
        f'{option("model", flag="config")} too.'
    )


def published_weights(entry: ModelEntry) -> str | None:
    """Address or file of the weights that are published for a model; None if it has no parameters.

    Raises:
        CheckpointError: None are published.
    """
    if entry.weights is None and entry.parameters:
        raise CheckpointError(
            f'No weights are published for {entry.name}: train it and give their file, or use '
            f'{DEFAULT_MODEL}, whose weights are in the package.'
        )
    return entry.weights


def published_export(entry: ModelEntry) -> Path | None:
    """The file for onnxruntime beside the published weights of a model, if it is there."""
    if entry.weights is None or '://' in entry.weights:
        return None
    path = Path(entry.weights).with_suffix('.onnx')
    return path if path.is_file() else None


def verified_weights(entry: ModelEntry) -> str | None:
    """The file of the published weights of a model, fetched and compared with its hash.

    Returns:
        None if it has no parameters.

    Raises:
        CheckpointError: None are published, or they cannot be fetched, or are others.
    """
    weights = published_weights(entry)
    return None if weights is None else existing_weights(weights, entry.sha256)
