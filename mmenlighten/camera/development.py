"""What a camera makes of linear light: tone curve, 8 bits, JPEG."""

from __future__ import annotations

import cv2
import numpy as np

from mmenlighten.utils.srgb import Array, linear_to_srgb

MOST_S_CURVE = 0.8


def draw_s_curve(random: np.random.Generator) -> float:
    """How much of an S-curve a camera applies: none for 40 %, else up to `MOST_S_CURVE`."""
    return float(random.uniform(0, MOST_S_CURVE)) if random.random() < 0.6 else 0.0


def s_curve(values: Array, amount: float | Array) -> Array:
    """``(1 - a) x + a (3 x^2 - 2 x^3)`` of sRGB values in [0, 1]: contrast in the middle."""
    if isinstance(amount, float) and amount == 0:
        return values
    values = values.clip(0, 1)
    return (1 - amount) * values + amount * values * values * (3 - 2 * values)


def undo_s_curve(values: Array, amount: float | Array) -> Array:
    """The inverse of `s_curve`, by Newton's method; it is exact to 1e-3 for all amounts."""
    if isinstance(amount, float) and amount == 0:
        return values
    solution = values
    for _ in range(5):
        error = s_curve(solution, amount) - values
        slope = (1 - amount) + 6 * amount * solution * (1 - solution)
        solution = (solution - error / slope).clip(0, 1)
    return solution


def to_display(light: Array, amount: float | Array) -> Array:
    """Turns linear light into sRGB values in [0, 1], with so much of an S-curve."""
    return s_curve(linear_to_srgb(light.clip(0, 1)), amount)


def develop(values: np.ndarray, jpeg_quality: int | None) -> np.ndarray:
    """The file of a picture as it is read again.

    Args:
        values: RGB (H, W, 3), float32, sRGB; values beyond [0, 1] are clipped.
        jpeg_quality: Quality of JPEG, from 1 to 100, or None for a file without losses.

    Returns:
        The same shape, uint8.
    """
    picture = np.rint(values.clip(0, 1) * 255).astype(np.uint8)
    if jpeg_quality is None:
        return picture
    coded = cv2.imencode('.jpg', picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, jpeg_quality])[1]
    decoded = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    assert decoded is not None  # it was written a line ago
    return np.ascontiguousarray(decoded[..., ::-1])
