"""What measures demand of their pictures."""

from __future__ import annotations

import numpy as np

from mmenlighten.utils.errors import DatasetError


def check_picture(image: np.ndarray) -> None:
    """Refuses what is not a finished picture.

    Raises:
        ValueError: It is not uint8 (H, W, 3).
    """
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise ValueError(f'Expected uint8 (H, W, 3), got {image.dtype} {image.shape}.')


def check_pair(enhanced: np.ndarray, other: np.ndarray, called: str = 'ground truth') -> None:
    """Refuses what is not a pair of finished pictures of one size; nothing is resized silently.

    Args:
        enhanced: The result.
        other: What it is compared with.
        called: What to call the latter in a message.

    Raises:
        DatasetError: The sizes differ.
        ValueError: A picture is not uint8 (H, W, 3).
    """
    check_picture(enhanced)
    check_picture(other)
    if enhanced.shape != other.shape:
        (height, width), (other_height, other_width) = enhanced.shape[:2], other.shape[:2]
        raise DatasetError(
            f'The enhanced picture has {width}x{height} pixels and its {called} '
            f'{other_width}x{other_height}: bring both to one size before comparing them.'
        )


def check_size(image: np.ndarray, measure: str, height: int, width: int) -> None:
    """Refuses pictures that are too small for a measure.

    Raises:
        DatasetError: A side is too short.
    """
    if image.shape[0] < height or image.shape[1] < width:
        raise DatasetError(
            f'{measure} needs pictures of at least {width}x{height} pixels; this one has '
            f'{image.shape[1]}x{image.shape[0]}.'
        )
