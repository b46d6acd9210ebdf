from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmenlighten.evaluation.model_card import Scene
from mmenlighten.evaluation.model_card.scene import INSTALLED, INSTALLED_CREDITS
from mmenlighten.photos.image_io import write_image
from mmenlighten.utils.errors import ConfigError


def test_equal_scenes_give_equal_pictures(tmp_path: Path) -> None:
    image = np.random.default_rng(0).integers(60, 200, (90, 160, 3), dtype=np.uint8)
    write_image(tmp_path / 'kodak_1.png', image)
    scene = Scene('kodak_1.png', 'underexposed', 3)
    first, second = scene.take(tmp_path, 40, 30), scene.take(tmp_path, 40, 30)
    other = Scene('kodak_1.png', 'underexposed', 4).take(tmp_path, 40, 30)
    for picture, again in zip(first, second):
        assert picture.shape == (30, 40, 3)
        assert picture.dtype == np.uint8
        assert np.array_equal(picture, again)
    assert not np.array_equal(first.low, other.low)
    assert first.low.mean() < first.wanted.mean()


def test_middle_of_a_photograph_is_shown(tmp_path: Path) -> None:
    image = np.zeros((40, 120, 3), np.uint8)
    image[:, 40:80] = 200
    write_image(tmp_path / 'a.png', image)
    taken = Scene('a.png', 'well_lit', 0).take(tmp_path, 20, 20)
    assert taken.wanted.min() > 100


@pytest.mark.parametrize(
    ('photograph', 'credit'),
    [
        ('kodak_1.jpg', 'Eastman Kodak Company, unrestricted use (Eastman Kodak)'),
        ('gb82_baby-lossless.jpg', 'author not told by gb82-image-set, CC0-1.0'),
        ('china', 'danielbuechele, CC-BY-2.0 (from scikit-learn)'),
    ],
)
def test_makers_are_named(photograph: str, credit: str) -> None:
    assert Scene(photograph, 'night', 0).credit == credit


@pytest.mark.parametrize('photograph', ['kodak_99.jpg', 'lol_1.png', 'hopper', ''])
def test_what_may_not_be_shown_is_refused(photograph: str) -> None:
    with pytest.raises(ConfigError, match='neither author nor licence is known'):
        _ = Scene(photograph, 'night', 0).credit


def test_installed_photographs_with_makers_are_there() -> None:
    assert INSTALLED_CREDITS.keys() <= INSTALLED.keys()
