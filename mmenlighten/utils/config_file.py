"""Reads a config, or says in a sentence why not."""

from __future__ import annotations

import os

from .errors import ConfigError
from .mmengine_parts import Config
from .run_tool import first_line


def read_config(path: str) -> Config:
    """Reads a config with all that it inherits.

    Raises:
        ConfigError: The file, or one that it inherits from, is missing or is not a config; or it
            needs MMEngine, which is not installed.
    """
    if not os.path.isfile(path):
        raise ConfigError(f'The config {path} does not exist: give one such as those in configs/.')
    if not path.endswith(('.py', '.json', '.yaml', '.yml')):
        raise ConfigError(f'{path} is not a config: its name must end in .py, .json or .yaml.')
    try:
        config = Config.fromfile(path)
    except ConfigError:
        raise
    except Exception as error:  # a config is code of the user, which may raise anything
        raise ConfigError(
            f'The config {path} cannot be read ({type(error).__name__}: {first_line(error)}): '
            'mend it, or the config under _base_ that this names.'
        ) from error
    return config
