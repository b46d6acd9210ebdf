"""Reads AVIF by the decoder in Pillow 11.3 or later."""

from __future__ import annotations

import io

from PIL import Image

from .coded_colours import to_srgb
from .damaged_photo_error import DamagedPhotoError
from .high_dynamic_range import check_coded_range
from .iso_boxes import boxes, coded_colours
from .photo import Photo
from .pillow_pixels import split_pillow
from .read_budget import ReadBudget
from .upright import orientation_of, turned

_META = 1 << 20
_NOTE = 'its {} bits are read as 8, which is what the decoder gives'


def read_avif(data: bytes, budget: ReadBudget) -> Photo:
    """Reads a picture of 8 bits; more bits become 8.

    Raises:
        DamagedPhotoError: It is animated, of a high dynamic range, or too large.
        Exception: Whatever the decoder raises for a damaged file.
    """
    from PIL import AvifImagePlugin  # which earlier versions have not

    colours = coded_colours(data)
    with AvifImagePlugin.AvifImageFile(io.BytesIO(data)) as image:
        budget.check_size(*image.size)
        if getattr(image, 'n_frames', 1) > 1:
            raise DamagedPhotoError('it is animated, and only single pictures are handled.')
        check_coded_range(colours, image.info.get('icc_profile'))
        image.load()
        return to_srgb(_photo(image, data), colours)


def _photo(image: Image.Image, data: bytes) -> Photo:
    pixels, alpha, is_gray = split_pillow(image)
    exif = (image.info.get('exif') or b'').removeprefix(b'Exif\0\0') or None
    # Pillow writes what the file tells of turning, which is not in its EXIF data, into these.
    orientation = orientation_of(exif) if exif else 1
    bits = _bits(data)
    return Photo(
        turned(pixels, orientation),
        alpha=None if alpha is None else turned(alpha, orientation),
        is_gray=is_gray,
        format='jpeg',
        icc_profile=image.info.get('icc_profile'),
        exif=exif,
        xmp=image.info.get('xmp'),
        lossless=False,
        notes=(_NOTE.format(bits),) if bits > 8 else (),
    )


def _bits(data: bytes) -> int:
    """Bits of the values, by the configuration of AV1 (AV1 Codec ISO Media File Format Binding)."""
    for name, begin, end in boxes(data):
        if name == b'meta':
            place = data.find(b'av1C', begin, min(end, begin + _META))
            if 0 <= place <= end - 7:
                flags = data[place + 6]
                return 8 if not flags & 0x40 else 12 if flags & 0x20 else 10
    return 8
