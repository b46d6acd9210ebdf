"""Options of data loaders that do not go together, or that no data loader takes."""

from __future__ import annotations

from typing import Any

from mmengine.config import Config
from mmengine.logging import print_log
from mmengine.registry import FUNCTIONS

from .errors import ConfigError, UnknownTypeError
from .suggesting_registry import advice_of_ours

_OF_WORKERS = {
    'persistent_workers': False,
    'prefetch_factor': None,
    'multiprocessing_context': None,
    'timeout': 0,
}
"""Options that torch refuses without workers, and what switches them off."""

_LEAST = {'batch_size': 1, 'num_workers': 0, 'prefetch_factor': 1, 'timeout': 0}


def mend_loader_options(config: Config) -> None:
    """Switches off what needs workers where there are none, and checks the rest.

    Raises:
        ConfigError: A number is too small or none, or a function does not exist.
    """
    for name in ('train_dataloader', 'val_dataloader', 'test_dataloader'):
        options = config.get(name)
        if not isinstance(options, dict):
            continue
        _check_numbers(options, name)
        _check_functions(options, name)
        if options.get('num_workers', 0) > 0:
            continue
        # Not removed: torch's own values, which a later reader of the config finds.
        unused = [key for key, off in _OF_WORKERS.items() if options.get(key, off) != off]
        for key in unused:
            options[key] = _OF_WORKERS[key]
        if unused:
            print_log(
                f'{name}.num_workers=0: {" and ".join(unused)} switched off, which only workers '
                'have a use for.',
                logger='current',
            )


def _check_numbers(options: dict[str, Any], name: str) -> None:
    for key, least in _LEAST.items():
        value = options.get(key, least)
        if key == 'prefetch_factor' and value is None:
            continue
        is_number = isinstance(value, int if key != 'timeout' else int | float)
        if not is_number or isinstance(value, bool) or value < least:
            raise ConfigError(f'{name}.{key}={value!r}: it must be a number of {least} or more.')


def _check_functions(options: dict[str, Any], name: str) -> None:
    """MMEngine looks these up without the scope of the config, and takes None for a function."""
    for key in ('collate_fn', 'worker_init_fn'):
        function = options.get(key)
        kind = function.get('type') if isinstance(function, dict) else None
        if isinstance(kind, str) and kind not in FUNCTIONS:
            raise UnknownTypeError(
                f'{name}.{key}.type={kind!r} does not exist: {advice_of_ours(kind, FUNCTIONS.name)}'
            )
