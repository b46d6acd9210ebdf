"""Less or more of an enhancement, in linear light."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from mmenlighten.utils.checks import MOST_STRENGTH
from mmenlighten.utils.row_bands import row_bands
from mmenlighten.utils.srgb import LUMINANCE_WEIGHTS, linear_to_srgb, srgb_to_linear

from .pixels import check_pixels, white_level

MOST_GAIN = 16.0
"""Greatest and, inverted, least gain that is extrapolated; at 1.5 light changes fourfold by it."""

LIGHT_FLOOR = 1e-3
"""Linear light added before gains are taken, or noise in black would be raised without bound."""


def blend(
    original: np.ndarray, enhanced: np.ndarray, strength: float, out: np.ndarray | None = None
) -> np.ndarray:
    """Blends an image with its enhancement; 0 gives the one and 1 the other, to the last bit.

    Between, linear light is interpolated. Above 1, the logarithm of the enhancement's gain in
    luminance is extrapolated: ``strength - 1`` times as many stops are added to what 1 gives. All
    channels of a pixel are scaled alike, which keeps its hue, along a curve that ends at white
    without a kink, so that nothing clips: the brightest channel ``m`` becomes
    ``1 - (1 - m) ** factor``, which is ``factor * m`` where it is dark.

    Args:
        original: RGB (H, W, 3): 8 or 16 bits, or floating point with white at 1.
        enhanced: The same shape and type; floating-point values are clamped to [0, 1].
        strength: From 0 to 1.5.
        out: Where the result goes; it may be ``original`` or ``enhanced``. None makes one.

    Returns:
        ``out``.

    Raises:
        ValueError: The strength is out of range, or the images do not fit.
    """
    if not 0 <= strength <= MOST_STRENGTH:
        raise ValueError(f'strength={strength} must lie between 0 and {MOST_STRENGTH}.')
    check_pixels(original)
    if original.shape != enhanced.shape or original.dtype != enhanced.dtype:
        raise ValueError(
            f'A picture of {original.shape}, {original.dtype} and one of {enhanced.shape}, '
            f'{enhanced.dtype} cannot be blended.'
        )
    out = np.empty_like(original) if out is None else out
    if strength in (0, 1):
        out[...] = enhanced if strength else original
        return out
    mix: Callable[[np.ndarray, np.ndarray, float], np.ndarray]
    mix = _interpolate if strength < 1 else _extrapolate
    for band in row_bands(*original.shape[:2]):
        light = mix(_to_light(original[band]), _to_light(enhanced[band]), strength)
        out[band] = _from_light(light, out.dtype)
    return out


def _interpolate(original: np.ndarray, enhanced: np.ndarray, strength: float) -> np.ndarray:
    return original + np.float32(strength) * (enhanced - original)


def _extrapolate(original: np.ndarray, enhanced: np.ndarray, strength: float) -> np.ndarray:
    weights = np.asarray(LUMINANCE_WEIGHTS, np.float32)
    gain = (enhanced @ weights + LIGHT_FLOOR) / (original @ weights + LIGHT_FLOOR)
    factor = np.clip(gain, 1 / MOST_GAIN, MOST_GAIN) ** (strength - 1)
    return enhanced * light_scale(enhanced.max(-1), factor)[..., None]


def light_scale(brightest: np.ndarray, factor: np.ndarray | float) -> np.ndarray:
    """What a pixel's light is multiplied by, so that dark pixels become ``factor`` times as bright.

    The brightest channel ``m`` becomes ``1 - (1 - m) ** factor``: nothing clips.

    Args:
        brightest: Linear light of each pixel's brightest channel, in [0, 1], of any shape.
        factor: One for all, or one for each pixel.
    """
    # expm1 and log1p: the plain formula loses dark values in round-off.
    with np.errstate(divide='ignore'):
        target = -np.expm1(factor * np.log1p(-brightest))
    return target / np.maximum(brightest, np.float32(1e-12))


def _to_light(pixels: np.ndarray) -> np.ndarray:
    if pixels.dtype.kind == 'f':
        return srgb_to_linear(np.clip(pixels, 0, 1)).astype(np.float32)
    return _light_of_levels(int(white_level(pixels.dtype)))[pixels]


def _from_light(light: np.ndarray, dtype: np.dtype) -> np.ndarray:
    values = linear_to_srgb(np.clip(light, 0, 1))
    if dtype.kind == 'f':
        return values.astype(dtype)
    return np.rint(values * np.float32(white_level(dtype))).astype(dtype)


@cache
def _light_of_levels(white: int) -> np.ndarray:
    return srgb_to_linear(np.arange(white + 1) / white).astype(np.float32)
