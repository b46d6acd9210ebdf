"""Reads JPEG XL by a plug-in for Pillow."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from .damaged_photo_error import DamagedPhotoError
from .iso_boxes import boxes
from .photo import Photo
from .pillow_pixels import gray_to_rgb, split_pillow
from .read_budget import ReadBudget
from .upright import orientation_of, turned

_SIGNATURE = b'\xff\x0a'
_RATIOS = ((1, 1), (6, 5), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))  # of width to height
_NOTE = 'its {} bits are read as 8, which is what the plug-in gives'


def read_jpeg_xl(data: bytes, budget: ReadBudget) -> Photo:
    """Reads a picture of 8 bits, or gray of 16; other bits become 8.

    Raises:
        DamagedPhotoError: It is animated or too large.
        ValueError: Its beginning is lost.
        Exception: Whatever the plug-in raises for a damaged file.
    """
    from pillow_jxl import JpegXLImagePlugin  # noqa: F401  it registers itself

    parts = {name: data[begin:end] for name, begin, end in boxes(data)}
    header = _Header.of(data, parts)
    budget.check_size(header.width, header.height)  # the plug-in decodes before it tells it
    if header.is_animated:
        raise DamagedPhotoError('it is animated, and only single pictures are handled.')
    with Image.open(io.BytesIO(data), formats=['JXL']) as image:
        image.load()
        return _photo(image, header, b'jbrd' in parts, parts)


def _photo(image: Image.Image, header: _Header, is_jpeg: bool, parts: dict[bytes, bytes]) -> Photo:
    alpha = None
    if image.mode.startswith('I;16'):
        pixels, is_gray = gray_to_rgb(np.asarray(image).astype(np.uint16)), True
    else:
        pixels, alpha, is_gray = split_pillow(image)
    exif = (image.info.get('exif') or b'').removeprefix(b'Exif\0\0') or None
    # Else the decoder has turned it already, by what stands outside of the EXIF data.
    orientation = orientation_of(exif) if exif and is_jpeg else 1
    is_rounded = header.bits > 8 * pixels.itemsize
    return Photo(
        turned(pixels, orientation),
        bit_depth=8 * pixels.itemsize,
        alpha=None if alpha is None else turned(alpha, orientation),
        is_gray=is_gray,
        format='jpeg',
        icc_profile=image.info.get('icc_profile'),
        exif=exif,
        xmp=parts.get(b'xml ') or None,
        lossless=False,
        notes=(_NOTE.format(header.bits),) if is_rounded else (),
    )


@dataclass(frozen=True)
class _Header:
    """What stands at the beginning of a codestream (ISO/IEC 18181-1, annexes A and D)."""

    width: int
    height: int
    bits: int = 8
    is_animated: bool = False

    @classmethod
    def of(cls, data: bytes, parts: dict[bytes, bytes]) -> _Header:
        """Reads it from a file, with or without boxes around the codestream."""
        stream = data if data.startswith(_SIGNATURE) else parts.get(b'jxlc', b'')
        if not stream:  # it is in pieces, each with its number before it
            place = data.find(b'jxlp')
            stream = data[place + 8 :] if place >= 0 else b''
        if not stream.startswith(_SIGNATURE):
            raise ValueError('its beginning is lost')
        bits = _Bits(stream[2:66])
        width, height = bits.size()
        if bits.take(1):  # all the rest is as usual
            return cls(width, height)
        is_animated = False
        if bits.take(1):
            bits.take(3)  # orientation, which the decoder applies
            if bits.take(1):
                bits.size()  # that it is meant to be shown in
            if bits.take(1):
                return cls(width, height)  # a preview follows, whose size is coded otherwise
            is_animated = bool(bits.take(1))
            if is_animated:
                return cls(width, height, is_animated=True)
        is_float = bits.take(1)
        depth = bits.choice(32, 16, 24) if is_float else bits.choice(8, 10, 12)
        return cls(width, height, depth)


class _Bits:
    """Numbers of bits, the lowest of which comes first."""

    def __init__(self, data: bytes) -> None:
        self._left = int.from_bytes(data, 'little')

    def take(self, count: int) -> int:
        value = self._left & ((1 << count) - 1)
        self._left >>= count
        return value

    def choice(self, *usual: int) -> int:
        selected = self.take(2)
        return usual[selected] if selected < len(usual) else 1 + self.take(6)

    def size(self) -> tuple[int, int]:
        is_small = self.take(1)

        def side() -> int:
            return (
                8 * (self.take(5) + 1) if is_small else self.take((9, 13, 18, 30)[self.take(2)]) + 1
            )

        height = side()
        ratio = self.take(3)
        if ratio:
            wide, high = _RATIOS[ratio - 1]
            return height * wide // high, height
        return side(), height
