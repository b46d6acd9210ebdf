"""Metadata that is spread over several segments of a JPEG."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from mmenlighten.photos import encode_photo, read_photo
from mmenlighten.utils.errors import UserError

from .made_files import SRGB, exif, pillow, smooth


def segment(mark: int, content: bytes) -> bytes:
    return struct.pack('>BBH', 0xFF, mark, len(content) + 2) + content


def jpeg(*segments: bytes) -> bytes:
    return pillow(smooth(), 'JPEG', quality=95, extra=b''.join(segments))


def exif_segments(*parts: bytes) -> bytes:
    return jpeg(*(segment(0xE1, b'Exif\0\0' + part) for part in parts))


LONG = exif(6) + bytes(range(256)) * 600
SPLITS = {
    'two': (65000, len(LONG)),
    'three': (65000, 130000, len(LONG)),
    'uneven': (100, 40000, 100000, len(LONG)),
}


@pytest.mark.parametrize('name', SPLITS)
def test_exif_data_of_several_segments_is_read_and_written_whole(name: str) -> None:
    parts, start = [], 0
    for end in SPLITS[name]:
        parts += [LONG[start:end][at : at + 65000] for at in range(0, end - start, 65000)]
        start = end
    photo = read_photo(exif_segments(*parts))
    assert photo.pixels.shape == (smooth().shape[1], smooth().shape[0], 3)  # turned
    assert photo.exif is not None
    assert photo.exif[600:] == LONG[600:]
    written = encode_photo(photo)
    assert written.index(b'Exif') < 40  # before all other segments
    again = read_photo(written)
    assert again.exif == photo.exif
    assert np.abs(again.pixels.astype(int) - photo.pixels).max() <= 6
    assert read_photo(encode_photo(photo, 'png')).exif == photo.exif


def test_of_two_blocks_of_exif_data_the_first_counts() -> None:
    photo = read_photo(exif_segments(exif(6), exif(3)))
    assert photo.pixels.shape == (smooth().shape[1], smooth().shape[0], 3)
    assert photo.exif is not None
    assert len(photo.exif) == len(exif())
    assert encode_photo(photo).count(b'Exif\0\0') == 1


def test_exif_data_from_elsewhere_must_fit_into_one_segment() -> None:
    photo = read_photo(
        encode_photo(read_photo(exif_segments(LONG[:65000], LONG[65000:130000])), 'png')
    )
    with pytest.raises(UserError, match='64 kB'):
        encode_photo(photo, 'jpeg')


def test_profiles_of_several_segments_are_joined_in_their_order() -> None:
    whole = SRGB + bytes(range(256)) * 800
    photo = read_photo(pillow(smooth(), 'JPEG', icc_profile=whole))
    assert photo.icc_profile == whole
    assert read_photo(encode_photo(photo)).icc_profile == whole
    pieces = [whole[at : at + 60000] for at in range(0, len(whole), 60000)]
    marks = [
        segment(0xE2, b'ICC_PROFILE\0' + bytes([number + 1, len(pieces)]) + piece)
        for number, piece in enumerate(pieces)
    ]
    assert read_photo(jpeg(*marks[::-1])).icc_profile == whole
