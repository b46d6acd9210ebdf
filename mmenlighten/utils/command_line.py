"""What all tools share: how they read a config, their options, and their progress bar."""

from __future__ import annotations

import argparse
import difflib
import inspect
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import torch
from mmengine.config import Config, DictAction
from mmengine.runner import Runner

from .atomic import check_target, write_bytes
from .config_file import read_config
from .config_names import check_config_names
from .errors import ConfigError
from .run_tool import first_line, run_tool

__all__ = [
    'ConfigOptions',
    'add_config_options',
    'add_run_options',
    'add_target',
    'check_workers',
    'load_config',
    'run_tool',
    'tool_parser',
    'track',
]

Item = TypeVar('Item')

MOST_WORKERS = 4096
"""Processes of one machine; more are an error of typing."""

_MORE_KEYS = ('activation_checkpointing', 'custom_imports', 'efficient_conv_bn_eval', 'sync_bn')
"""What MMEngine's Runner reads of a config beside its own parameters."""


def load_config(path: str, options: dict[str, Any] | None = None) -> Config:
    """Reads a config with all that it inherits, and applies ``--cfg-options``.

    Raises:
        ConfigError: The file, or one that it inherits from, is missing or is not a config; or an
            option does not fit the config; or a name in it does not exist.
    """
    config = read_config(path)
    for key in options or {}:
        _check_key(config, key.split('.')[0])
    try:
        config.merge_from_dict(options or {})
    except Exception as error:  # merging raises KeyError, TypeError, IndexError, AssertionError
        pairs = ' '.join(f'{key}={value}' for key, value in (options or {}).items())
        raise ConfigError(
            f'--cfg-options {pairs} does not fit {path} ({first_line(error)}): '
            'tools/misc/print_config.py shows its keys.'
        ) from error
    check_config_names(config)
    return config


def _check_key(config: Config, key: str) -> None:
    """Refuses a misspelt first part of a key, which nothing would ever read."""
    known = [*config.keys(), *inspect.signature(Runner.__init__).parameters, *_MORE_KEYS]
    if key not in known:
        close = difflib.get_close_matches(key, known, n=1)
        hint = (
            f'did you mean {close[0]}?' if close else 'tools/misc/print_config.py shows its keys.'
        )
        raise ConfigError(f'--cfg-options {key}: the config has no such key; {hint}')


class ConfigOptions(DictAction):
    """MMEngine's action for ``KEY=VALUE`` pairs, with a usage message for what is not one."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        """Reads the pairs that follow one ``--cfg-options``."""
        for pair in values or ():
            key, equals, value = pair.partition('=')
            if not key or not equals:
                parser.error(f'{option_string} {pair}: write KEY=VALUE, without spaces around =.')
            if value.count('(') != value.count(')') or value.count('[') != value.count(']'):
                parser.error(f'{option_string} {pair}: the brackets do not match.')
        super().__call__(parser, namespace, values, option_string)


def tool_parser(description: str | None) -> argparse.ArgumentParser:
    """A parser whose help shows the description of a tool, its docstring, as it is."""
    return argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )


def add_target(parser: argparse.ArgumentParser, endings: str) -> None:
    """Adds the file that a tool writes, and ``--overwrite``; see :func:`.atomic.check_target`."""
    parser.add_argument('target', type=Path, help=f'file to write, {endings}')
    parser.add_argument('--overwrite', action='store_true', help='replace existing files')


def write_converted(
    read: Callable[[], dict[str, Any]], target: Path, overwrite: bool, config: str
) -> None:
    """Writes a checkpoint with weights of another program, and says how to try it.

    Args:
        read: Reads the checkpoint, after the target was checked, as it takes seconds.
        target: File to write.
        overwrite: Whether it may exist.
        config: A config of its model.
    """
    check_target(target, overwrite)
    checkpoint = read()
    buffer = io.BytesIO()
    torch.save(checkpoint, buffer)
    write_bytes(target, buffer.getbuffer())
    count = len(checkpoint['state_dict'])
    print(f'Wrote {target} ({count} tensors). Try it: python tools/test.py {config} {target}')


def add_config_options(parser: argparse.ArgumentParser) -> None:
    """Adds ``--cfg-options``, whose pairs :func:`load_config` takes as ``options``."""
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=ConfigOptions,
        metavar='KEY=VALUE',
        help='settings of the config to change, such as model.num_patches=5; '
        'a list is KEY=a,b or KEY="[a,b]", without spaces',
    )


def check_workers(parser: argparse.ArgumentParser, workers: int | None) -> None:
    """Ends with a usage message if so many processes cannot be."""
    if workers is not None and not 1 <= workers <= MOST_WORKERS:
        parser.error(f'--workers must be at least 1, and at most {MOST_WORKERS}.')


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Adds what training and testing have in common, ``--cfg-options`` among it."""
    parser.add_argument(
        '--work-dir',
        metavar='DIR',
        help='folder for logs and checkpoints (default: work_dirs/<name of the config>)',
    )
    parser.add_argument(
        '--launcher',
        choices=('none', 'pytorch', 'slurm', 'mpi'),
        default='none',
        help='who started the processes; the scripts for several processes set it',
    )
    # torch.distributed.launch, which mim starts, gives it beside the variable LOCAL_RANK.
    parser.add_argument('--local-rank', type=int, help=argparse.SUPPRESS)
    add_config_options(parser)


def track(items: Sequence[Item], description: str) -> Iterable[Item]:
    """Goes through the items under a progress bar with the time left, on the error stream."""
    from rich.console import Console
    from rich.progress import track as rich_track

    return rich_track(items, description, console=Console(stderr=True))
