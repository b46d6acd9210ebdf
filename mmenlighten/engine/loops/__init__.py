"""Loops of training, validation and testing."""

from .gan_train_loop import GANTrainLoop
from .multi_test_loop import MultiTestLoop
from .multi_val_loop import MultiValLoop

__all__ = ['GANTrainLoop', 'MultiTestLoop', 'MultiValLoop']
