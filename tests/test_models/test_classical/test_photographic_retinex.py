"""The default that needs no weights."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from skimage.data import astronaut as read_astronaut
from skimage.data import coffee, rocket
from torch import Tensor

from mmenlighten.models.classical import PhotographicRetinex, photographic_retinex
from mmenlighten.utils.errors import ConfigError

from .classical_tester import ClassicalTester, dark_scene
from .photographs import astronaut, psnr, to_image, to_levels


class TestPhotographicRetinex(ClassicalTester):
    config: ClassVar = dict(type='PhotographicRetinex')
    is_differentiable: ClassVar = True


class TestBare(ClassicalTester):
    config: ClassVar = dict(type='PhotographicRetinex', denoise=0, desaturation=0, most_gain=4)
    is_differentiable: ClassVar = True


def enhance(image: Tensor, **settings: Any) -> Tensor:
    return PhotographicRetinex(**settings).enhance_light(image)


def noisy_dark(level: float = 0.12, deviation: float = 1.0) -> np.ndarray:
    """The astronaut with little light and noise of so many levels, uint8."""
    noise = np.random.default_rng(0).normal(0, deviation, (256, 256, 3))
    return np.rint(astronaut(level) + noise).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize(('level', 'least'), [(0.06, 5), (0.12, 9), (0.25, 9)])
def test_a_darkened_photograph_comes_near_the_photograph(level: float, least: float) -> None:
    picture = noisy_dark(level)
    gain = psnr(to_levels(enhance(to_image(picture))), astronaut(1)) - psnr(picture, astronaut(1))
    assert gain > least


@pytest.mark.parametrize('picture', [read_astronaut, coffee], ids=['astronaut', 'coffee'])
def test_well_lit_photographs_stay_as_they_are(picture: Any) -> None:
    image = picture()[::2, ::2]
    assert psnr(to_levels(enhance(to_image(image))), image) >= 30


@pytest.mark.parametrize('share', [0.35, 0.5, 0.65])
def test_a_dark_subject_before_a_bright_sky_is_lit(share: float) -> None:
    """Its picture is bright as a whole; the sky stays what it is, and below white."""
    image = to_image(astronaut(1))
    sky = round((1 - share) * image.shape[2])
    image[:, :, :sky] = 0.75 + 0.15 * image[:, :, :sky]
    image[:, :, sky:] *= 0.12
    enhanced = enhance(image)
    assert enhanced[:, :, sky + 8 :].mean() > 1.3 * image[:, :, sky + 8 :].mean()
    assert enhanced[:, :, : sky - 8].mean() < 1.15 * image[:, :, : sky - 8].mean()
    assert enhanced.max() < 1


def test_what_is_a_little_dark_changes_a_little() -> None:
    """From as it is to very dark the enhancement sets in without a jump."""
    changes = []
    for factor in np.linspace(1, 0.05, 39):
        image = to_image(astronaut(1)) * float(factor)
        changes.append(float((enhance(image).mean() / image.mean()).log()))
    assert changes[0] < 0.1
    assert changes[-1] > 1
    assert np.abs(np.diff(changes)).max() < 0.25


@pytest.mark.parametrize('denoise', [0, 1])
def test_black_sky_stays_black(denoise: float) -> None:
    picture = noisy_dark()
    picture[:100] = 0
    light = enhance(to_image(picture), denoise=denoise)
    assert light[:, :, :90].amax() <= 0.5 / 255
    assert light[:, :, 120:].mean() > 2 * picture[120:].mean() / 255


@pytest.mark.parametrize('seed', [0, 1, 2])
def test_noise_in_black_stays_dark_and_gets_no_colour(seed: int) -> None:
    """Levels 0 and 1, and channels that are one level apart, which a plain gain makes purple."""
    random = np.random.default_rng(seed)
    picture = noisy_dark()
    picture[:100] = random.integers(0, 2, (100, 256, 3)) + np.array([1, 0, 1])
    sky = to_levels(enhance(to_image(picture)))[:90].astype(float)
    assert sky.max() < 20
    assert np.ptp(sky, axis=2).mean() < 4
    assert np.ptp(sky.mean((0, 1))) < 4


@pytest.mark.parametrize('level', [0, 1, 2, 5, 20, 60, 128, 250, 255])
@pytest.mark.parametrize('tint', [(1, 1, 1), (1, 0.5, 0.25)])
def test_constant_areas_stay_constant(level: int, tint: tuple[float, ...]) -> None:
    colour = torch.tensor(tint)[:, None, None] * level / 255
    light = enhance(colour.expand(1, 3, 40, 50))
    assert float(light.std((2, 3)).max()) < 1e-4
    assert float(light.amax()) <= 1
    assert (light.mean((2, 3)) >= colour[None, :, 0, 0] * 0.7 - 1e-6).all()
    if len(set(tint)) == 1:  # gray stays gray
        assert float((light.amax(1) - light.amin(1)).max()) < 1e-5


def test_light_maps_in_order_and_white_stays_white() -> None:
    steps = torch.linspace(0, 1, 12).repeat_interleave(40).square()
    image = steps.expand(1, 3, 200, 480) * torch.linspace(0.3, 1, 200)[:, None]
    levels = enhance(image, denoise=0)[0, 0, -1]
    middles = levels[20::40]
    assert (middles.diff() > 0).all()
    assert middles[-1] > 0.999


def test_no_gain_is_above_its_bounds() -> None:
    image = dark_scene() * 0.05
    for most in (2.0, 8.0):
        light = enhance(image, most_gain=most, denoise=0, desaturation=0)
        assert (light.amax(1) <= image.amax(1) * most + 1e-6).all()
    noise = torch.tensor([0.002, 0.02]).reshape(2, 1, 1, 1)
    gains = PhotographicRetinex(most_gain=1000).black_gain(image.amax(1, True), noise).flatten()
    assert gains[0] <= 0.1 / 0.002
    assert gains[1] <= 0.1 / 0.02
    assert gains[1] < gains[0]


def test_a_lamp_is_not_blown_out() -> None:
    """The stripes of a lamp in a dark room are still seen, and nothing of it gets darker."""
    image = torch.full((1, 3, 120, 160), 0.05)
    stripes = torch.tensor([0.7, 0.7, 0.8, 0.8]).repeat(10)
    image[:, :, 40:80, 60:100] = stripes
    light = enhance(image)[0, 0, 60, 60:100]
    assert light.amax() < 0.99
    assert (light >= stripes).all()
    bright, dark = light[12:28].reshape(4, 4).amax(1), light[12:28].reshape(4, 4).amin(1)
    assert (bright - dark > 0.01).all()


def test_noise_grows_less_than_the_light() -> None:
    clean, noisy = to_image(astronaut(0.12)), to_image(noisy_dark(0.12, 1.5))
    before, after = noisy - clean, enhance(noisy) - enhance(clean)
    gain = enhance(clean).mean() / clean.mean()
    assert after.std() < 0.7 * gain * before.std()


def test_colours_grow_less_than_by_a_plain_gain() -> None:
    image = to_image(astronaut(0.12))

    def saturation(light: Tensor) -> float:
        return float(((light.amax(1) - light.amin(1)) / light.amax(1).clamp_min(1e-3)).mean())

    plain = saturation(enhance(image, desaturation=0))
    assert 0.5 * saturation(image) < saturation(enhance(image)) < 0.95 * plain


@pytest.mark.parametrize('size', [(301, 203), (64, 500), (97, 64)])
def test_bands_give_what_the_whole_picture_gives(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    image = torch.rand(2, 3, *size, generator=torch.Generator().manual_seed(0)) ** 5
    whole = enhance(image)
    monkeypatch.setattr(photographic_retinex, 'BAND_PIXELS', 1)
    torch.testing.assert_close(enhance(image), whole, rtol=0, atol=1e-6)


def test_a_large_picture_looks_like_its_small_copy() -> None:
    small = to_image(astronaut(0.15, 256))
    large = torch.nn.functional.interpolate(small, scale_factor=4, mode='bilinear')
    reduced = torch.nn.functional.interpolate(enhance(large), (256, 256), mode='area')
    assert (reduced - enhance(small)).abs().mean() < 3 / 255


def test_sixteen_bits_give_what_floating_point_gives() -> None:
    image = to_image(rocket()[::3, ::3]).double() * 0.2
    levels = (image * 65535).round() / 65535
    assert (enhance(levels) - enhance(image)).abs().max() < 20 / 65535


def test_frames_that_differ_by_noise_alone_do_not_flicker() -> None:
    still = to_image(astronaut(0.1))
    brightness = []
    for seed in range(6):
        noise = torch.randn(still.shape, generator=torch.Generator().manual_seed(seed)) / 255
        brightness.append(float(enhance((still + noise).clamp(0, 1)).mean()))
    assert np.ptp(brightness) < 0.005 * np.mean(brightness)


def test_light_that_fades_evenly_gives_light_that_changes_evenly() -> None:
    gains = [float(enhance(to_image(astronaut(1)) * 0.98**step).mean()) for step in range(120)]
    bends = np.abs(np.diff(np.log(gains), 2))
    assert bends.max() < 0.01


@pytest.mark.parametrize(
    ('settings', 'words'),
    [
        (dict(key=0), 'key=0 must be between'),
        (dict(key=1.5), 'key=1.5 must be between'),
        (dict(most_gain=1), 'most_gain=1 must be above 1'),
        (dict(fade=(0.4, 0.2)), 'two keys that rise'),
        (dict(fade=(0.4,)), 'two keys that rise'),
        (dict(shadow_key=0), 'shadow_key=0 must be between'),
        (dict(shadow_fade=(0.4, 0.2)), 'shadow_fade=.*two keys that rise'),
        (dict(denoise=-1), 'denoise=-1 must not be negative'),
        (dict(desaturation=2), 'desaturation=2 must be between'),
    ],
)
def test_settings_out_of_range_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        PhotographicRetinex(**settings)
