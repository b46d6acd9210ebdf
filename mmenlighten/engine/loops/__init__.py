"""Loops of training, validation and testing."""

from .gan_train_loop import GANTrainLoop
from .multi_loops import MultiTestLoop, MultiValLoop

__all__ = ['GANTrainLoop', 'MultiTestLoop', 'MultiValLoop']
