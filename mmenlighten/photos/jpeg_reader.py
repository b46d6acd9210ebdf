"""Reads JPEG files: gray, RGB and CMYK."""

from __future__ import annotations

import io

from PIL import JpegImagePlugin

from .damaged_photo_error import DamagedPhotoError
from .jpeg_end import end_of_picture, load_whole
from .jpeg_metadata import JpegMetadata, Segment
from .jpeg_segments import FRAMES, JpegSegment, bare_jpeg, check_length, jpeg_segments
from .jpeg_trailer import kept_trailer, left_out
from .photo import JpegCoding, Photo
from .pillow_pixels import split_pillow
from .read_budget import ReadBudget
from .stale_parts import CREDENTIALS_NOTE, GAIN_MAP_NOTE, PICTURES_NOTE, TRAILER
from .tiff_directory import TiffDirectory

_NEAR = 64  # bytes; less than that is no part of its own
_DECODED = (0xC0, 0xC1, 0xC2, 0xC9, 0xCA)
_SUBSAMPLING = {(1, 1): 0, (2, 1): 1, (2, 2): 2}


def read_jpeg(data: bytes, budget: ReadBudget) -> Photo:
    """Reads a JPEG as stored. CMYK becomes RGB by its profile, which then has done its work.

    Further pictures behind the first, such as previews and gain maps, are left out; the video of
    a motion photo is kept.

    Raises:
        DamagedPhotoError: It is too large, or pixels are missing.
        Exception: Whatever Pillow raises for a damaged file.
    """
    # Not Image.open, which has a limit of its own for the whole process, and other formats in mind.
    parts = jpeg_segments(data, budget)
    _check_frame(parts)
    # Pillow would copy each value of the EXIF data, of which each may claim all of it.
    data = bare_jpeg(data, parts)
    image = JpegImagePlugin.JpegImageFile(io.BytesIO(data))
    budget.check_size(*image.size)
    check_length(data, parts)
    is_cmyk = image.mode == 'CMYK'
    pixels, _, is_gray = split_pillow(load_whole(image, data, budget))
    metadata = JpegMetadata.of((part.name, part.body) for part in parts if part.name)
    trailer, notes = _behind(data, metadata)
    comment = image.info.get('comment')
    return Photo(
        pixels,
        is_gray=is_gray,
        format='jpeg',
        icc_profile=None if is_cmyk else image.info.get('icc_profile'),
        exif=metadata.exif,
        xmp=metadata.xmp,
        dpi=_dpi(image, metadata.exif),
        text=(('Comment', comment.decode('utf-8', 'surrogateescape')),) if comment else (),
        native=metadata.native + trailer,
        jpeg=_coding(image),
        lossless=False,
        notes=notes,
    )


def _check_frame(parts: list[JpegSegment]) -> None:
    """Refuses kinds of compression that no decoder at hand undoes."""
    frame = next((part for part in parts if part.mark in FRAMES), None)
    if frame is None or not frame.body:
        return
    if frame.body[0] != 8 or frame.mark not in _DECODED:
        kind = f'with {frame.body[0]} bits' if frame.body[0] != 8 else 'with lossless compression'
        raise DamagedPhotoError(f'a JPEG {kind} is not handled. Save it as TIFF or PNG.')


def _behind(data: bytes, metadata: JpegMetadata) -> tuple[tuple[Segment, ...], tuple[str, ...]]:
    """What follows the picture and is kept, and notes on what is not."""
    end = end_of_picture(data)
    trailer = kept_trailer(data, end)
    rest = b'' if end is None else left_out(data, end, trailer)
    notes = []
    if metadata.has_gain_map:
        notes.append(GAIN_MAP_NOTE)
    elif b'\xd8\xff' in rest[:_NEAR] or (metadata.has_pictures and rest):
        notes.append(PICTURES_NOTE)
    elif len(rest) >= _NEAR:
        notes.append(f'the {len(rest)} bytes of unknown data behind the picture are left out')
    if metadata.has_credentials:
        notes.append(CREDENTIALS_NOTE)
    return (((TRAILER, trailer),) if trailer else ()), tuple(notes)


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
