"""What a camera makes of linear light: tone curve, 8 bits, JPEG."""

from __future__ import annotations

import cv2
import numpy as np

MOST_S_CURVE = 0.8


def draw_s_curve(random: np.random.Generator) -> float:
    """How much of an S-curve a camera applies: none for 40 %, else up to `MOST_S_CURVE`."""
    return float(random.uniform(0, MOST_S_CURVE)) if random.random() < 0.6 else 0.0


def s_curve(values: np.ndarray, amount: float) -> np.ndarray:
    """``(1 - a) x + a (3 x^2 - 2 x^3)`` of sRGB values in [0, 1]: contrast in the middle."""
    if amount == 0:
        return values
    values = values.clip(0, 1)
    return (1 - amount) * values + amount * values * values * (3 - 2 * values)


def undo_s_curve(values: np.ndarray, amount: float) -> np.ndarray:
    """The inverse of `s_curve`, by Newton's method; it is exact to 1e-3 for all amounts."""
    if amount == 0:
        return values
    solution = values.copy()
    for _ in range(5):
        error = s_curve(solution, amount) - values
        slope = (1 - amount) + 6 * amount * solution * (1 - solution)
        solution = np.clip(solution - error / slope, 0, 1)
    return solution


def develop(values: np.ndarray, random: np.random.Generator, jpeg_share: float) -> np.ndarray:
    """The file of a picture as it is read again.

    Args:
        values: RGB (H, W, 3), float32, sRGB; values beyond [0, 1] are clipped.
        random: Source of the chance.
        jpeg_share: Share of the pictures that go through JPEG, with a quality of 65 to 98.

    Returns:
        The same shape, uint8.
    """
    picture = np.rint(values.clip(0, 1) * 255).astype(np.uint8)
    if random.random() >= jpeg_share:
        return picture
    quality = int(random.uniform(65, 98))
    coded = cv2.imencode('.jpg', picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    decoded = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    assert decoded is not None  # it was written a line ago
    return np.ascontiguousarray(decoded[..., ::-1])
