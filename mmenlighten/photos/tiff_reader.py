"""Reads TIFF files of 8 and 16 bits."""

from __future__ import annotations

import dataclasses
import struct

import numpy as np

from .damaged_photo_error import DamagedPhotoError
from .photo import ALPHA, MULTIPLIED_ALPHA, ExtraBands, Photo
from .photoshop_blocks import without_thumbnails
from .pillow_pixels import gray_to_rgb, split_pillow
from .read_budget import ReadBudget
from .stale_parts import CREDENTIALS_NOTE
from .tiff_by_pillow import read_by_pillow
from .tiff_directory import EXIF, GPS, ORIENTATION, TiffDirectory, TiffField
from .tiff_samples import COMPRESSIONS, read_samples

_BLOCKS, _CREDENTIALS = 34377, 52545  # of Photoshop, and C2PA

STRUCTURE = frozenset(
    [
        *range(254, 267),
        273,
        *range(277, 282),
        284,
        *range(288, 294),
        317,
        *range(320, 348),
        *range(512, 533),
        700,  # XMP and 34675, the profile, have places of their own
        34675,
        37724,  # Photoshop's layers, which would be those before the change
        _CREDENTIALS,
    ]
)
"""Tags that describe how the pixels are stored, or that have their own attribute in Photo."""

_PROFILE, _SUB_DIRECTORIES = 34675, 330
_NOT_FOR_PILLOW = frozenset([_SUB_DIRECTORIES, 700, 37724])
_NEW_KIND, _WIDTH, _HEIGHT, _BITS, _COLOR = 254, 256, 257, 258, 262
_SAMPLES, _EXTRA, _FORMAT = 277, 338, 339
_CMYK = 5
_COLORS = {0: 1, 1: 1, 2: 3, 3: 1, _CMYK: 4, 6: 3, 8: 3}  # channels by the kind of colours
_MAX_BANDS = 32
_MAX_PAGES = 16


def read_tiff(data: bytes, budget: ReadBudget) -> Photo:
    """Reads a TIFF as stored; fewer than 8 bits become 8, a palette its colours, CMYK RGB.

    Raises:
        DamagedPhotoError: It is damaged, too large, or of a kind that is not handled: several
            pages, a preview of other data, floating-point numbers.
        Exception: Whatever Pillow raises for a damaged file.
    """
    page = TiffDirectory.first(data, budget)
    budget.check_size(page.number(_WIDTH), page.number(_HEIGHT))
    _check_kind(data, page, budget)
    bits, samples = set(page.numbers(_BITS) or (1,)), page.number(_SAMPLES, 1)
    color = page.number(_COLOR, 1)
    is_plain = (
        color in (0, 1, 2)
        and bits in ({8}, {16})
        and samples >= _COLORS[color]
        and page.number(259, 1) in COMPRESSIONS
    )
    bands = None
    if is_plain:
        pixels, alpha, is_gray, bands = _channels(read_samples(data, page, budget), page)
    elif bits <= {1, 2, 4, 8}:
        _check_extra(page)
        needed = STRUCTURE - _NOT_FOR_PILLOW | {_PROFILE}
        pixels, alpha, is_gray = split_pillow(read_by_pillow(data, page, needed, budget))
    else:
        raise DamagedPhotoError(
            f'a TIFF of this kind with {max(bits)} bits is not handled. '
            'Save it as gray or RGB with 8 or 16 bits.'
        )
    profile = bytes(page.fields[_PROFILE].data) if _PROFILE in page.fields else None
    return Photo(
        pixels,
        bit_depth=8 * pixels.itemsize,
        alpha=alpha,
        bands=bands,
        is_gray=is_gray,
        format='tiff',
        icc_profile=None if color == _CMYK else profile,
        exif=_exif(page),
        xmp=bytes(page.fields[700].data) if 700 in page.fields else None,
        dpi=page.resolution(),
        notes=(CREDENTIALS_NOTE,) if _CREDENTIALS in page.fields else (),
    )


def _check_kind(data: bytes, page: TiffDirectory, budget: ReadBudget) -> None:
    if page.number(_NEW_KIND) & 1:
        raise DamagedPhotoError(
            'its first picture is only a preview, as in raw camera files. Develop it to TIFF or '
            'JPEG first.'
        )
    if page.number(_COLOR, 1) == 4 or page.number(_NEW_KIND) & 4:
        raise DamagedPhotoError(
            'it is a mask of transparency, not a photograph. Give the photograph.'
        )
    if page.number(_SAMPLES, 1) > _MAX_BANDS:
        raise DamagedPhotoError(
            f'it has {page.number(_SAMPLES, 1)} bands, and at most {_MAX_BANDS} are handled. '
            'Save only those of the photograph.'
        )
    if any(kind != 1 for kind in page.numbers(_FORMAT)):
        raise DamagedPhotoError(
            'its values are not whole positive numbers and have no known range. '
            'Save it with 8 or 16 bits.'
        )
    offset, order = page.next_offset, page.order
    for _ in range(_MAX_PAGES):
        if not offset:
            return
        other = TiffDirectory.parse(data, offset, order, budget)
        if not other.number(_NEW_KIND) & 1:  # 1 is a small version of the first page
            break
        offset = other.next_offset
    raise DamagedPhotoError('it has several pages, and only single pictures are handled.')


def _check_extra(page: TiffDirectory) -> None:
    """Refuses channels that Pillow would leave out, or take for something else."""
    color, kinds = page.number(_COLOR, 1), page.numbers(_EXTRA)
    extra = page.number(_SAMPLES, 1) - _COLORS.get(color, page.number(_SAMPLES, 1))
    is_alpha = kinds[:1] in ((MULTIPLIED_ALPHA,), (ALPHA,)) and color != _CMYK
    if extra > 1 or (extra == 1 and not is_alpha):
        raise DamagedPhotoError(
            f'it has {extra} more band{"s" * (extra > 1)} than its colours, which cannot be kept '
            'in a TIFF of this kind. Save it as gray or RGB with 8 or 16 bits, compressed with '
            'Deflate, LZW or not at all.'
        )


def _channels(
    samples: np.ndarray, page: TiffDirectory
) -> tuple[np.ndarray, np.ndarray | None, bool, ExtraBands | None]:
    top = np.iinfo(samples.dtype).max
    color = page.number(_COLOR, 1)
    light, is_gray = samples[..., : _COLORS[color]], color != 2
    if color == 0:
        light = top - light
    alpha, kind, bands = ExtraBands.split(samples[..., _COLORS[color] :], page.numbers(_EXTRA))
    if alpha is not None and kind == MULTIPLIED_ALPHA:
        divided = light / np.maximum(alpha, 1)[..., None] * top
        light = np.rint(divided).clip(0, top).astype(samples.dtype)
    return (gray_to_rgb(light[..., 0]) if is_gray else light.copy()), alpha, is_gray, bands


def _exif(page: TiffDirectory) -> bytes | None:
    """The camera data as EXIF data of its own, as the other formats have it."""
    fields = {tag: item for tag, item in page.fields.items() if tag not in STRUCTURE}
    if _BLOCKS in fields:
        blocks = without_thumbnails(bytes(fields[_BLOCKS].data))
        fields[_BLOCKS] = TiffField.of_bytes(blocks, fields[_BLOCKS].kind)
    children = {tag: page.children[tag] for tag in (EXIF, GPS) if tag in page.children}
    if (
        not children
        and (not fields or fields.keys() == {ORIENTATION})
        and page.number(ORIENTATION, 1) == 1
    ):
        return None
    directory = dataclasses.replace(page, fields=fields, children=children)
    magic = b'II*\0' if page.order == '<' else b'MM\0*'
    return magic + struct.pack(f'{page.order}I', 8) + directory.to_bytes(8)
