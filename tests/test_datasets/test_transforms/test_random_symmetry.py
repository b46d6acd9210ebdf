from __future__ import annotations

import numpy as np
import pytest
from mmcv.transforms import TransformBroadcaster

from mmenlighten.datasets import RandomCrop, RandomSymmetry
from mmenlighten.datasets.transforms.random_symmetry import symmetric
from mmenlighten.utils.errors import ConfigError

SQUARE = np.arange(9).reshape(3, 3)


def test_positions_are_those_of_the_official_retinexnet() -> None:
    turned = [np.rot90(SQUARE, turns) for turns in range(4)]
    expected = [image for turn in turned for image in (turn, np.flipud(turn))]
    found = [symmetric(SQUARE, index) for index in range(8)]
    np.testing.assert_array_equal(found, expected)
    assert len({image.tobytes() for image in map(np.ascontiguousarray, found)}) == 8


def test_all_positions_come() -> None:
    np.random.seed(0)
    drawn = {RandomSymmetry()(dict(img=SQUARE))['img'].tobytes() for _ in range(100)}
    assert len(drawn) == 8
    drawn = {RandomSymmetry((0, 1))(dict(img=SQUARE))['img'].tobytes() for _ in range(30)}
    assert drawn == {SQUARE.tobytes(), np.flipud(SQUARE).tobytes()}


def test_pictures_of_a_pair_share_window_and_position() -> None:
    image = np.random.default_rng(0).integers(0, 255, (20, 30, 3), np.uint8)
    wrapper = TransformBroadcaster(
        transforms=[RandomCrop(8), RandomSymmetry()],
        mapping=dict(img=['low', 'normal']),
        auto_remap=True,
        share_random_params=True,
    )
    for seed in range(8):
        np.random.seed(seed)
        results = wrapper(dict(low=image, normal=255 - image))
        np.testing.assert_array_equal(results['low'], 255 - results['normal'])


@pytest.mark.parametrize('indices', [(), (8,), (-1, 0)])
def test_unknown_positions_are_refused(indices: tuple[int, ...]) -> None:
    with pytest.raises(ConfigError, match='RandomSymmetry'):
        RandomSymmetry(indices)
