"""What can be compared: simple methods by name, and trained models by config and checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from mmenlighten.evaluation.baselines import clahe, gamma_correction
from mmenlighten.utils.command_line import load_config
from mmenlighten.utils.errors import CheckpointError, ConfigError
from mmenlighten.version import __version__

from .digest import digest_of_facts, digest_of_file
from .model import load_model

Enhance = Callable[[np.ndarray], np.ndarray]
"""Takes and returns uint8 RGB (H, W, 3)."""


@dataclass(frozen=True)
class Method:
    """A method to compare."""

    name: str
    """How tables call it."""
    description: str
    """Half a sentence on its settings."""
    key: str
    """Changes with all that the result depends on besides the input."""
    load: Callable[[], Enhance]
    """Gives the function that enhances; not called where all pictures are there already."""


def _unchanged(image: np.ndarray) -> np.ndarray:
    return image


SIMPLE_METHODS: dict[str, tuple[Callable[..., np.ndarray], dict[str, float]]] = {
    'input': (_unchanged, {}),
    'gamma': (gamma_correction, dict(gamma=0.5)),
    'clahe': (clahe, dict(clip_limit=2.0, tiles=8)),
}
"""Methods without weights by name: the function, and its options with their defaults."""


def build_methods(names: Sequence[str], checkpoints: Sequence[str] = ()) -> list[Method]:
    """Finds the methods that are named on a command line.

    Args:
        names: Simple methods, with ``:option=number`` for settings that differ from the default
            (``gamma:gamma=0.4``), or paths of configs.
        checkpoints: Weights of the configs, in the order of the configs.

    Raises:
        CheckpointError: There are not as many checkpoints as configs, or one does not exist.
        ConfigError: A method or config does not exist, or is given twice.
    """
    configs = [name for name in names if _is_config(name)]
    if len(configs) != len(checkpoints):
        raise CheckpointError(
            f'{len(configs)} configs and {len(checkpoints)} checkpoints are given: give with '
            '--checkpoint one for each config, in the same order.'
        )
    weights = iter(checkpoints)
    methods = [
        _model(name, next(weights)) if _is_config(name) else _simple_method(name) for name in names
    ]
    for name in {method.name for method in methods}:
        if sum(method.name == name for method in methods) > 1:
            raise ConfigError(f'{name} is given twice: leave one out.')
    return methods


def _is_config(name: str) -> bool:
    return name.endswith(('.py', '.json', '.yaml', '.yml'))


def _simple_method(text: str) -> Method:
    name, _, settings = text.partition(':')
    if name not in SIMPLE_METHODS:
        raise ConfigError(
            f'There is no method {name!r}: use {", ".join(SIMPLE_METHODS)}, or the path of a '
            'config with its --checkpoint.'
        )
    function, defaults = SIMPLE_METHODS[name]
    options = dict(defaults)
    for setting in filter(None, settings.split(',')):
        key, _, value = setting.partition('=')
        try:
            options[key] = type(defaults[key])(value)
        except (KeyError, ValueError) as error:
            known = ', '.join(f'{key}={value}' for key, value in defaults.items()) or 'none'
            raise ConfigError(
                f'{text}: {setting!r} is no setting of {name}; the settings are: {known}.'
            ) from error

    def enhance(image: np.ndarray) -> np.ndarray:
        return function(image, **options)

    described = ', '.join(f'{key} = {value:g}' for key, value in options.items())
    key = digest_of_facts(dict(method=name, options=options, version=__version__))
    return Method(text, described or 'no settings', key, lambda: enhance)


def _model(path: str, checkpoint: str) -> Method:
    config = load_config(path)
    if 'model' not in config:
        raise ConfigError(
            f'{path} has no model: give a config such as configs/enlightengan_lol.py.'
        )
    if not Path(checkpoint).is_file():
        raise CheckpointError(f'--checkpoint {checkpoint} does not exist: give a file of weights.')
    device = 'cuda' if torch.cuda.is_available() else 'cpu'
    weights = digest_of_file(checkpoint)
    model = config.model.to_dict()
    key = digest_of_facts(dict(model=model, weights=weights, device=device, version=__version__))
    name = f'{Path(path).stem}@{Path(checkpoint).stem}'
    description = f'{path} with weights {checkpoint} (SHA-256 {weights[:12]}) on {device}'
    return Method(name, description, key, lambda: load_model(config, checkpoint, device))
