"""Refuses settings that cannot work, each in one sentence that names the key and the remedy."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from .errors import ConfigError

MOST_STRENGTH = 1.5
"""Of enhancing: 0 changes nothing, 1 is what the model makes."""


def check_choice(name: str, value: object, choices: Collection[object]) -> None:
    """Refuses a value that is none of the choices.

    Raises:
        ConfigError: Such as ``norm='x' is unknown: use one of batch, instance.``
    """
    if value not in choices:
        listing = ', '.join(map(str, choices))
        raise ConfigError(f'{name}={value!r} is unknown: use one of {listing}.')


def check_names(name: str, given: Iterable[str], known: Collection[str]) -> None:
    """Refuses names that do not exist.

    Raises:
        ConfigError: Such as ``model.loss_weights names x: use a, b.``
    """
    if unknown := sorted(set(given) - set(known)):
        raise ConfigError(f'{name} names {", ".join(unknown)}: use {", ".join(known)}.')


def check_at_least(least: float, prefix: str = '', **values: float) -> None:
    """Refuses values below a bound.

    Args:
        least: The bound.
        prefix: What stands before the keys, such as ``'train_cfg.'``.
        values: Values by key.

    Raises:
        ConfigError: Such as ``train_cfg.max_epochs=0: it must be 1 or more.``
    """
    for name, value in values.items():
        if not value >= least:
            raise ConfigError(f'{prefix}{name}={value}: it must be {least} or more.')


def check_positive(owner: str = '', **values: float) -> None:
    """Refuses values that are not above 0.

    Args:
        owner: Type of the component, to stand before the key.
        values: Values by key.

    Raises:
        ConfigError: Such as ``JED gamma=0 must be positive.``
    """
    for name, value in values.items():
        if not value > 0:
            raise ConfigError(f'{owner} {name}={value} must be positive.'.lstrip())


def check_not_negative(owner: str = '', **values: float) -> None:
    """Refuses values below 0; see :func:`check_positive`.

    Raises:
        ConfigError: Such as ``JED alpha=-1 must not be negative.``
    """
    for name, value in values.items():
        if not value >= 0:
            raise ConfigError(f'{owner} {name}={value} must not be negative.'.lstrip())


def check_share(owner: str = '', excluded: tuple[float, ...] = (), **values: float) -> None:
    """Refuses values outside of [0, 1], or that are an excluded end; see :func:`check_positive`.

    Raises:
        ConfigError: Such as ``RandomDarken prob=2 must be between 0 and 1.``
    """
    for name, value in values.items():
        if not 0 <= value <= 1 or value in excluded:
            raise ConfigError(f'{owner} {name}={value} must be between 0 and 1.'.lstrip())
