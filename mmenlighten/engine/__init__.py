"""How training runs: loops, hooks, optimizers."""

from . import hooks, loops, optim_wrappers

__all__ = ['hooks', 'loops', 'optim_wrappers']
