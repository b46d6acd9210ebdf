"""Thousands of damaged photographs: each is read, or refused in a sentence, soon and in bounds."""

from __future__ import annotations

import io
import os
import random
import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from mmenlighten.photos import encode_photo, read_photo
from mmenlighten.utils.errors import ImageReadError, UserError

from ..mutants import mutants
from .made_files import all_kinds

KINDS = all_kinds()
FORMATS = ('png', 'jpeg', 'tiff', 'bmp', 'webp', 'ppm')


class NamedFile(io.BytesIO):
    name = 'night.photo'


def photo_mutants(format: str, count: int) -> Iterator[bytes]:
    """Mutants of all files of a format in turn, and of two spliced together, some with sums mended.

    Few PNG files with wrong check sums get beyond the first look at them.
    """
    chance = random.Random(format)
    files = [made.data for made in KINDS.values() if made.format == format]
    makers = [mutants(data, count, seed) for seed, data in enumerate(files)]
    for number in range(count):
        mutant = next(makers[number % len(makers)])
        if number % 8 == 7:
            end, start = (chance.randrange(len(data)) for data in (mutant or b' ', files[0]))
            mutant = mutant[:end] + chance.choice(files)[start:]
        yield with_check_sums(mutant) if format == 'png' and number % 4 else mutant


def with_check_sums(data: bytes) -> bytes:
    """A PNG whose chunks have the right check sums; otherwise few mutants get beyond them."""
    result, position = bytearray(data), 8
    while position + 12 <= len(data):
        end = position + 8 + int.from_bytes(data[position : position + 4], 'big')
        if end + 4 > len(data):
            break
        result[end : end + 4] = struct.pack('>I', zlib.crc32(data[position + 4 : end]))
        position = end + 4
    return bytes(result)


def check_photo(data: bytes) -> None:
    """Reads a file and writes it again, or takes a sentence that names it; all else fails."""
    try:
        photo = read_photo(NamedFile(data))
    except ImageReadError as error:
        message = str(error)
        assert message.startswith('night.photo cannot be read: ')
        assert message.endswith('.')
        assert '\n' not in message
        assert len(message) < 400
        assert 'delete' not in message.lower()
        assert 'not enough memory' not in message
        return
    height, width = photo.pixels.shape[:2]
    assert min(height, width) > 0
    assert photo.dpi is None or np.isfinite(photo.dpi).all()
    other = FORMATS[zlib.crc32(data) % len(FORMATS)]
    reason = ''
    try:
        assert read_photo(encode_photo(photo, other)).pixels.shape == photo.pixels.shape
    except UserError as error:
        reason = str(error)
    assert not reason or re.match(f'{other.upper()} cannot hold .*Choose', reason)
    again = read_photo(encode_photo(photo))
    assert again.pixels.shape == photo.pixels.shape
    if photo.lossless:
        assert np.array_equal(again.pixels, photo.pixels)
        assert np.array_equal(again.alpha, photo.alpha) or photo.alpha is None


@pytest.mark.skipif(not hasattr(os, 'fork'), reason='needs fork')
@pytest.mark.parametrize('format', FORMATS)
def test_mutants_are_read_or_refused_in_bounds(
    format: str, mutant_count: int, tmp_path: Path
) -> None:
    from ..limited_run import run_limited

    assert run_limited(check_photo, list(photo_mutants(format, mutant_count)), tmp_path) == []
