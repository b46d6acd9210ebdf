from __future__ import annotations

import numpy as np
import pytest
from mmcv.transforms import TransformBroadcaster

from mmenlighten.datasets import RandomCrop, RandomPatches
from mmenlighten.utils.errors import ConfigError
from tests.test_datasets.pictures import picture


def test_patches_are_from_all_over_the_picture() -> None:
    rows, columns = np.mgrid[:9, :12]
    image = np.stack([rows, columns], axis=2)
    patches = RandomPatches(4, 600)(dict(img=image))['img'].reshape(600, 4, 4, 2)
    offsets = patches - np.mgrid[:4, :4].transpose(1, 2, 0)
    assert (offsets == offsets[:, :1, :1]).all()
    corners = {tuple(corner) for corner in offsets[:, 0, 0].tolist()}
    assert corners == {(row, column) for row in range(6) for column in range(9)}


def test_a_pair_has_the_same_patches() -> None:
    image = picture()
    pair = TransformBroadcaster(
        [RandomPatches(5, 3)],
        mapping=dict(img=['low', 'normal']),
        auto_remap=True,
        share_random_params=True,
    )(dict(low=image, normal=255 - image))
    assert pair['low'].shape == (15, 5, 3)
    assert np.array_equal(pair['low'], 255 - pair['normal'])


def test_a_small_picture_is_enlarged() -> None:
    assert RandomPatches(17, 2)(dict(img=picture(8, 40)))['img'].shape == (34, 17, 3)


def test_arguments() -> None:
    with pytest.raises(ConfigError, match='number=0: it must be 1 or more'):
        RandomPatches(17, 0)
    assert repr(RandomPatches(17, 5)) == 'RandomPatches(size=17, number=5)'


def test_windows_of_pairs_are_shared_as_before() -> None:
    pair = dict(low=picture(20, 30), normal=picture(20, 30))
    both = TransformBroadcaster(
        [RandomCrop(5)],
        mapping=dict(img=['low', 'normal']),
        auto_remap=True,
        share_random_params=True,
    )(pair)
    np.testing.assert_array_equal(both['low'], both['normal'])
