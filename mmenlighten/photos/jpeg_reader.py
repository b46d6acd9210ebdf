"""Reads JPEG files: gray, RGB and CMYK."""

from __future__ import annotations

import io

from PIL import JpegImagePlugin

from .jpeg_coding import JpegCoding
from .jpeg_end import load_whole
from .photo import Photo
from .pillow_pixels import split_pillow
from .read_budget import ReadBudget

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
    image = JpegImagePlugin.JpegImageFile(io.BytesIO(data))
    budget.check_size(*image.size)
    is_cmyk = image.mode == 'CMYK'
    pixels, _, is_gray = split_pillow(load_whole(image, data))
    segments = [(name, content) for name, content in image.applist if content]
    exif = [content[len(_EXIF) :] for _, content in segments if content.startswith(_EXIF)]
    xmp = [content[len(_XMP) :] for _, content in segments if content.startswith(_XMP)]
    dpi = image.info.get('dpi')
    comment = image.info.get('comment')
    return Photo(
        pixels,
        is_gray=is_gray,
        format='jpeg',
        icc_profile=None if is_cmyk else image.info.get('icc_profile'),
        exif=exif[0] if exif else None,
        xmp=xmp[0] if xmp else None,
        dpi=(float(dpi[0]), float(dpi[1])) if dpi and min(dpi) > 0 else None,
        text=(('Comment', comment.decode('utf-8', 'surrogateescape')),) if comment else (),
        native=tuple((n, c) for n, c in segments if c.startswith(_KEPT)),
        jpeg=_coding(image),
        lossless=False,
    )


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
