"""Merges any number of exposures by the response of the camera (Debevec and Malik, 1997)."""

from __future__ import annotations

import cv2
import numpy as np

from mmenlighten.utils.srgb import srgb_to_linear

from .bracket import Bracket

LEVELS = 256

SAMPLING_SIDE = 1024
"""Longer side, in pixels, of the frames in which the response is measured."""

MIDDLE = LEVELS // 2 - 1
"""The greatest weight, that of levels in the middle."""

LEAST_WEIGHT = 1e-4

DARKEST = 1e-4
"""Least light of a level, so that its logarithm is finite."""


def measured_response(bracket: Bracket) -> tuple[np.ndarray, bool]:
    """Measures by OpenCV how the camera turned light into levels.

    Args:
        bracket: The exposures.

    Returns:
        Light (256, 3) of each level of each channel, 1 being that of white on average, float32;
        and whether it was measured: where no rising curve fits, as with frames that are flat or
        that moved, it is the curve of sRGB.
    """
    height, width = bracket.frames[0].shape[:2]
    step = -(-max(height, width) // SAMPLING_SIDE)
    rows = [bracket.rows(top, top + 1)[0] for top in range(0, height, step)]
    frames = [
        np.rint(np.concatenate(frame)[:, ::step] * (LEVELS - 1)).astype(np.uint8)
        for frame in zip(*rows, strict=True)
    ]
    times = np.asarray(bracket.exposures, np.float32)
    try:
        light = cv2.createCalibrateDebevec().process(frames, times).reshape(LEVELS, 3)
    except cv2.error:  # too small for its samples
        light = np.zeros((LEVELS, 3), np.float32)
    if np.isfinite(light).all() and (light > 0).all() and is_rising(light):
        return light / light[-1].mean(), True
    levels = np.linspace(0, 1, LEVELS, dtype=np.float32)
    curve = srgb_to_linear(levels).clip(DARKEST).astype(np.float32)
    return np.repeat(curve[:, None], 3, axis=1), False


def is_rising(light: np.ndarray) -> bool:
    """Whether a curve (256, 3) rises from each sixteenth to the next; noise within is allowed."""
    return bool((np.diff(light[:: LEVELS // 16], axis=0) > 0).all())


def merged_rows(
    bracket: Bracket, response: np.ndarray, top: int = 0, bottom: int | None = None
) -> np.ndarray:
    """Rows of the light of a scene.

    Each value is a mean of what the frames tell, in logarithms, that counts levels in the middle
    of the range most. As OpenCV has it, with two differences: frames of 16 bits are not rounded to
    8, and the darkest frame is trusted up to its white and the brightest one down to its black,
    where the others tell nothing; else what is white in all frames would become gray.

    Args:
        bracket: The exposures.
        response: Light (256, 3) of each level.
        top: First row.
        bottom: The row after the last; None for the end.

    Returns:
        Linear RGB (rows, W, 3), float32; 1 is the white of a frame of exposure 1.
    """
    rows, unknown = bracket.rows(top, bottom)
    curve, levels = np.log(response), np.arange(LEVELS)
    total: np.ndarray | float = 0.0
    weights: np.ndarray | float = 0.0
    for index, frame in enumerate(rows):
        values = frame * np.float32(LEVELS - 1)
        weight = np.full_like(values, MIDDLE)
        if index > 0:
            weight = np.minimum(weight, LEVELS - 1 - values)
        if index < len(rows) - 1:
            weight = np.minimum(weight, values)
        weight = weight.mean(axis=2, keepdims=True).clip(LEAST_WEIGHT)
        if index in unknown:
            weight = np.where(unknown[index][..., None], np.float32(LEAST_WEIGHT), weight)
        light = np.stack(
            [np.interp(values[..., c], levels, curve[:, c]) for c in range(3)], axis=-1
        ).astype(np.float32)
        total = total + weight * (light - np.float32(np.log(bracket.exposures[index])))
        weights = weights + weight
    return np.exp(total / weights)
