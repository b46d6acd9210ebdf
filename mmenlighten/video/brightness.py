"""The mean brightness of a frame, and frames of a given one."""

from __future__ import annotations

from functools import cache

import numpy as np

from mmenlighten.inference.strength import light_scale
from mmenlighten.utils.row_bands import row_bands
from mmenlighten.utils.srgb import LUMA_WEIGHTS, srgb_to_linear

from .channels import weighted_sum

STEPS = 2**14
"""Values of the brightest channel that are kept apart; between them the scale hardly differs."""

TOE = 0.04045
OFFSET = 0.055
EXPONENT = 1 / 2.4
"""Of sRGB (IEC 61966-2-1): above the toe, v + 0.055 is a power of light; below, v is linear."""

CLOSE_ENOUGH = 1e-5
MOST_ROUNDS = 4
SMALL_STEP = 0.003
"""After a step as small as this, what is left is its square: close enough."""


def with_brightness(
    frame: np.ndarray, brightness: float, measured: tuple[float, float] | None = None
) -> np.ndarray:
    """A frame whose light is scaled by one factor so that it has this mean brightness.

    The factor acts in linear light, along the curve of :func:`light_scale`: hues stay and nothing
    clips. It is found by Newton's method, to within a 100,000th of the brightness.

    Args:
        frame: RGB (H, W, 3), floating point, sRGB with white at 1.
        brightness: As of :func:`measure`.
        measured: What :func:`measure` gives for the frame, if it is known.

    Returns:
        float32; ``frame`` itself, clamped, if nothing is to be changed or it is black.
    """
    frame = np.clip(frame, 0, 1, dtype=np.float32)
    stops, result = 0.0, frame  # of the factor, as a natural logarithm
    for _ in range(MOST_ROUNDS):
        now, slope = measured or measure(result)
        measured = None
        if slope <= 0 or abs(now - brightness) <= CLOSE_ENOUGH * brightness:
            break
        step = (brightness - now) / slope
        stops += step
        result = _scaled(frame, stops)
        if abs(step) < SMALL_STEP:
            break
    return result


def measure(frame: np.ndarray) -> tuple[float, float]:
    """Mean brightness of a frame, and its derivative to the logarithm of a factor of all light.

    Brightness is the mean luma (BT.601) of the sRGB values, clamped to [0, 1].

    Args:
        frame: RGB (H, W, 3), floating point, sRGB with white at 1.
    """
    brightness = slope = 0.0
    for band in _bands(frame):
        values = np.clip(band, 0, 1, dtype=np.float32)
        brightness += float(weighted_sum(values, LUMA_WEIGHTS).sum(dtype=np.float64))
        # By d/dlog(light), times how much of the factor the curve leaves at this brightness.
        rise = np.where(values > TOE, (values + np.float32(OFFSET)) * np.float32(EXPONENT), values)
        rise = weighted_sum(rise, LUMA_WEIGHTS) * _damping()[_steps(values)]
        slope += float(rise.sum(dtype=np.float64))
    pixels = frame.shape[0] * frame.shape[1]
    return brightness / pixels, slope / pixels


def _scaled(frame: np.ndarray, stops: float) -> np.ndarray:
    """All light of a frame of float32 in [0, 1] times a factor."""
    scale = light_scale(_light_of_steps(), float(np.exp(stops))).astype(np.float32)
    scale[0] = scale[1]  # black has no scale of its own
    power = scale**EXPONENT
    result = np.empty_like(frame)
    for band, out in zip(_bands(frame), _bands(result)):
        steps = _steps(band)
        # sRGB of scaled light, without going through light.
        bright = (band + np.float32(OFFSET)) * power[steps][..., None] - np.float32(OFFSET)
        out[...] = np.where(band > TOE, bright, band * scale[steps][..., None])
    return np.clip(result, 0, 1, out=result)


def _bands(frame: np.ndarray) -> list[np.ndarray]:
    return [frame[rows] for rows in row_bands(*frame.shape[:2])]


def _steps(values: np.ndarray) -> np.ndarray:
    return np.rint(values.max(-1) * np.float32(STEPS - 1)).astype(np.int32)


@cache
def _light_of_steps() -> np.ndarray:
    return srgb_to_linear(np.linspace(0, 1, STEPS))


@cache
def _damping() -> np.ndarray:
    """``-(1 - m) log(1 - m) / m``: the derivative of ``log(1 - (1 - m)**f)`` at ``f = 1``."""
    light = _light_of_steps()[1:-1]
    damping = -(1 - light) * np.log1p(-light) / light
    return np.concatenate([[1], damping, [0]]).astype(np.float32)
