"""The network of a file of weights, as its header tells it: a type of this package, arguments.

What enhances is a generator, whatever it was trained by; so the header has the generator's config
alone, with the defaults of its arguments, which later versions may change.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping
from typing import Any

from torch import nn

from mmenlighten.registry import MODELS
from mmenlighten.utils.errors import CheckpointError, ConfigError, error_reason
from mmenlighten.utils.suggesting_registry import closest_name
from mmenlighten.version import __version__

from .enhancers.base_enhancer import BaseEnhancer
from .enhancers.trained_enhancer import TrainedEnhancer


def architecture_of(enhancer: nn.Module) -> dict[str, Any]:
    """The config of an enhancer's generator, with all arguments, as JSON has it.

    Raises:
        ConfigError: It has no generator, or an argument is no value of JSON.
    """
    config = getattr(enhancer, 'generator_config', None)
    if config is None:
        raise ConfigError(f'{type(enhancer).__name__} has no generator that could be published.')
    try:
        told: dict[str, Any] = json.loads(json.dumps(_with_defaults(config)))
    except (TypeError, ValueError) as error:
        raise ConfigError(
            f'model.generator has an argument that is no number, text or list ({error}): such a '
            'network cannot be told in a file.'
        ) from error
    return told


def _with_defaults(config: Mapping[str, Any]) -> dict[str, Any]:
    kind = config['type']
    network = MODELS.get(kind) if isinstance(kind, str) else kind
    defaults = {
        name: parameter.default
        for name, parameter in inspect.signature(network).parameters.items()
        if parameter.default is not parameter.empty
    }
    given = {
        name: _with_defaults(value) if isinstance(value, Mapping) and 'type' in value else value
        for name, value in config.items()
    }
    return {**defaults, **given, 'type': network.__name__}


def enhancer_of(architecture: Mapping[str, Any], path: str, version: str = '') -> TrainedEnhancer:
    """Builds what enhances with a network that a file tells, with random weights.

    Nothing is imported for it: types are those that are registered in this package already.

    Args:
        architecture: The config of the network.
        path: The file, for messages.
        version: Of this package, by which the file was written.

    Raises:
        CheckpointError: There is no such network, or it has no such arguments.
    """
    MODELS.import_from_location()
    remedy = f'install the mmenlighten that wrote it ({version or "a newer one"}), or give a config'
    for name in _types(architecture):
        if name not in MODELS.module_dict:
            near = closest_name(name, MODELS.module_dict)
            raise CheckpointError(
                f'{path} is of a network {name!r}, which mmenlighten {__version__} has not: '
                f'{f"did you mean {near}? Else " if near else ""}{remedy}.'
            )
    try:
        enhancer = TrainedEnhancer(dict(architecture))
        if isinstance(enhancer.generator, BaseEnhancer):
            raise TypeError(f'{architecture["type"]} is no network, but what trains one')
    except Exception as error:  # whatever such arguments do in constructors
        raise CheckpointError(
            f'{path} is of a network that mmenlighten {__version__} cannot build '
            f'({error_reason(error)}): {remedy}.'
        ) from error
    return enhancer


def _types(config: Any) -> Iterator[str]:
    if isinstance(config, Mapping):
        if 'type' in config:
            yield str(config['type'])
        for value in config.values():
            yield from _types(value)
    elif isinstance(config, list):
        for value in config:
            yield from _types(value)
