"""Exposures of one scene, from dark to bright: aligned, merged and shown; needs no torch.

Frames are RGB arrays (H, W, 3): 8 or 16 bits, or floating point with white at 1. An exposure is
what a frame's light was multiplied by, 2^EV.
"""

from .alignment import Alignment, find_alignment, re_exposed
from .bracket import Bracket
from .debevec import measured_response, merged_rows
from .exposure_values import exposure_value_of_exif, exposure_value_of_name, find_exposure_values
from .light import light_of
from .tone_mapping import preview_of

__all__ = [
    'Alignment',
    'Bracket',
    'exposure_value_of_exif',
    'exposure_value_of_name',
    'find_alignment',
    'find_exposure_values',
    'light_of',
    'measured_response',
    'merged_rows',
    'preview_of',
    're_exposed',
]
