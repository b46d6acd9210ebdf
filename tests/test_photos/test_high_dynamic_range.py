from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from mmenlighten.photos import encode_photo, read_photo
from mmenlighten.photos.image_io import read_image
from mmenlighten.utils.errors import ImageReadError

from .made_files import SRGB, chunk, pillow, png, smooth, tiff, values


def profile(curve: int = 1, name: str = 'Rec. 2020') -> bytes:
    """A colour profile with the tags ``desc`` and ``cicp``, all that matters here."""
    words = b'mluc' + struct.pack('>IIIIII', 0, 1, 12, 0x656E5553, 2 * len(name), 28)
    words += name.encode('utf-16-be')
    words += b'\0' * (-len(words) % 4)
    mark = b'cicp' + bytes(4) + bytes([9, curve, 0, 1])
    head = bytes(12) + b'mntrRGB XYZ ' + bytes(12) + b'acsp' + bytes(88)
    tags = struct.pack('>I4sII', 2, b'desc', 156, len(words))
    tags += struct.pack('>4sII', b'cicp', 156 + len(words), len(mark))
    return head + tags + words + mark


def png_with(name: bytes, content: bytes, bits: int = 8) -> bytes:
    return png(values(3, np.uint8 if bits == 8 else np.uint16), 2, bits, chunk(name, content))


def packed(content: bytes, title: bytes = b'p') -> bytes:
    return title + b'\0\0' + zlib.compress(content)


PQ, HLG = profile(16), profile(18)
REFUSED = {
    'PNG cICP PQ': (png_with(b'cICP', bytes([9, 16, 0, 1])), 'PQ'),
    'PNG cICP HLG': (png_with(b'cICP', bytes([9, 18, 0, 1])), 'HLG'),
    'PNG cICP PQ, 16 bits': (png_with(b'cICP', bytes([9, 16, 0, 1]), 16), 'PQ'),
    'PNG profile PQ': (png_with(b'iCCP', packed(PQ)), 'PQ'),
    'PNG profile by its name': (png_with(b'iCCP', packed(SRGB, b'ITUR_2100_PQ_FULL')), 'PQ'),
    'JPEG profile PQ': (pillow(smooth(), 'JPEG', icc_profile=PQ), 'PQ'),
    'JPEG profile HLG': (pillow(smooth(), 'JPEG', icc_profile=HLG), 'HLG'),
    'TIFF profile PQ': (tiff(values(3, np.uint16), photometric='rgb', iccprofile=PQ), 'PQ'),
    'WebP profile PQ': (pillow(smooth(), 'WEBP', icc_profile=PQ), 'PQ'),
}


@pytest.mark.parametrize('read', ['photo', 'image'])
@pytest.mark.parametrize('name', REFUSED)
def test_high_dynamic_range_is_not_taken_for_standard(tmp_path: Path, name: str, read: str) -> None:
    data, curve = REFUSED[name]
    path = tmp_path / 'a.png'
    path.write_bytes(data)
    with pytest.raises(ImageReadError, match=rf'high dynamic range \({curve}\).*Export it'):
        read_photo(path) if read == 'photo' else read_image(path)


def test_a_profile_that_is_only_named_after_the_curve_is_refused() -> None:
    for name, curve in (('Rec. ITU-R BT.2100 PQ', 'PQ'), ('Rec2100HLG', 'HLG')):
        data = profile(name=name).replace(b'cicp', b'none')
        with pytest.raises(ImageReadError, match=curve):
            read_photo(pillow(smooth(), 'JPEG', icc_profile=data))


def test_standard_dynamic_range_is_read_as_before() -> None:
    wide = png_with(b'cICP', bytes([9, 1, 0, 1]))
    photo = read_photo(wide)
    assert np.array_equal(photo.pixels, values(3))
    assert bytes([9, 1, 0, 1]) in encode_photo(photo)
    both = png(values(3), 2, 8, chunk(b'cICP', bytes([1, 13, 0, 1])) + chunk(b'iCCP', packed(PQ)))
    assert read_photo(both).icc_profile == PQ  # the mark outweighs the profile
    for harmless in (profile(), SRGB, b'short', SRGB[:140], profile(2)):
        assert read_photo(pillow(smooth(), 'WEBP', icc_profile=harmless)).icc_profile == harmless


@pytest.mark.parametrize('bits', [8, 16])
def test_gamma_is_kept_and_does_not_change_the_values(bits: int) -> None:
    kind = np.uint8 if bits == 8 else np.uint16
    photo = read_photo(png_with(b'gAMA', struct.pack('>I', 100000), bits))
    assert np.array_equal(photo.pixels, values(3, kind))
    assert struct.pack('>I', 100000) in encode_photo(photo)
