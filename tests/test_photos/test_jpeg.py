from __future__ import annotations

import dataclasses
import io
import struct
from typing import Literal

import cv2
import numpy as np
import pytest
from PIL import Image, ImageFile

from mmenlighten.photos import JpegCoding, Photo, encode_photo, read_photo
from mmenlighten.utils.errors import ImageReadError

from .made_files import HEIGHT, SRGB, WIDTH, XMP, adobe_cmyk, exif, pillow, smooth


def test_cmyk_keeps_its_meaning_and_loses_its_profile() -> None:
    cmyk = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    cmyk[..., 1:3] = 255  # magenta and yellow are red
    buffer = io.BytesIO()
    Image.fromarray(cmyk, 'CMYK').save(buffer, 'JPEG', quality=95, icc_profile=b'damaged' * 30)
    photo = read_photo(buffer.getvalue())
    assert photo.icc_profile is None
    assert np.abs(photo.pixels.astype(int) - [255, 0, 0]).max() <= 4


def test_jpeg_of_opencv_and_extra_pictures_behind_the_first() -> None:
    data = cv2.imencode('.jpg', smooth())[1].tobytes()
    photo = read_photo(data + data)
    assert photo.pixels.shape == (HEIGHT, WIDTH, 3)
    with_data = pillow(smooth(), 'JPEG', exif=b'Exif\0\0' + exif(), xmp=XMP % 1)
    assert read_photo(with_data + b'trailing').exif is not None


def test_ycck_of_adobe_is_read_as_by_another_decoder() -> None:
    # Pillow writes only CMYK: with another mark the same values are luma, chroma and black.
    stored = np.dstack([smooth()[..., 0], np.full((HEIGHT, WIDTH, 2), 128), smooth()[..., 1] + 90])
    data = bytearray(adobe_cmyk((255 - stored).astype(np.uint8)))
    mark = data.index(b'Adobe') + 11
    assert data[mark] == 0
    data[mark] = 2
    photo = read_photo(bytes(data))
    other = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    assert np.abs(photo.pixels.astype(int) - other).max() <= 3
    luma, black = stored[..., 0].astype(int), stored[..., 3].astype(int)
    expected = (255 - luma) * black // 255
    assert np.abs(photo.pixels - expected[..., None]).max() <= 6


def black_only_profile() -> bytes:
    """A CMYK profile of a printer that has but black ink: K alone gives the lightness."""
    corners = [(255 * (1 - black), 128, 128) for black in (0, 1)] * 8  # K varies fastest
    table = b'mft1' + bytes(4) + bytes([4, 3, 2, 0])
    table += struct.pack('>9i', *(65536 if at % 4 == 0 else 0 for at in range(9)))
    table += bytes(range(256)) * 4 + bytes(sum(corners, ())) + bytes(range(256)) * 3
    white = b'XYZ ' + bytes(4) + struct.pack('>3i', 63190, 65536, 54061)
    head_size = 128 + 4 + 2 * 12
    tags = struct.pack('>I', 2)
    tags += struct.pack('>4sII', b'A2B0', head_size, len(table))
    tags += struct.pack('>4sII', b'wtpt', head_size + len(table), len(white))
    size = head_size + len(table) + len(white)
    head = struct.pack('>I4sI4s4s4s', size, bytes(4), 0x02400000, b'prtr', b'CMYK', b'Lab ')
    head += bytes(12) + b'acsp' + bytes(28) + struct.pack('>3i', 63190, 65536, 54061)
    return head.ljust(128, b'\0') + tags + table + white


def test_cmyk_is_converted_by_its_profile() -> None:
    cmyk = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    cmyk[..., 1:3] = 255
    cmyk[:, WIDTH // 2 :, 3] = 255
    photo = read_photo(adobe_cmyk(cmyk, icc_profile=black_only_profile()))
    assert photo.icc_profile is None
    assert photo.pixels[:, :8].min() > 250  # without the profile it would be red
    assert photo.pixels[:, -8:].max() < 5


ONES = JpegCoding((tuple([1] * 64),))


@pytest.mark.parametrize('is_gray', [False, True])
@pytest.mark.parametrize('quality', ['keep', 100, 94])
@pytest.mark.parametrize('subsampling', [0, 1, 2])
def test_progressive_noise_is_written(
    subsampling: int, quality: Literal['keep'] | int, is_gray: bool
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (200, 300, 3), dtype=np.uint8)
    if is_gray:
        noise = noise[..., :1].repeat(3, 2)
    coding = dataclasses.replace(ONES, subsampling=subsampling, progressive=True)
    usual = ImageFile.MAXBLOCK
    photo = Photo(noise, is_gray=is_gray, format='jpeg', jpeg=coding)
    again = read_photo(encode_photo(photo, quality=quality))
    assert usual == ImageFile.MAXBLOCK
    assert again.jpeg is not None
    assert again.jpeg.progressive
    if (subsampling == 0 or is_gray) and quality != 94:
        assert np.abs(again.pixels.astype(int) - noise).mean() < 1


@pytest.mark.parametrize('progressive', [False, True])
def test_a_small_picture_may_have_much_metadata(
    progressive: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    photo = Photo(
        smooth(8, 8),
        format='jpeg',
        exif=b'II*\0\x08'.ljust(65500, b'\0'),
        xmp=(XMP % 1).ljust(65500),
        icc_profile=SRGB + bytes(1 << 20),
        text=(('Comment', 'x' * 65533),),
        native=(('APP13', b'Photoshop 3.0\0' + bytes(65000)),) * 9,
        jpeg=dataclasses.replace(ONES, progressive=progressive),
    )
    again = read_photo(encode_photo(photo))
    for key in ('exif', 'xmp', 'icc_profile', 'text', 'native'):
        assert getattr(again, key) == getattr(photo, key), key
    assert capfd.readouterr().err == ''


@pytest.mark.parametrize(
    ('mark', 'bits', 'reason'),
    [(0xC3, 8, 'lossless'), (0xC1, 12, '12 bits'), (0xC7, 8, 'lossless'), (0xC3, 16, '16 bits')],
)
def test_jpeg_of_another_compression_is_named(mark: int, bits: int, reason: str) -> None:
    data = bytearray(pillow(smooth(), 'JPEG'))
    frame = data.index(b'\xff\xc0')
    data[frame + 1], data[frame + 4] = mark, bits
    with pytest.raises(ImageReadError, match=f'{reason}.* is not handled. Save it as TIFF or PNG'):
        read_photo(bytes(data))
