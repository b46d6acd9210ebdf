"""Measures of enhanced pictures."""

from . import metrics
from .metrics import *  # noqa: F403  all of them

__all__ = metrics.__all__
