"""Differences of linear light that was merged from exposures."""

from __future__ import annotations

import math

import numpy as np

from mmenlighten.utils.errors import DatasetError
from mmenlighten.utils.mu_law import MU, mu_law


def psnr_linear(merged: np.ndarray, light: np.ndarray) -> float:
    """PSNR in dB over all pixels and channels, peak 1; higher is better.

    Args:
        merged: Linear RGB (H, W, 3), floats; clipped to [0, 1].
        light: That of the scene, likewise.

    Returns:
        The ratio; infinite for equal pictures.

    Raises:
        DatasetError: The sizes differ.
    """
    return _psnr(_checked(merged, light), _checked(light, merged))


def psnr_mu(merged: np.ndarray, light: np.ndarray, mu: float = MU) -> float:
    """The same after the mu-law (:func:`mmenlighten.utils.mu_law.mu_law`), as papers have it.

    In [-1, 1] with the peak 2, as in Wu et al. (2018), it is the same number.

    Raises:
        DatasetError: The sizes differ.
    """
    return _psnr(mu_law(_checked(merged, light), mu), mu_law(_checked(light, merged), mu))


def _checked(image: np.ndarray, other: np.ndarray) -> np.ndarray:
    if image.shape != other.shape:
        raise DatasetError(
            f'What was merged and the light of the scene differ in size ({image.shape} and '
            f'{other.shape}): bring both to one size.'
        )
    return image.astype(np.float64).clip(0, 1)


def _psnr(one: np.ndarray, other: np.ndarray) -> float:
    mean_squared_error = float(np.mean((one - other) ** 2))
    return math.inf if mean_squared_error == 0 else -10 * math.log10(mean_squared_error)
