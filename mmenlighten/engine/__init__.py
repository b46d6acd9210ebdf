"""How training runs: loops, hooks, optimizers."""

from mmenlighten.utils import atomic_backend  # noqa: F401  makes it known to MMEngine

from . import hooks, loops, model_wrappers, optim_wrappers, optimizers

__all__ = ['hooks', 'loops', 'model_wrappers', 'optim_wrappers', 'optimizers']
