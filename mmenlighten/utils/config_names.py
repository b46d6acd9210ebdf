"""Names in a config that MMEngine looks up outside of its registries, some of them late."""

from __future__ import annotations

import inspect
import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

import torch
from mmengine.config import Config
from mmengine.fileio import FileClient
from mmengine.fileio.backends import backends
from mmengine.runner.priority import Priority

from . import atomic_backend  # noqa: F401  which is one of the backends
from .errors import ConfigError, UnknownTypeError
from .suggesting_registry import closest_name

_DISTRIBUTED = {'nccl', 'gloo', 'mpi', 'ucc', 'xccl', 'hccl', 'cncl', 'mccl', 'smddp'}
"""Backends of torch, and those that packages for other devices add to it."""


def check_config_names(config: Config) -> None:
    """Refuses a name by which a run would fail, maybe when its first epoch is done.

    Raises:
        UnknownTypeError: There is no such file backend, log level, priority of a hook or the like;
            the message names the nearest one.
        ConfigError: A file backend does not take an argument that it is given.
    """
    names_of: dict[str, Collection[str]] = {
        r'(.*\.)?backend_args\.backend': backends,
        r'(.*\.)?file_client_args\.backend': FileClient._backends,
        r'log_level': ('DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'),
        r'env_cfg\.mp_cfg\.mp_start_method': ('fork', 'forkserver', 'spawn'),
        r'env_cfg\.dist_cfg\.backend': _distributed_backends(),
        r'(default|custom)_hooks\.\w+\.priority': Priority.__members__,
        r'(default|custom)_hooks\.\w+\.rule(\.\d+)?': ('greater', 'less'),
    }
    for path, value in _parts(config.to_dict()):
        names = next((names for key, names in names_of.items() if re.fullmatch(key, path)), ())
        if isinstance(value, str) and names and value not in names:
            if path.endswith('.priority') and value.upper() in names:
                continue
            near = closest_name(value, names)
            advice = f'did you mean {near}?' if near else f'use one of {", ".join(names)}.'
            raise UnknownTypeError(f'{path}={value!r} does not exist: {advice}')
        if path.endswith('backend_args') and isinstance(value, dict):
            _check_arguments(path, **value)


def _distributed_backends() -> set[str]:
    known = getattr(getattr(torch.distributed, 'Backend', None), 'backend_list', ())
    return _DISTRIBUTED | {*known}


def _check_arguments(path: str, backend: str | None = None, **arguments: Any) -> None:
    if backend not in backends:  # none, or a wrong one that is named when it is met
        return
    try:
        inspect.signature(backends[backend]).bind(**arguments)
    except TypeError as error:
        raise ConfigError(f'{path} does not fit {backend} ({error}): correct it.') from error


def _parts(value: Any, path: str = '') -> Iterator[tuple[str, Any]]:
    """All that a config holds, with the key of each part as ``--cfg-options`` takes it."""
    inner: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list | tuple):
        inner = enumerate(value)
    for key, part in inner:
        name = f'{path}.{key}' if path else str(key)
        yield name, part
        yield from _parts(part, name)
