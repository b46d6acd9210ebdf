"""The small Gaussian blur against SciPy."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.ndimage import convolve1d

from mmenlighten.models.classical.lime_maps import zero_padded_blur


@pytest.mark.parametrize('normalized', [True, False])
@pytest.mark.parametrize('size', [(20, 31), (4, 3), (1, 1)])
def test_values(size: tuple[int, int], normalized: bool) -> None:
    image = torch.rand(2, *size, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    taps = np.exp(-(np.arange(-5, 6) ** 2) / 8)
    taps = taps / taps.sum() if normalized else taps
    expected = convolve1d(image.numpy(), taps, axis=1, mode='constant')
    expected = convolve1d(expected, taps, axis=2, mode='constant')
    blurred = zero_padded_blur(image, 2, 5, normalized)
    np.testing.assert_allclose(blurred.numpy(), expected, atol=1e-14)
