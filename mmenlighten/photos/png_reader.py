"""Reads PNG files of all kinds."""

from __future__ import annotations

import io
import struct

import cv2
import numpy as np
from PIL import PngImagePlugin

from .damaged_photo_error import DamagedPhotoError
from .high_dynamic_range import check_range
from .photo import Photo
from .pillow_pixels import gray_to_rgb, split_pillow
from .png_chunks import (
    COLOR_CHUNKS,
    GRAY,
    GRAY_ALPHA,
    PALETTE,
    RGB,
    RGBA,
    Chunk,
    PngHeader,
    join_chunks,
    parse_chunks,
)
from .png_texts import PngTexts
from .read_budget import ReadBudget
from .stale_parts import CREDENTIALS_NOTE

_LEFT_OUT = {'eXIf': 'camera data', 'tIME': 'time', 'pHYs': 'resolution'}


def read_png(data: bytes, budget: ReadBudget) -> Photo:
    """Reads a PNG as stored; fewer than 8 bits become 8, a palette becomes its colours.

    Raises:
        DamagedPhotoError: It is damaged, animated or too large.
    """
    header = PngHeader.of(data)
    budget.check_size(header.width, header.height)
    chunks, left_out = parse_chunks(data)
    first: dict[str, bytes] = {}
    for name, content in chunks:
        first.setdefault(name, content)
    if 'acTL' in first and int.from_bytes(first['acTL'][:4], 'big') > 1:
        raise DamagedPhotoError('it is animated, and only single pictures are handled.')
    texts = PngTexts.of(chunks, budget)
    title, _, packed = first.get('iCCP', b'').partition(b'\0')
    profile = budget.unpack(packed[1:]) if packed else texts.profile
    check_range(profile, first.get('cICP'), title)
    pixels, alpha, is_gray = _decode(chunks, first, header, profile)
    notes = [f'its damaged {_LEFT_OUT.get(name, "text")} is left out' for name in left_out]
    if 'caBX' in first:
        notes.append(CREDENTIALS_NOTE)
    dpi = None
    if len(first.get('pHYs', b'')) == 9 and first['pHYs'][8] == 1:
        per_meter = struct.unpack('>II', first['pHYs'][:8])
        dpi = (per_meter[0] * 0.0254, per_meter[1] * 0.0254)
    return Photo(
        pixels,
        bit_depth=16 if header.bits == 16 else 8,
        alpha=alpha,
        is_gray=is_gray,
        format='png',
        icc_profile=profile,
        exif=texts.exif,
        xmp=texts.xmp,
        dpi=dpi,
        text=texts.texts,
        native=tuple((n, c) for n, c in chunks if n in COLOR_CHUNKS or n == 'tIME'),
        notes=(*notes, *texts.notes),
    )


def _decode(
    chunks: list[Chunk], first: dict[str, bytes], header: PngHeader, profile: bytes | None
) -> tuple[np.ndarray, np.ndarray | None, bool]:
    # The decoders get nothing but the pixels: what they do with gamma, orientation, transparent
    # colours or large texts differs between them and between their versions.
    kind, bits = header.kind, header.bits
    header.check_rows(content for name, content in chunks if name == 'IDAT')
    kept = ('IHDR', 'PLTE', 'IDAT', 'IEND') + (('tRNS',) if kind == PALETTE else ())
    bare = join_chunks(chunk for chunk in chunks if chunk[0] in kept)
    if bits == 16:
        found = cv2.imdecode(np.frombuffer(bare, np.uint8), cv2.IMREAD_UNCHANGED)
        if found is None or found.dtype != np.uint16:
            raise DamagedPhotoError('its pixels are damaged. Copy it again.')
        is_gray = kind in (GRAY, GRAY_ALPHA)
        alpha = found[..., 3].copy() if kind in (GRAY_ALPHA, RGBA) else None
        gray = found if found.ndim == 2 else found[..., 0]
        pixels = gray_to_rgb(gray) if is_gray else np.ascontiguousarray(found[..., 2::-1])
    else:
        image = PngImagePlugin.PngImageFile(io.BytesIO(bare))
        image.load()
        if profile:
            image.info['icc_profile'] = profile
        pixels, alpha, is_gray = split_pillow(image)
    if kind in (GRAY, RGB) and 'tRNS' in first:
        step = 255 // ((1 << bits) - 1) if bits < 8 else 1
        key = np.frombuffer(first['tRNS'][: 2 * header.channels], '>u2') * step
        if len(key) == header.channels:
            is_clear = (pixels == key).all(axis=2)
            alpha = np.where(is_clear, 0, np.iinfo(pixels.dtype).max).astype(pixels.dtype)
    return pixels, alpha, is_gray
