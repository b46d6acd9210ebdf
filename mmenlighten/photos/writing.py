"""Writes photographs of all formats."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Literal

from ..utils.atomic import write_bytes
from ..utils.errors import UserError, error_reason, system_reason
from ..utils.option_names import option
from ..utils.optional_kinds import OPTIONAL_ENDINGS
from .bmp import encode_bmp
from .formats import FORMATS
from .jpeg_writer import encode_jpeg
from .photo import Photo
from .png_writer import encode_png
from .ppm import encode_ppm
from .stale_parts import for_format
from .stored_channels import to_8_bits
from .tiff_writer import encode_tiff
from .webp import encode_webp

_WITHOUT_ALPHA = ('jpeg', 'ppm')
_WITH_16_BITS = ('png', 'tiff', 'ppm')


def write_photo(
    photo: Photo,
    path: str | os.PathLike[str],
    format: str | None = None,
    quality: Literal['keep'] | int = 'keep',
) -> None:
    """Writes a photograph whole or not at all; makes the folder.

    Args:
        photo: The photograph.
        path: Name of the file.
        format: One of the formats of :class:`Photo`; by default the ending of the name tells it.
        quality: As in :func:`encode_photo`.

    Raises:
        UserError: As in :func:`encode_photo`, or the ending is not known, or the file cannot be
            written, as on a full disk; a file that was there before stays as it was.
    """
    if format is None:
        format = FORMATS.get(Path(path).suffix.lower())
    if format is None:
        raise UserError(f'{path} cannot be written: its name must end in {", ".join(FORMATS)}.')
    try:
        write_bytes(path, encode_photo(photo, format, quality))
    except UserError as error:
        raise UserError(f'{path} cannot be written: {error}') from error
    except OSError as error:
        raise UserError(f'{path} cannot be written: {system_reason(error)}.') from error


def result_format(photo: Photo, source: str, result: str) -> str | None:
    """The format of a result whose name tells it, since its photograph's kind is not written.

    Args:
        photo: The photograph.
        source: Name of its file.
        result: Name of the file of the result.

    Returns:
        One for :func:`encode_photo`; None for that of the photograph.
    """
    is_renamed = Path(source).suffix.lower() in OPTIONAL_ENDINGS
    return FORMATS.get(Path(result).suffix.lower()) if photo.kind or is_renamed else None


def encode_photo(
    photo: Photo, format: str | None = None, quality: Literal['keep'] | int = 'keep'
) -> bytes:
    """The content of a file with the photograph.

    Where the format has 8 bits only, 16 are rounded to 8; metadata that it cannot hold is left out.

    Args:
        photo: The photograph.
        format: One of the formats of :class:`Photo`; by default the one that it came from.
        quality: For JPEG and WebP 1 to 100, or 'keep': that of the JPEG or, for WebP, the kind of
            compression that it came with.

    Raises:
        UserError: The format or the quality is not known, or the format cannot hold the
            photograph: it is partly transparent, has further bands, or a side is too long.
    """
    format = format or photo.format
    if format not in set(FORMATS.values()):
        names = ', '.join(sorted(set(FORMATS.values())))
        raise UserError(f'The format {format} is not known. Choose one of {names}.')
    if quality != 'keep' and not (isinstance(quality, int) and 1 <= quality <= 100):
        raise UserError(f"The quality must be 'keep' or 1 to 100, not {quality!r}.")
    photo = for_format(_fitting(photo, format), format)
    try:
        if format == 'jpeg':
            return encode_jpeg(photo, quality)
        if format == 'webp':
            return encode_webp(photo, quality)
        plain = {'png': encode_png, 'tiff': encode_tiff, 'bmp': encode_bmp, 'ppm': encode_ppm}
        return plain[format](photo)
    except (OSError, ValueError) as error:
        height, width = photo.pixels.shape[:2]
        raise UserError(
            f'{format.upper()} cannot hold this picture of {width}x{height} pixels '
            f'({error_reason(error)}). Choose .png.'
        ) from error


def _fitting(photo: Photo, format: str) -> Photo:
    """Gives a photograph the depth of a format; refuses transparency and bands it cannot hold."""
    if photo.bands is not None and format != 'tiff':
        raise UserError(
            f'{format.upper()} cannot hold the further bands of this picture. Choose .tif.'
        )
    if photo.alpha is not None and format in _WITHOUT_ALPHA:
        if (photo.alpha != photo.alpha.max()).any() or photo.alpha.max() != 2**photo.bit_depth - 1:
            way = f', with {option("format", "png")}' * bool(photo.kind)
            raise UserError(f'{format.upper()} cannot hold transparency. Choose .png{way}.')
        photo = dataclasses.replace(photo, alpha=None)
    if photo.bit_depth == 16 and format not in _WITH_16_BITS:
        alpha = None if photo.alpha is None else to_8_bits(photo.alpha)
        photo = dataclasses.replace(photo, pixels=to_8_bits(photo.pixels), alpha=alpha, bit_depth=8)
    return photo
