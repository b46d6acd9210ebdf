"""A small raw file as cameras write it, made by tifffile and independently of us."""

from __future__ import annotations

import io

import numpy as np
import tifffile

HEIGHT, WIDTH = 48, 64
BLACK, WHITE = 512, 16383
NEUTRAL = (0.5, 1.0, 0.8)
"""What the camera's sensor makes of white."""

XYZ_TO_SRGB = (32405, -15371, -4985, -9693, 18760, 416, 556, -2040, 10572)
"""Ten thousandths of the matrix of a camera that sees as sRGB does (IEC 61966-2-1)."""


def dng(light: np.ndarray, orientation: int = 1, preview: bytes = b'') -> bytes:
    """A DNG of one grey level for each pixel of ``light`` (48, 64) in [0, 1], linear."""
    gains = np.empty((HEIGHT, WIDTH))
    for row, column, colour in ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 2)):
        gains[row::2, column::2] = NEUTRAL[colour]
    mosaic = np.rint(BLACK + light * gains * (WHITE - BLACK)).astype(np.uint16)
    fractions = [part for value in NEUTRAL for part in (round(value * 1000), 1000)]
    tags = [
        (271, 2, 0, 'Maker', True),
        (272, 2, 0, 'Night 1', True),
        (274, 3, 1, orientation, True),
        (33421, 3, 2, (2, 2), True),
        (33422, 1, 4, (0, 1, 1, 2), True),
        (33434, 5, 1, (1, 8), True),
        (34855, 3, 1, 3200, True),
        (36867, 2, 20, '2026:11:30 22:15:00', True),
        (50706, 1, 4, (1, 4, 0, 0), True),
        (50708, 2, 0, 'Maker Night 1', True),
        (50714, 3, 1, BLACK, True),
        (50717, 4, 1, WHITE, True),
        (50721, 10, 9, [part for value in XYZ_TO_SRGB for part in (value, 10000)], True),
        (50728, 5, 3, fractions, True),
        (50778, 3, 1, 21, True),  # calibrated in D65
    ]
    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer, byteorder='<') as file:
        file.write(mosaic, photometric=32803, extratags=tags, metadata=None)
    return buffer.getvalue()
