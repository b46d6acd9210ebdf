from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from mmenlighten.photos import encode_photo, read_photo
from mmenlighten.photos.damaged_photo_error import DamagedPhotoError
from mmenlighten.photos.read_budget import ReadBudget
from mmenlighten.utils.errors import ImageReadError

from .costly_files import costly_files
from .made_files import pillow, png, smooth, tiff, values

FILES = costly_files()
needs_fork = pytest.mark.skipif(not hasattr(os, 'fork'), reason='needs fork')


@needs_fork
def test_costly_files_stay_in_bounds_of_time_and_memory(tmp_path: Path) -> None:
    from ..limited_run import run_limited

    def check(data: bytes) -> None:
        name = names[data]
        expected = FILES[name][1]
        try:
            photo = read_photo(data)
        except ImageReadError as error:
            assert isinstance(expected, str), f'{name}: {error}'  # noqa: PT017
            assert expected in str(error), f'{name}: {error}'  # noqa: PT017
            return
        assert not isinstance(expected, str), f'{name} is read'
        if expected is not None:
            light = expected if expected.ndim == 3 else np.repeat(expected[..., None], 3, 2)
            assert np.array_equal(photo.pixels, light), name
        for format in ('tiff', 'png'):  # the tags are copied there
            assert read_photo(encode_photo(photo, format)).pixels.shape == photo.pixels.shape

    names = {data: name for name, (data, _) in FILES.items()}
    assert len(names) == len(FILES) > 25
    assert run_limited(check, list(names), tmp_path, seconds=5) == []


HEADS = {
    'nothing': (bytes(10), 'not a JPEG'),
    'PNG': (png(values(1), 0, 8), 'far more than the 134 MB'),
    'JPEG': (pillow(smooth(), 'JPEG'), 'far more than the 134 MB'),
    'TIFF': (tiff(values(3), photometric='rgb'), 'far more than the 134 MB'),
    'BMP': (pillow(smooth(), 'BMP'), 'far more than the 134 MB'),
    'WebP': (pillow(smooth(), 'WEBP'), 'far more than the 134 MB'),
    'PPM': (b'P2 20 20 255 ', 'far more than the 134 MB'),
    'huge PPM': (b'P2 20000 20000 255 ', 'more than the limit of 200 million'),
    'video': (b'\0\0\0\x18ftypmp42', 'MP4'),
}


@pytest.mark.parametrize('name', HEADS)
def test_a_file_far_larger_than_its_pixels_is_refused_before_it_is_read(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    head, sentence = HEADS[name]
    path = tmp_path / 'a.png'
    path.write_bytes(head)
    os.truncate(path, 6 << 30)  # takes no room on the disk
    with pytest.raises(ImageReadError, match=sentence) as caught:
        read_photo(path)
    assert str(path) in str(caught.value)


class Endless:
    """A pipe that never ends."""

    name = 'pipe'

    def __init__(self, head: bytes) -> None:
        self.head, self.given = head, 0

    def read(self, count: int) -> bytes:
        head, self.head = self.head, b''
        self.given += count
        return head.ljust(count, b'\0')


@pytest.mark.parametrize('name', ['nothing', 'PNG', 'JPEG', 'TIFF'])
def test_a_pipe_without_end_is_refused(name: str) -> None:
    head, sentence = HEADS[name]
    pipe = Endless(head)
    with pytest.raises(ImageReadError, match=f'^pipe cannot be read.*{sentence}'):
        read_photo(pipe)  # type: ignore[arg-type]
    assert pipe.given < 200_000_000


def test_large_files_within_the_limit_are_read(tmp_path: Path) -> None:
    path = tmp_path / 'a.jpg'
    path.write_bytes(pillow(smooth(), 'JPEG'))
    os.truncate(path, 70 << 20)  # as with a video behind the picture
    expected = read_photo(pillow(smooth(), 'JPEG')).pixels
    assert np.array_equal(read_photo(path).pixels, expected)
    with open(path, 'rb') as file:
        assert np.array_equal(read_photo(file).pixels, expected)


def test_budget_ends_loops_by_processor_time() -> None:
    budget = ReadBudget(seconds=0)
    end = time.thread_time() + 0.01
    while time.thread_time() < end:
        pass
    with pytest.raises(DamagedPhotoError, match='takes more than 0 seconds'):
        budget.check_time()
    budget.check_size(3000, 2000)  # a large picture may take longer
    budget.check_time()


def test_budget_counts_what_is_unpacked_together() -> None:
    import zlib

    budget, packed = ReadBudget(), zlib.compress(bytes(12 << 20))
    assert len(budget.unpack(packed)) == len(budget.unpack(packed)) == 12 << 20
    for _ in range(3):  # what is over stays over
        with pytest.raises(DamagedPhotoError, match='unpacks to more than 32 MB'):
            budget.unpack(packed)
