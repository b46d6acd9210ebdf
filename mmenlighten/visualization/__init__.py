"""Where pictures for people are kept."""

from .local_vis_backend import LocalVisBackend
from .tensorboard_vis_backend import TensorboardVisBackend

__all__ = ['LocalVisBackend', 'TensorboardVisBackend']
