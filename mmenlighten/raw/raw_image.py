"""A mosaic with what is needed to make light out of its numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class RawImage:
    """What a sensor saw.

    Attributes:
        mosaic: (H, W), uint16, as the sensor lies; nothing is subtracted, scaled or turned.
        pattern: Colours of the filters from the top left pixel on, row by row: ``'RGGB'`` or
            another one of four letters, or 36 letters for a square of six pixels (X-Trans).
        black: Value of no light.
        white: Value at which a pixel is saturated.
        exposure: Exposure time in seconds; None where it is not known.
        turns: Quarter turns against the clock that make the picture upright.
    """

    mosaic: np.ndarray
    pattern: str
    black: float
    white: float
    exposure: float | None = None
    turns: int = 0


def amplify(values: np.ndarray, black: float, white: float, ratio: float) -> np.ndarray:
    """Light of raw values, so many times brighter, and saturated at 1.

    The official program clips after it has cropped, which is the same.

    Args:
        values: Of any shape, as in a mosaic.
        black: See :class:`RawImage`.
        white: See :class:`RawImage`.
        ratio: Exposure that is wanted over the one that was had.

    Returns:
        The same shape, float32, in [0, 1].
    """
    light = np.maximum(values.astype(np.float32) - np.float32(black), 0)
    light /= np.float32(white - black)
    return np.minimum(light * np.float32(ratio), 1)
