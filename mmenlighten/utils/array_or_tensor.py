"""Formulas that hold for NumPy's arrays and torch's tensors alike, and are written once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

Array = TypeVar('Array', np.ndarray, 'Tensor')
"""What a formula takes is what it gives; torch is not imported for it."""


def where(condition: Any, one: Array, other: Array) -> Array:
    """``one`` where the condition holds, else ``other``."""
    if isinstance(one, np.ndarray | np.generic | float):
        return np.where(condition, one, other)
    return one.where(condition, other)
