"""Natural image quality evaluator."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np

from mmenlighten.utils.errors import DatasetError

from .aggd import fit_aggd
from .bicubic import halve
from .checks import check_picture, check_size

PARAMETERS = Path(__file__).parents[1] / 'data' / 'niqe_pris_params.npz'
BLOCK = 96
ROUND_OFF = 1e-9
SHIFTS = ((0, 1), (1, 0), (1, 1), (1, -1))


def niqe(image: np.ndarray) -> float:
    """NIQE of Mittal, Soundararajan and Bovik (2013), with the parameters of their release.

    The luma is Y of ITU-R BT.601 in 16..235, rounded. In blocks of 96x96 pixels that do not
    overlap, and at half the size, the normalised luma is described by 36 figures; the value is the
    distance of their mean and covariance from those of good photographs. What does not fill a block
    at the right and lower edge is left out. Lower is better; good photographs have 2 to 5.

    Implementations differ by their luma, by the way to halve (here as MATLAB's ``imresize``), by
    round-off in flat areas, and some by their parameters: MATLAB's own ``niqe`` is another model.

    Args:
        image: uint8 RGB (H, W, 3), rounded.

    Raises:
        DatasetError: A side is shorter than two blocks, or fewer than two blocks have any texture.
    """
    check_picture(image)
    check_size(image, 'NIQE', 2 * BLOCK, 2 * BLOCK)
    rows, columns = image.shape[0] // BLOCK, image.shape[1] // BLOCK
    luma = studio_luma(image[: rows * BLOCK, : columns * BLOCK])
    features = np.concatenate(
        [block_features(luma, BLOCK), block_features(halve(luma), BLOCK // 2)], axis=1
    )
    textured = features[~np.isnan(features).any(axis=1)]
    if len(textured) < 2:
        raise DatasetError(
            f'NIQE needs at least two blocks of {BLOCK}x{BLOCK} pixels with some texture; this '
            f'picture has {len(textured)}, it is flat.'
        )
    mean, covariance = pristine_model()
    difference = mean - np.nanmean(features, axis=0)
    inverse = np.linalg.pinv((covariance + np.cov(textured, rowvar=False)) / 2)
    return float(np.sqrt(difference @ inverse @ difference))


@cache
def pristine_model() -> tuple[np.ndarray, np.ndarray]:
    """Mean (36,) and covariance (36, 36) of the features of good photographs."""
    with np.load(PARAMETERS, allow_pickle=False) as parameters:
        return parameters['mu_pris_param'].ravel(), parameters['cov_pris_param']


def studio_luma(image: np.ndarray) -> np.ndarray:
    """Y of ITU-R BT.601 in 16..235, rounded, float64."""
    luma = cv2.transform(image.astype(np.float64), np.array([[65.481, 128.553, 24.966]]) / 255)
    return np.rint(luma.reshape(image.shape[:2]) + 16)


def normalize(luma: np.ndarray) -> np.ndarray:
    """Takes off the local mean and divides by the local deviation + 1 (Gaussian, 7x7, 7/6)."""
    taps = np.exp(-(np.arange(-3.0, 4) ** 2) / (2 * (7 / 6) ** 2))
    taps /= taps.sum()
    mean, square = (
        cv2.sepFilter2D(values, cv2.CV_64F, taps, taps, borderType=cv2.BORDER_REPLICATE)
        for values in (luma, luma * luma)
    )
    difference = luma - mean
    # In flat areas only round-off is left, whose sign would count in the features: the value would
    # depend on the order of additions by some 0.001. As zero it counts on neither side.
    difference[np.abs(difference) < ROUND_OFF] = 0
    return difference / (np.sqrt(np.abs(square - mean * mean)) + 1)


def block_features(luma: np.ndarray, size: int) -> np.ndarray:
    """The 18 features of each block (N, 18); those of a block without texture are NaN."""
    rows, columns = luma.shape[0] // size, luma.shape[1] // size
    grid = normalize(luma).reshape(rows, size, columns, size).transpose(0, 2, 1, 3)
    blocks = grid.reshape(-1, size, size)
    shape, _, left, right = fit_aggd(blocks.reshape(len(blocks), -1))
    features = [shape, (left + right) / 2]
    for shift in SHIFTS:  # each pixel with a neighbour; at the edge that of the other side
        products = blocks * np.roll(blocks, shift, axis=(1, 2))
        features += fit_aggd(products.reshape(len(blocks), -1))
    return np.stack(features, axis=1)
