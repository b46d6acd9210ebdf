"""Optimizers beside those of torch."""

from .fused_adam import FusedAdam

__all__ = ['FusedAdam']
