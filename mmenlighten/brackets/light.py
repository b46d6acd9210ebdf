"""From stored pixels to light."""

from __future__ import annotations

import numpy as np

GAMMA = 2.2
"""Of the frames, as the papers on merging take it."""


def unit_range(frame: np.ndarray) -> np.ndarray:
    """Stored pixels of 8 or 16 bits, or floating point, as float32 with white at 1."""
    if frame.dtype.kind == 'f':
        return frame.astype(np.float32)
    return frame / np.float32(np.iinfo(frame.dtype).max)


def light_of(frame: np.ndarray) -> np.ndarray:
    """The light of stored pixels, float32, with white at 1."""
    return unit_range(frame).clip(0) ** np.float32(GAMMA)
