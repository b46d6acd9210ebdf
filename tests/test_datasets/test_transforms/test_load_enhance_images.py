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


def test_representation_shows_the_arguments() -> None:
    assert repr(LoadEnhanceImages(['low'])) == "LoadEnhanceImages(keys=('low',))"
