"""Where pictures for people are kept."""

from .local_vis_backend import LocalVisBackend

__all__ = ['LocalVisBackend']
