from __future__ import annotations

import numpy as np
import pytest

from mmenlighten.camera import KINDS, DarkScene, draw_gamma
from mmenlighten.utils.srgb import luma_of


def scene(seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    return random.random((32, 40, 3), dtype=np.float32) * np.linspace(0.2, 1, 40)[:, None].astype(
        np.float32
    )


def draw(kind: str, light: np.ndarray, seed: int) -> DarkScene:
    return DarkScene.of(light, luma_of(light), KINDS[kind].draw(np.random.default_rng(seed)))


@pytest.mark.parametrize('kind', KINDS)
def test_scenes_are_finite_and_repeat(kind: str) -> None:
    light = scene()
    for seed in range(5):
        one, other = (draw(kind, light, seed) for _ in range(2))
        assert one.light.shape == one.wanted.shape == light.shape
        assert one.light.dtype == one.wanted.dtype == np.float32
        assert np.isfinite(one.light).all()
        assert min(one.light.min(), one.wanted.min()) >= 0
        assert np.array_equal(one.light, other.light)


@pytest.mark.parametrize('kind', ['underexposed', 'unevenly_lit', 'backlit'])
def test_light_is_missing_and_the_whole_is_wanted(kind: str) -> None:
    light = scene()
    for seed in range(5):
        dark = draw(kind, light, seed)
        assert dark.light.mean() < 0.8 * light.mean()
        assert np.array_equal(dark.wanted, light)


def test_backlight_keeps_what_is_bright() -> None:
    light = np.full((64, 64, 3), 0.05, np.float32)
    light[:, 32:] = 0.9
    dark = draw('backlit', light, 0)
    kept, lost = dark.light[:, 60:] / light[:, 60:], dark.light[:, :4] / light[:, :4]
    assert kept.mean() > 2 * lost.mean()


def test_a_night_stays_dark_where_no_lamp_is_near() -> None:
    light = np.full((64, 64, 3), 0.5, np.float32)
    darker = 0
    for seed in range(8):
        dark = draw('night', light, seed)
        wanted = luma_of(dark.wanted)
        darker += bool(wanted.min() < 0.9 * np.median(wanted))
        assert luma_of(dark.light).min() < 0.3
    assert darker >= 6


def test_nothing_is_wanted_of_what_is_well_lit() -> None:
    dark = draw('well_lit', scene(), 0)
    assert dark.light is dark.wanted


@pytest.mark.parametrize('mean', [0.1, 0.3, 0.5, 0.8])
def test_exposure_is_drawn_towards_the_middle(mean: float) -> None:
    after = mean ** draw_gamma(mean, np.random.default_rng(0))
    assert abs(after - 0.5) <= abs(mean - 0.5) + 0.1
    assert (after - mean) * (0.5 - mean) >= 0 or mean == 0.5


@pytest.mark.parametrize('mean', [0.0, 0.019])
def test_black_stays_as_it_is(mean: float) -> None:
    assert draw_gamma(mean, np.random.default_rng(0)) == 1
