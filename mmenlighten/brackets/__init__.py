"""Exposures of one scene, from dark to bright: aligned, merged and shown; needs no torch.

Frames are RGB arrays (H, W, 3): 8 or 16 bits, or floating point with white at 1. An exposure is
what a frame's light was multiplied by, 2^EV.
"""

from .alignment import Alignment, find_alignment, re_exposed
from .light import light_of

__all__ = ['Alignment', 'find_alignment', 'light_of', 're_exposed']
