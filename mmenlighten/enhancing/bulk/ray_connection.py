"""Finds Ray, and connects to a cluster of it."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
from collections.abc import Iterator
from types import ModuleType

from mmenlighten.utils.errors import ConfigError, UserError, error_reason, system_reason
from mmenlighten.utils.option_names import option
from mmenlighten.utils.required_packages import install_extra

SECONDS = 10
"""A machine that does not answer in this time is not there."""


def require_ray() -> ModuleType:
    """Ray, with what enhancing needs of it.

    Raises:
        UserError: It is not installed.
    """
    # Else Ray tells its makers of the cluster, and prints what its own files hold too.
    os.environ.setdefault('RAY_USAGE_STATS_ENABLED', '0')
    os.environ.setdefault('RAY_BACKEND_LOG_LEVEL', 'fatal')
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise UserError(
            f'{option("engine", "ray")} needs Ray: {install_extra("ray")}, on every machine.'
        ) from error
    return ray


@contextlib.contextmanager
def connected(address: str | None) -> Iterator[ModuleType]:
    """Ray, connected to a cluster, or to one of this machine alone that ends afterwards.

    What Ray prints is held back: it is in its own log files, and would tear the progress bar.

    Args:
        address: ``HOST:PORT``, or ``'auto'`` for the cluster that this machine belongs to. By
            default that of the variable ``RAY_ADDRESS``, or none.

    Raises:
        UserError: Ray is not installed, or the cluster does not answer.
    """
    ray = require_ray()
    address = address or os.environ.get('RAY_ADDRESS') or 'local'
    check_address(address)
    options = dict(include_dashboard=False) if address == 'local' else {}
    logging.getLogger('ray.data').setLevel(logging.CRITICAL)
    with open(os.devnull, 'w') as nowhere, contextlib.redirect_stdout(nowhere):
        try:
            with _without_stderr():
                ray.init(address, logging_level=logging.CRITICAL, log_to_driver=False, **options)
        except (ConnectionError, RuntimeError, ValueError, OSError) as error:
            raise UserError(
                f'{option("address", address)} cannot be used '
                f'({error_reason(error).rstrip(".")}): start Ray there with `ray start`, set '
                'RAY_AUTH_MODE=token if it has a token, or '
                f'leave out {option("address")}.'
            ) from error
        try:
            yield ray
        finally:
            ray.shutdown()


def check_address(address: str) -> None:
    """Asks whether something answers at an address, which Ray itself would try for long.

    Raises:
        UserError: Nothing answers.
        ConfigError: It is no address.
    """
    if address in ('auto', 'local'):
        return
    host, _, port = address.rpartition('://')[2].rpartition(':')
    if not host or not port.isdecimal():
        raise ConfigError(f'{option("address", address)} is no address: use HOST:PORT, or auto.')
    try:
        socket.create_connection((host, int(port)), timeout=SECONDS).close()
    except (OSError, OverflowError) as error:
        raise UserError(
            f'No Ray cluster answers at {option("address", address)} ({system_reason(error)}): '
            f'start one with `ray start --head`, or leave out {option("address")} to use this '
            'machine alone.'
        ) from error


@contextlib.contextmanager
def _without_stderr() -> Iterator[None]:
    """Holds back what code in C++ prints: here, that it was told to print nothing."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
