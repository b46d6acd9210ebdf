from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmenlighten.datasets import LoadEnhanceImages
from mmenlighten.utils.errors import ConfigError, ImageReadError
from tests.test_datasets.pictures import picture, write_pictures


def test_pictures_are_rgb_and_the_shape_is_that_of_the_first(tmp_path: Path) -> None:
    write_pictures(tmp_path, ['a.png'])
    write_pictures(tmp_path, ['b.png'], height=9, width=7)
    paths = dict(low_path=str(tmp_path / 'a.png'), normal_path=str(tmp_path / 'b.png'))
    results = LoadEnhanceImages()(dict(paths))
    assert np.array_equal(results['low'], picture())
    assert np.array_equal(results['normal'], picture(9, 7))
    assert results['ori_shape'] == (16, 20)
    assert LoadEnhanceImages(keys=['normal', 'low'])(dict(paths))['ori_shape'] == (9, 7)


def test_other_kinds_are_not_read(tmp_path: Path) -> None:
    write_pictures(tmp_path, ['a.png'])
    results = LoadEnhanceImages(['low'])(dict(low_path=tmp_path / 'a.png', normal_path='missing'))
    assert 'normal' not in results


def test_kind_that_the_data_set_lacks_is_named_with_those_that_it_has() -> None:
    with pytest.raises(ConfigError, match="cannot load 'gt': the data set has only low, normal"):
        LoadEnhanceImages(keys=['gt'])(dict(low_path='a', normal_path='b', sample_idx=0))


def test_unreadable_file_is_named() -> None:
    with pytest.raises(ImageReadError, match=r'missing\.png cannot be read'):
        LoadEnhanceImages(keys=['low'])(dict(low_path='missing.png'))


@pytest.mark.parametrize(
    ('longest', 'shape'), [(None, (16, 20)), (20, (16, 20)), (10, (8, 10)), (1, (1, 1))]
)
def test_large_pictures_are_reduced(
    tmp_path: Path, longest: int | None, shape: tuple[int, int]
) -> None:
    write_pictures(tmp_path, ['a.png'])
    load = LoadEnhanceImages(['low'], longest=longest)
    results = load(dict(low_path=tmp_path / 'a.png'))
    assert results['low'].shape == (*shape, 3)
    assert results['ori_shape'] == shape
    if longest == 10:  # halved by area
        blocks = picture().reshape(8, 2, 10, 2, 3).mean((1, 3))
        assert np.abs(results['low'] - blocks).max() <= 0.5


def test_a_side_of_nothing_is_refused() -> None:
    with pytest.raises(ConfigError, match='longest=0: it must be 1 or more'):
        LoadEnhanceImages(longest=0)


def test_representation_shows_the_arguments() -> None:
    assert repr(LoadEnhanceImages(['low'])) == "LoadEnhanceImages(keys=('low',), longest=None)"
