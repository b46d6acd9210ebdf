"""Linear systems with periodic borders, solved exactly by Fourier transforms."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

CACHED_SPECTRA = 8
"""Spectra of this many sizes stay in memory; each is half as large as one channel."""


@lru_cache(maxsize=CACHED_SPECTRA)
def laplacian_spectrum(height: int, width: int, device: torch.device, dtype: torch.dtype) -> Tensor:
    """Eigenvalues of ``D^T D`` with periodic forward differences, where ``rfft2`` has them.

    ``LAP(u, v) = 4 sin^2(pi u / H) + 4 sin^2(pi v / W) = |F D_x|^2 + |F D_y|^2``.

    Returns:
        (H, W // 2 + 1), to be left as it is: it is shared.
    """
    rows = torch.arange(height, device=device, dtype=torch.float64)
    columns = torch.arange(width // 2 + 1, device=device, dtype=torch.float64)
    vertical = 4 * (torch.pi * rows / height).sin().square()
    horizontal = 4 * (torch.pi * columns / width).sin().square()
    return (vertical[:, None] + horizontal).to(dtype)


def solve_periodic(rhs: Tensor, identity: float, laplacian: float) -> Tensor:
    """Solves ``(a + b D^T D) x = rhs`` with periodic differences.

    Args:
        rhs: (..., H, W), float32 or float64.
        identity: a, above 0.
        laplacian: b, at least 0.
    """
    height, width = rhs.shape[-2:]
    spectrum = laplacian_spectrum(height, width, rhs.device, rhs.dtype)
    transformed = torch.fft.rfft2(rhs) / (identity + laplacian * spectrum)
    return torch.fft.irfft2(transformed, s=(height, width))
