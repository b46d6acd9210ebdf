"""Pictures of any size, strip by strip, by a method that surveys them first."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from skimage.data import astronaut

from mmenlighten import get_model
from mmenlighten.apis.torch_enhancer import torch_enhancer
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.inference import strip_enhancement
from mmenlighten.inference.generator import generator_of
from mmenlighten.inference.strip_enhancement import enhance_strips
from mmenlighten.inference.torch_network import TorchNetwork


def dark(height: int, width: int, dtype: type = np.uint8) -> np.ndarray:
    """The astronaut with little light and some noise, repeated to the size."""
    rows, columns = np.arange(height) % 512, np.arange(width) % 512
    noise = np.random.default_rng(0).normal(0, 0.004, (height, width, 3))
    light = np.clip(astronaut()[rows][:, columns] / 255 * 0.12 + noise, 0, 1)
    if dtype in (np.float32, np.float64):
        return light.astype(dtype)
    return np.rint(light * np.iinfo(dtype).max).astype(dtype)


def enhancer(**options: object) -> PhotoEnhancer:
    return torch_enhancer(get_model('classic'), EnhanceOptions(**options), 'cpu')  # type: ignore[arg-type]


@pytest.fixture
def few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strip_enhancement, 'STRIP_PIXELS', 1)
    monkeypatch.setattr(strip_enhancement, 'LEAST_ROWS', 34)


SIZES = [(301, 203), (100, 301), (35, 50), (34, 9), (1, 1), (1, 70), (70, 1)]


@pytest.mark.usefixtures('few_rows')
@pytest.mark.parametrize('dtype', [np.uint8, np.uint16, np.float32, np.float64])
@pytest.mark.parametrize('size', SIZES)
def test_strips_give_what_the_whole_picture_gives(size: tuple[int, int], dtype: type) -> None:
    picture = dark(*size, dtype)
    before = picture.copy()
    enhanced = enhancer().enhance_pixels(picture)
    assert (enhanced.shape, enhanced.dtype) == (picture.shape, picture.dtype)
    assert np.array_equal(picture, before)
    white = 1 if picture.dtype.kind == 'f' else np.iinfo(picture.dtype).max
    image = torch.from_numpy(picture.astype(np.float64) / white).permute(2, 0, 1)[None]
    light: torch.Tensor = get_model('classic').enhance_light(image)  # type: ignore[operator]
    whole = light[0].clamp(0, 1).permute(1, 2, 0).numpy()
    assert np.abs(enhanced / white - whole).max() < (1 / 255 if dtype is np.uint8 else 3e-4)


@pytest.mark.usefixtures('few_rows')
def test_each_strip_is_told_and_may_end_the_work() -> None:
    told: list[tuple[int, int]] = []
    enhancer().enhance_pixels(dark(100, 40), lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]

    def stop(done: int, total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        enhancer().enhance_pixels(dark(100, 40), stop)


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16])
def test_well_lit_pictures_stay_to_the_last_bit(dtype: type) -> None:
    picture = np.rint(astronaut()[:200, 100:300] / 255 * np.iinfo(dtype).max).astype(dtype)
    bright = np.maximum(picture, np.iinfo(dtype).max // 2)
    assert np.array_equal(enhancer().enhance_pixels(bright), bright)


@pytest.mark.parametrize(
    'options', [dict(memory=2**25), dict(tile=64), dict(tile=None), dict(tile='auto')]
)
def test_neither_memory_nor_tiles_change_the_result(options: dict[str, object]) -> None:
    picture = dark(700, 900)
    expected = enhancer().enhance_pixels(picture)
    assert np.array_equal(enhancer(**options).enhance_pixels(picture), expected)
    assert enhancer(**options).fingerprint() == enhancer().fingerprint()


def test_several_at_once_give_what_each_gives() -> None:
    pictures = [dark(60, 80), dark(60, 80) // 2]
    together = enhancer(batch=2).enhance_together(pictures)
    for one, picture in zip(together, pictures, strict=True):
        assert np.array_equal(one, enhancer().enhance_pixels(picture))


def test_guided_mode_is_near() -> None:
    picture = dark(900, 1100)
    difference = enhancer(guided=True).enhance_pixels(picture).astype(float)
    difference -= enhancer().enhance_pixels(picture)
    assert np.abs(difference).mean() < 4


def test_values_that_are_no_light_stay_inside() -> None:
    picture = dark(40, 50, np.float32)
    picture[3, 4] = np.nan, np.inf, -1
    enhanced = enhancer().enhance_pixels(picture)
    assert np.isfinite(enhanced).all()
    assert (enhanced.min(), enhanced.max()) >= (0, 0)
    assert enhanced.max() <= 1


def test_other_methods_are_not_taken_for_it() -> None:
    assert TorchNetwork(generator_of(get_model('gamma'))).strips is None


def test_what_is_no_picture_is_refused() -> None:
    strips = TorchNetwork(generator_of(get_model('classic'))).strips
    assert strips is not None
    assert strips.reach % 2 == 0
    with pytest.raises(ValueError, match='Expected a picture'):
        enhance_strips(strips, np.zeros((4, 4), np.uint8))
