"""Recognises photographs of a high dynamic range, whose values mean other light."""

from __future__ import annotations

import struct

from .damaged_photo_error import DamagedPhotoError

_CURVES = {16: 'PQ', 18: 'HLG'}  # of ITU-T H.273, as in the chunk and the profile tag
_NAMES = {b'ITUR_2100_PQ_FULL': 'PQ', b'ITUR_2100_HLG_FULL': 'HLG'}  # of profiles in PNG files
_MOST_TAGS = 200


def check_range(
    icc_profile: bytes | None = None, cicp: bytes | None = None, profile_name: bytes = b''
) -> None:
    """Refuses a photograph whose values are coded by PQ or HLG.

    Args:
        icc_profile: Its colour profile.
        cicp: The content of the PNG chunk ``cICP``.
        profile_name: The name that a PNG gives to the profile.

    Raises:
        DamagedPhotoError: It is of a high dynamic range.
    """
    # The mark of a PNG outweighs its profile.
    curve = _CURVES.get(cicp[1], '') if cicp and len(cicp) >= 4 else _NAMES.get(profile_name, '')
    if not cicp and icc_profile and not curve:
        curve = _curve_of(icc_profile)
    _refuse(curve)


def check_coded_range(colours: tuple[int, int] | None, icc_profile: bytes | None = None) -> None:
    """The same of primaries and transfer curve of ITU-T H.273, which a profile outweighs.

    Raises:
        DamagedPhotoError: It is of a high dynamic range.
    """
    _refuse(_CURVES.get(colours[1], '') if colours and not icc_profile else '')


def _refuse(curve: str) -> None:
    if curve:
        raise DamagedPhotoError(
            f'it has a high dynamic range ({curve}), for which no model was trained. Export it '
            'with a standard dynamic range (SDR, sRGB) before.'
        )


def _curve_of(profile: bytes) -> str:
    """The curve that a profile tells by the tag ``cicp``, or by its name."""
    if len(profile) < 132:
        return ''
    count = min(struct.unpack_from('>I', profile, 128)[0], _MOST_TAGS)
    for place in range(132, min(132 + 12 * count, len(profile) - 11), 12):
        name, start, size = struct.unpack_from('>4sII', profile, place)
        content = profile[start : start + min(size, 512)]
        if name == b'cicp' and len(content) >= 12:
            return _CURVES.get(content[9], '')
        if name == b'desc':
            words = content.replace(b'\0', b'')
            for curve in (b'PQ', b'HLG'):
                if b'2100' in words and curve in words:
                    return curve.decode()
    return ''
