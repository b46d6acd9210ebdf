"""A faster way to the pixels of the two kinds of files that data sets are made of.

OpenCV unpacks an 8-bit JPEG or PNG in less time than :func:`~mmenlighten.photos.read_photo`, to the
same values, which a test holds for each kind. It gets nothing to decide: what the file says about
orientation is read by the code that all files are read by, and whatever is unusual, damaged, or
incomplete is left to :func:`~mmenlighten.photos.read_photo`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mmenlighten.photos.upright import turned
from mmenlighten.utils.srgb import LUMA_WEIGHTS

from .plain_parts import BLOCK, JpegCode, plain_parts

# Newer versions of OpenCV can decode to RGB at once, which spares a pass over the picture.
_COLOR_RGB: int = getattr(cv2, 'IMREAD_COLOR_RGB', cv2.IMREAD_COLOR)
_DOWN, _ALONG = np.array([[0], [3], [7], [0], [7]]), np.array([[0], [3], [0], [7], [7]])
_LUMA = np.array(LUMA_WEIGHTS, dtype=np.float32)


def decode_fast(data: bytes) -> np.ndarray | None:
    """Decodes an ordinary JPEG or PNG of 8 bits.

    Args:
        data: The file.

    Returns:
        Array (H, W, 3), uint8, RGB, upright; None for every other file.
    """
    plain = plain_parts(data)
    if plain is None:
        return None
    is_rgb = _COLOR_RGB != cv2.IMREAD_COLOR
    mode = (_COLOR_RGB if is_rgb else cv2.IMREAD_COLOR) | cv2.IMREAD_IGNORE_ORIENTATION
    try:
        image = cv2.imdecode(np.frombuffer(plain.data, np.uint8), mode)
    except cv2.error:
        return None
    if image is None:
        return None
    if not is_rgb:
        image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    if plain.code is not None and _may_be_filled(image, plain.code):
        return None
    return image if plain.orientation == 1 else turned(image, plain.orientation)


def _may_be_filled(image: np.ndarray, code: JpegCode) -> bool:
    """Whether OpenCV may have filled up what a JPEG lacks whose code, or a piece of it, ends early.

    It fills with gray, up to the last unit of the picture or of the piece.
    """
    height, width = image.shape[:2]
    rows, columns = -(-height // code.unit[0]), -(-width // code.unit[1])
    step = code.restart_interval or rows * columns
    last = np.append(np.arange(step, rows * columns, step), rows * columns) - 1
    # The last block that is in the picture of each such unit, at its corners and its middle.
    bottom = np.minimum((last // columns + 1) * code.unit[0], height) - 1
    right = np.minimum((last % columns + 1) * code.unit[1], width) - 1
    down = np.minimum(bottom // BLOCK * BLOCK + _DOWN, height - 1)
    along = np.minimum(right // BLOCK * BLOCK + _ALONG, width - 1)
    light = image[down, along] @ _LUMA
    return bool((abs(light - 128) <= 2.5).all(axis=0).any())
