from __future__ import annotations

import numpy as np
import pytest

from mmenlighten.evaluation.functional.checks import check_pair, check_size
from mmenlighten.utils.errors import DatasetError
from tests.test_evaluation.pictures import noise


def test_finished_pictures_of_one_size_pass() -> None:
    assert check_pair(noise(0), noise(1)) is None


def test_sizes_are_told_as_width_by_height() -> None:
    message = (
        'The enhanced picture has 31x24 pixels and its ground truth 24x31: bring both to one '
        'size before comparing them.'
    )
    with pytest.raises(DatasetError) as caught:
        check_pair(noise(0), noise(0, height=31, width=24))
    assert str(caught.value) == message


@pytest.mark.parametrize('dtype', [np.uint16, np.float32, np.int64])
def test_other_types_are_programming_errors(dtype: type) -> None:
    with pytest.raises(ValueError, match=f'got {np.dtype(dtype)}'):
        check_pair(noise(0), noise(0).astype(dtype))


def test_the_other_picture_is_called_as_asked() -> None:
    with pytest.raises(DatasetError, match=r'31x24 pixels and its input 24x31'):
        check_pair(noise(0), noise(0, height=31, width=24), 'input')


def test_small_pictures_are_told_with_what_is_needed() -> None:
    assert check_size(noise(0), 'XYZ', 24, 31) is None
    for height, width in [(25, 31), (24, 32)]:
        message = f'XYZ needs pictures of at least {width}x{height} pixels; this one has 31x24'
        with pytest.raises(DatasetError, match=message):
            check_size(noise(0), 'XYZ', height, width)
