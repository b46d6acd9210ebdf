"""Keeps libraries from logging what is no news."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .mmengine_parts import MMLogger


@contextmanager
def quiet_mmengine() -> Iterator[None]:
    """Holds back what MMEngine says below a warning."""
    logger = MMLogger.get_current_instance()
    level = logger.level
    logger.setLevel('WARNING')
    try:
        yield
    finally:
        logger.setLevel(level)
