"""Reads JPEG files: gray, RGB and CMYK."""

from __future__ import annotations

import io

from PIL import JpegImagePlugin

from .damaged_photo_error import DamagedPhotoError
from .jpeg_coding import JpegCoding
from .jpeg_end import load_whole
from .jpeg_segments import bare_jpeg, jpeg_segments
from .photo import Photo
from .pillow_pixels import split_pillow
from .read_budget import ReadBudget
from .tiff_directory import TiffDirectory

_EXIF = b'Exif\0\0'
_XMP = b'http://ns.adobe.com/xap/1.0/\0'
_KEPT = (b'http://ns.adobe.com/xmp/extension/\0', b'Photoshop 3.0\0')
_SUBSAMPLING = {(1, 1): 0, (2, 1): 1, (2, 2): 2}


def read_jpeg(data: bytes, budget: ReadBudget) -> Photo:
    """Reads a JPEG as stored. CMYK becomes RGB by its profile, which then has done its work.

    Further pictures behind the first, such as previews and gain maps, are left out.

    Raises:
        DamagedPhotoError: It is too large, or pixels are missing.
        Exception: Whatever Pillow raises for a damaged file.
    """
    # Not Image.open, which has a limit of its own for the whole process, and other formats in mind.
    parts = jpeg_segments(data, budget)
    # Pillow would copy each value of the EXIF data, of which each may claim all of it.
    data = bare_jpeg(data, parts)
    image = JpegImagePlugin.JpegImageFile(io.BytesIO(data))
    budget.check_size(*image.size)
    is_cmyk = image.mode == 'CMYK'
    pixels, _, is_gray = split_pillow(load_whole(image, data, budget))
    segments = [(part.name, part.body) for part in parts if part.name]
    exif = [content[len(_EXIF) :] for _, content in segments if content.startswith(_EXIF)]
    xmp = [content[len(_XMP) :] for _, content in segments if content.startswith(_XMP)]
    comment = image.info.get('comment')
    return Photo(
        pixels,
        is_gray=is_gray,
        format='jpeg',
        icc_profile=None if is_cmyk else image.info.get('icc_profile'),
        exif=exif[0] if exif else None,
        xmp=xmp[0] if xmp else None,
        dpi=_dpi(image, exif[0] if exif else None),
        text=(('Comment', comment.decode('utf-8', 'surrogateescape')),) if comment else (),
        native=tuple((n, c) for n, c in segments if c.startswith(_KEPT)),
        jpeg=_coding(image),
        lossless=False,
    )


def _dpi(image: JpegImagePlugin.JpegImageFile, exif: bytes | None) -> tuple[float, float] | None:
    dpi = image.info.get('dpi')
    if dpi and min(dpi) > 0:
        return float(dpi[0]), float(dpi[1])
    try:
        return TiffDirectory.first(exif).resolution() if exif else None
    except DamagedPhotoError:
        return None


def _coding(image: JpegImagePlugin.JpegImageFile) -> JpegCoding | None:
    layers = image.layer[:3]  # the fourth, black, has no counterpart in RGB
    tables = [tuple(image.quantization.get(layer[3], ())) for layer in layers]
    if not tables or any(len(table) != 64 for table in tables):
        return None
    while len(tables) > 1 and tables[-1] == tables[-2]:
        tables.pop()
    subsampling = _SUBSAMPLING.get((layers[0][1], layers[0][2]), 0)
    if len(layers) < 3 or any(layer[1:3] != (1, 1) for layer in layers[1:]):
        subsampling = 0
    return JpegCoding(tuple(tables), subsampling, bool(image.info.get('progressive')))
