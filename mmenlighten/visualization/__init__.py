"""Pictures for people: comparisons, and where they are kept."""

from .comparison import comparison_row
from .local_vis_backend import LocalVisBackend

__all__ = ['LocalVisBackend', 'comparison_row']
