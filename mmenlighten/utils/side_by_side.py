"""Pictures side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from .checks import check_at_least

_CAPTION_HEIGHT, _GAP = 22, 4


def comparison_row(pictures: Mapping[str, np.ndarray], height: int | None = None) -> np.ndarray:
    """Puts pictures side by side with their names above them.

    Args:
        pictures: uint8 RGB (H, W, 3) or gray (H, W) by name; at least one.
        height: Height in pixels that all are brought to; by default that of the first.

    Returns:
        One picture, uint8 RGB, on white.
    """
    height = height or next(iter(pictures.values())).shape[0]
    columns = []
    for name, picture in pictures.items():
        if picture.ndim == 2:
            picture = np.repeat(picture[..., None], 3, axis=2)
        width = max(1, round(picture.shape[1] * height / picture.shape[0]))
        if picture.shape[0] != height:
            interpolation = cv2.INTER_AREA if picture.shape[0] > height else cv2.INTER_LINEAR
            picture = cv2.resize(picture, (width, height), interpolation=interpolation)
        caption = np.full((_CAPTION_HEIGHT, width, 3), 255, np.uint8)
        cv2.putText(
            caption, name, (2, 15), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0,) * 3, 1, cv2.LINE_AA
        )
        columns += [
            np.concatenate([caption, picture]),
            np.full((_CAPTION_HEIGHT + height, _GAP, 3), 255, np.uint8),
        ]
    return np.concatenate(columns[:-1], axis=1)


def contact_sheet(pictures: Sequence[np.ndarray], columns: int, side: int) -> np.ndarray:
    """Lays squares from the middle of pictures in rows.

    Args:
        pictures: uint8 RGB (H, W, 3); at least one.
        columns: Squares in a row.
        side: Of each square, in pixels; larger pictures are reduced by area.

    Returns:
        One picture, uint8 RGB, on white.

    Raises:
        ConfigError: ``columns`` or ``side`` is below 1.
    """
    check_at_least(1, columns=columns, side=side)
    rows = -(-len(pictures) // columns)
    step = side + _GAP
    sheet = np.full((rows * step - _GAP, columns * step - _GAP, 3), 255, np.uint8)
    for index, picture in enumerate(pictures):
        top, left = index // columns * step, index % columns * step
        sheet[top : top + side, left : left + side] = _middle(picture, side)
    return sheet


def _middle(picture: np.ndarray, side: int) -> np.ndarray:
    height, width = picture.shape[:2]
    shorter = min(height, width)
    top, left = (height - shorter) // 2, (width - shorter) // 2
    square = picture[top : top + shorter, left : left + shorter]
    interpolation = cv2.INTER_AREA if shorter > side else cv2.INTER_NEAREST
    return cv2.resize(square, (side, side), interpolation=interpolation)
