"""Brings colours that a file tells by a number to sRGB, since the results have no such number."""

from __future__ import annotations

import dataclasses

import numpy as np

from mmenlighten.utils.srgb import linear_to_srgb, srgb_to_linear

from .photo import Photo

_P3_D65, _BT_2020 = 12, 9  # of ITU-T H.273
_TO_SRGB = {
    # Of linear light; white is D65 in all of them (SMPTE EG 432-1, ITU-R BT.2087).
    _P3_D65: (
        (1.224940, -0.224940, 0.0),
        (-0.042057, 1.042057, 0.0),
        (-0.019638, -0.078636, 1.098274),
    ),
    _BT_2020: (
        (1.660491, -0.587641, -0.072850),
        (-0.124550, 1.132900, -0.008349),
        (-0.018151, -0.100579, 1.118730),
    ),
}
_NAMES = {_P3_D65: 'Display P3', _BT_2020: 'BT.2020'}
_ROWS = 256


def to_srgb(photo: Photo, colours: tuple[int, int] | None) -> Photo:
    """Converts a photograph without a colour profile whose primaries are wider than those of sRGB.

    Args:
        photo: The photograph.
        colours: Primaries and transfer curve by the numbers of ITU-T H.273, None if not told.
            Curves of the standard range are all taken for that of sRGB, as viewers do.
    """
    matrix = _TO_SRGB.get(colours[0]) if colours else None
    if matrix is None or photo.icc_profile or colours is None:
        return photo
    white = np.float32(np.iinfo(photo.dtype).max)
    pixels = np.empty_like(photo.pixels)
    turn = np.array(matrix, np.float32).T
    for top in range(0, len(pixels), _ROWS):
        light = srgb_to_linear(photo.pixels[top : top + _ROWS] / white) @ turn
        pixels[top : top + _ROWS] = np.rint(linear_to_srgb(light.clip(0, 1)) * white)
    note = f'its colours are converted from {_NAMES[colours[0]]} to sRGB'
    return dataclasses.replace(photo, pixels=pixels, notes=(*photo.notes, note))
