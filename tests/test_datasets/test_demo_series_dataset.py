"""The demo's photographs as series of exposures, in the layout of SICE."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmenlighten.datasets import DemoSeriesDataset, demo_series_dataset
from mmenlighten.datasets.demo_photographs import Photograph
from mmenlighten.datasets.demo_series_dataset import STOPS, expose
from mmenlighten.photos.image_io import read_image
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.srgb import srgb_to_linear

from .pictures import LOAD_PIPELINE, picture


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(Photograph, 'read', lambda photograph: picture(12, 16))
    return tmp_path


def test_exposures_have_so_much_light() -> None:
    photograph = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(3, 2)
    assert np.array_equal(expose(photograph, 0), photograph)
    light = srgb_to_linear(photograph / 255)
    dark = srgb_to_linear(expose(photograph, -2) / 255)
    np.testing.assert_allclose(dark, light / 4, atol=0.003)
    bright = expose(photograph, 1)
    assert (bright[light > 0.51] == 255).all()


def test_the_four_darkest_are_taken(folder: Path) -> None:
    train = DemoSeriesDataset(str(folder), pipeline=LOAD_PIPELINE, repeat=2)
    test = DemoSeriesDataset(str(folder), split='test', pipeline=LOAD_PIPELINE, test_mode=True)
    assert (len(train), len(test)) == (2 * 6 * 4, 2 * 4)
    means = [test[index]['low'].mean() for index in range(4)]
    assert means == sorted(means)
    assert np.array_equal(test[0]['normal'], picture(12, 16))
    assert np.array_equal(test[3]['low'], expose(picture(12, 16), STOPS[3]))


def test_they_are_made_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    DemoSeriesDataset(str(folder))
    monkeypatch.setattr(demo_series_dataset, 'write_demo_series', lambda out_dir: 1 / 0)
    DemoSeriesDataset(str(folder), split='test')
    assert read_image(folder / 'exposures/test/Label/coffee.png').shape == (12, 16, 3)


def test_refuses_other_splits(folder: Path) -> None:
    with pytest.raises(ConfigError, match=r'DemoSeriesDataset\.split'):
        DemoSeriesDataset(str(folder), split='val')  # type: ignore[arg-type]
