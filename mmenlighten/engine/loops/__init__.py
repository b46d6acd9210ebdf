"""Train loops."""

from .gan_train_loop import GANTrainLoop

__all__ = ['GANTrainLoop']
