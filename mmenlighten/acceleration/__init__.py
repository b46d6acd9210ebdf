"""Faster forms of plain models: the same parameters, the same keys, the same results.

Networks in :mod:`mmenlighten.models` are written as papers draw them, in plain torch, and know
nothing of this package. :func:`accelerate` turns their layers into faster ones for training;
:func:`accelerate_for_inference` makes a network that enhances what a trained one enhances.
"""

from .inference import accelerate_for_inference
from .training import accelerate

__all__ = ['accelerate', 'accelerate_for_inference']
