"""Lightness order error, in two of the definitions that go by this name."""

from __future__ import annotations

import cv2
import numpy as np

from .bicubic import resize
from .checks import check_pair, check_size

SAMPLES = 50
"""Samples along the shorter side, about (``loe_npe``) or exactly (``loe_50``)."""

WINDOW = 15


def loe_npe(enhanced: np.ndarray, low: np.ndarray) -> float:
    """LOE as the authors of NPE (Wang et al., 2013) compute it.

    Lightness is the largest of R, G and B, then the maximum in a window of 15x15. Every
    ``floor(short side / 50)``-th pixel is taken. For each sample it is counted how many samples
    change their order to it (not darker, or darker) by the enhancement; the value is the mean of
    these counts. It grows with the number of samples (3750 for 600x400), so compare only pictures
    of one size. Lower is better, 0 keeps all orders.

    Args:
        enhanced: uint8 RGB (H, W, 3), rounded.
        low: The picture before enhancement, likewise.

    Raises:
        DatasetError: The sizes differ, or a side is shorter than 50 pixels.
    """
    check_pair(enhanced, low, 'input')
    check_size(low, 'LOE', SAMPLES, SAMPLES)
    step = min(low.shape[:2]) // SAMPLES
    # The original mirrors the picture at its edges, which adds nothing new to a maximum.
    window = np.ones((WINDOW, WINDOW), np.uint8)
    before, after = (
        cv2.dilate(lightness(image), window)[step - 1 :: step, step - 1 :: step]
        for image in (low, enhanced)
    )
    return mean_flips(before, after)


def loe_50(enhanced: np.ndarray, low: np.ndarray) -> float:
    """LOE at 50 samples along the shorter side, as the papers that follow LIME compute it.

    Lightness is the largest of R, G and B, resized (bicubic, with antialiasing, as MATLAB's
    ``imresize``) to a shorter side of 50 and rounded; then as in :func:`loe_npe`. The code that is
    passed around for this takes rows for columns and so leaves out a part of a picture that is not
    square; here all samples count. Lower is better, 0 keeps all orders.

    Args:
        enhanced: uint8 RGB (H, W, 3), rounded.
        low: The picture before enhancement, likewise.

    Raises:
        DatasetError: The sizes differ.
    """
    check_pair(enhanced, low, 'input')
    sides = [int(side * SAMPLES / min(low.shape[:2]) + 0.5) for side in low.shape[:2]]
    before, after = (
        np.clip(resize(lightness(image), *sides) + 0.5, 0, 255).astype(np.uint8)
        for image in (low, enhanced)
    )
    return mean_flips(before, after)


def lightness(image: np.ndarray) -> np.ndarray:
    """The largest of R, G and B."""
    return cv2.max(cv2.max(image[..., 0], image[..., 1]), image[..., 2])


def mean_flips(before: np.ndarray, after: np.ndarray) -> float:
    """Mean over samples i of the number of samples j with (b_j >= b_i) != (a_j >= a_i).

    Samples of equal pairs of values have equal counts, so one 256x256 histogram of pairs tells all:
    the cost is linear in the number of samples.

    Args:
        before: uint8 samples.
        after: Samples of the same places.
    """
    pairs = before.ravel().astype(np.intp) * 256 + after.ravel()
    histogram = np.bincount(pairs, minlength=256 * 256).reshape(256, 256)
    # reaching[b, a]: how many samples have at least b before and at least a after.
    reaching = histogram[::-1, ::-1].cumsum(0).cumsum(1)[::-1, ::-1]
    flips = reaching[:, :1] + reaching[:1, :] - 2 * reaching
    return float((histogram * flips).sum() / before.size)
