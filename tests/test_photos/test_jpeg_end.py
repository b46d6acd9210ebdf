from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mmenlighten.photos import read_photo
from mmenlighten.utils.errors import ImageReadError

from .made_files import adobe_cmyk, pillow, smooth


def noisy(height: int = 61, width: int = 83) -> np.ndarray:
    noise = np.random.default_rng(0).integers(0, 24, (height, width, 3))
    return (smooth(height, width) // 2 + noise).astype(np.uint8)


def jpeg(**options: Any) -> bytes:
    return pillow(noisy(), 'JPEG', **{'quality': 90, **options})


def planes() -> bytes:
    """A baseline file whose channels are stored one after the other, each in its own scan."""
    one = pillow(noisy()[..., 0], 'JPEG', quality=90)
    frame, scan = one.index(b'\xff\xc0'), one.index(b'\xff\xda')
    tables = one[frame + 2 + 17 - 6 : scan]
    size = one[frame + 5 : frame + 9]
    head = b'\xff\xc0\0\x11\x08' + size + b'\3\1\x11\0\2\x11\0\3\x11\0'
    code = one[scan + 10 : -2]
    scans = b''.join(
        b'\xff\xda\0\x08\1' + bytes([name]) + b'\0\0\x3f\0' + code for name in (1, 2, 3)
    )
    return one[:frame] + head + tables + scans + b'\xff\xd9'


KINDS = {
    'baseline': jpeg(),
    'without subsampling': jpeg(subsampling=0),
    'progressive': jpeg(progressive=True),
    'gray': pillow(noisy()[..., 0], 'JPEG'),
    'CMYK': adobe_cmyk(np.dstack([noisy(), noisy()[..., 0]])),
    'restarts': jpeg(restart_marker_blocks=3),
    'restarts, progressive': jpeg(restart_marker_rows=1, progressive=True),
    'channel by channel': planes(),
    'black': pillow(np.zeros((64, 64), np.uint8), 'JPEG', optimize=True),
    'with a thumbnail': jpeg(exif=b'Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0' + jpeg(quality=30)),
}
BEHIND = {
    'nothing': b'',
    'zeros': bytes(900),
    'fill bytes': b'\xff' * 9,
    'data of a phone': b'\0\0\1\x0a\x0e\0\0\0Image_UTC_Data1526832123456SEFH\0\0\0\x18ftypmp42'
    + np.random.default_rng(1).bytes(3000),
    'another picture': jpeg(quality=20),
    'text': b'made by a camera ' * 9,
}


@pytest.mark.parametrize('behind', BEHIND)
@pytest.mark.parametrize('kind', KINDS)
def test_all_pixels_are_read_where_the_end_marker_is_missing(kind: str, behind: str) -> None:
    data = KINDS[kind]
    photo = read_photo(data[:-2] + BEHIND[behind])
    assert np.array_equal(photo.pixels, read_photo(data).pixels)


@pytest.mark.parametrize('behind', ['nothing', 'zeros', 'fill bytes', 'another picture'])
@pytest.mark.parametrize('kind', [kind for kind in KINDS if kind != 'black'])
def test_missing_pixels_are_never_made_up(kind: str, behind: str) -> None:
    data = KINDS[kind][:-2]
    start = data.rindex(b'\xff\xda')
    for missing in (2, 3, 5, 9, 17, 40, (len(data) - start) // 2):
        with pytest.raises(ImageReadError, match='ends before the picture does'):
            read_photo(data[:-missing] + BEHIND[behind])


def test_a_progressive_file_that_ends_between_two_scans_is_refused() -> None:
    data = KINDS['progressive']
    place, scans = 0, []
    while (place := data.find(b'\xff\xda', place + 1)) > 0:
        scans.append(place)
    assert len(scans) > 5
    for place in scans[1:]:
        with pytest.raises(ImageReadError, match='ends before the picture does'):
            read_photo(data[: data.rindex(b'\xff\xc4', 0, place)])


def test_metadata_survives_a_missing_end_marker() -> None:
    data = jpeg(comment=b'Hi', dpi=(300, 300))
    photo = read_photo(data[:-2])
    assert (photo.text, photo.dpi) == ((('Comment', 'Hi'),), (300, 300))
    assert photo.jpeg == read_photo(data).jpeg
