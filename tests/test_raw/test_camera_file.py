"""Raw files of cameras: what is said where rawpy is missing, and a real DNG where it is not."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from mmenlighten.raw import BAYER, make_raw, read_raw, read_target
from mmenlighten.raw.making import GAINS
from mmenlighten.utils.errors import ImageReadError, UserError


def test_missing_rawpy_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, 'rawpy', None)
    for read in (read_raw, read_target):
        with pytest.raises(UserError, match=r'night\.DNG .* rawpy: pip install "mmenlighten\[raw'):
            read(tmp_path / 'night.DNG')


@pytest.mark.parametrize(('orientation', 'turns'), [(1, 0), (3, 2), (6, 3), (8, 1)])
@pytest.mark.parametrize('pattern', ['RGGB', 'GBRG'])
def test_dng_is_read_as_it_was_written(
    tmp_path: Path, orientation: int, turns: int, pattern: str
) -> None:
    pytest.importorskip('rawpy')
    photograph = np.full((64, 96, 3), 200, np.uint8)
    photograph[:32, :48] = 0
    raw = make_raw(photograph, BAYER, ratio=2, black=600, white=16000)
    rows, columns = {'RGGB': (0, 0), 'GBRG': (1, 0)}[pattern]
    mosaic = np.roll(raw.mosaic, (-rows, -columns), axis=(0, 1))
    write_dng(tmp_path / 'a.dng', mosaic, pattern, 600, 16000, orientation)

    found = read_raw(tmp_path / 'a.dng')
    np.testing.assert_array_equal(found.mosaic, mosaic)
    assert (found.pattern, found.black, found.white) == (pattern, 600, 16000)
    assert found.turns == turns
    assert found.exposure == pytest.approx(0.04)
    target = read_target(tmp_path / 'a.dng')
    assert (target.shape, target.dtype) == ((64, 96, 3), np.uint16)
    # It lies as the mosaic does, whatever the orientation.
    assert target[4:20, 4:30].mean() < 0.2 * target[40:60, 60:90].mean()


def test_damaged_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    pytest.importorskip('rawpy')
    with pytest.raises(ImageReadError, match=r'b\.dng cannot be read: No such file'):
        read_raw(tmp_path / 'b.dng')
    (tmp_path / 'b.dng').write_bytes(b'no picture')
    with pytest.raises(ImageReadError, match=r'b\.dng cannot be read by rawpy'):
        read_raw(tmp_path / 'b.dng')


def write_dng(
    path: Path, mosaic: np.ndarray, pattern: str, black: int, white: int, orientation: int
) -> None:
    """Writes a DNG with the tags that readers ask for (DNG specification 1.4, chapter 4)."""
    tifffile = pytest.importorskip('tifffile')
    colours = bytes('RGB'.index(colour) for colour in pattern)
    matrix = [value for row in np.eye(3, dtype=int) for one in row for value in (int(one), 1)]
    neutral = [value for gain in GAINS for value in (1000, int(1000 * gain))]
    tags = [
        (274, 'H', 1, orientation, True),
        (33421, 'H', 2, (2, 2), True),  # side of the pattern
        (33422, 'B', 4, colours, True),
        (33434, '2I', 1, (1, 25), True),  # seconds
        (50706, 'B', 4, bytes((1, 4, 0, 0)), True),  # version of DNG
        (50708, 's', 0, 'Made Camera', True),
        (50714, 'I', 1, black, True),
        (50717, 'I', 1, white, True),
        (50721, '2i', 9, matrix, True),  # from XYZ to the camera's colours
        (50728, '2I', 3, neutral, True),  # a gray as the camera sees it
        (50778, 'H', 1, 21, True),  # daylight
    ]
    tifffile.imwrite(path, mosaic, photometric=32803, metadata=None, extratags=tags)
