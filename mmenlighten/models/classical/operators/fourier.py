"""Linear systems with periodic borders, solved by Fourier transforms."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from mmenlighten.utils.row_bands import split_rows

from .strips import PIXELS_OF_STRIP

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


class PixelWiseFourier:
    """``x = F^-1 [F(b) / (1 + k M LAP)]`` with a map M that multiplies the spectrum by position.

    LAP is the spectrum of ``D^T D`` with periodic differences. A map of the image as a factor of
    frequencies is not an operator of the image, but some methods are published so
    ("pixel-wise"). The quotient is no longer the transform of a real image; its real part is
    taken, which is the transform times the mean of the factors at opposite frequencies, so that
    transforms of real images suffice.

    The transform of the columns, the division and the way back are one pass over strips of columns;
    callers combine the transforms of the rows, in both directions, with what else they do to them.

    Args:
        like: An image (N, H, W) of the size and type that is to be transformed.
    """

    def __init__(self, like: Tensor) -> None:
        count, self.height, self.width = like.shape
        self.laplacian = laplacian_spectrum(self.height, self.width, like.device, like.dtype)
        half = self.width // 2 + 1
        self.spectrum = torch.empty(
            count, self.height, half, dtype=like.dtype.to_complex(), device=like.device
        )
        on_cpu = like.device.type == 'cpu'
        rows, columns = self.height, half
        if on_cpu:
            rows, columns = PIXELS_OF_STRIP // self.width, PIXELS_OF_STRIP // self.height // 2
        self.rows = split_rows(self.height, rows)
        self.columns = split_rows(half, columns)

    def transform_rows(self, values: Tensor, rows: slice) -> None:
        """Transforms some rows (N, h, W) of b."""
        self.spectrum[:, rows] = torch.fft.rfft(values)

    def rows_back(self, rows: slice) -> Tensor:
        """Some rows (N, h, W) of x; before :meth:`transform_rows` overwrites them."""
        return torch.fft.irfft(self.spectrum[:, rows], n=self.width)

    def divide_columns(self, weight: Tensor, factor: float) -> None:
        """Divides by ``1 + factor weight LAP`` between the transforms of all columns."""
        for columns in self.columns:
            laplacian = factor * self.laplacian[:, columns]
            denominator = (weight[..., columns] * laplacian).add_(1)
            opposite = (opposite_columns(weight, columns) * laplacian).add_(1)
            mean = (denominator + opposite).mul_(0.5).div_(denominator).div_(opposite)
            transformed = torch.fft.fft(self.spectrum[..., columns], dim=-2).mul_(mean)
            self.spectrum[..., columns] = torch.fft.ifft(transformed, dim=-2)


def opposite_columns(weight: Tensor, columns: slice) -> Tensor:
    """The map at the frequencies opposite to those of some columns."""
    width = weight.shape[-1]
    first, last = columns.start, columns.stop
    mirrored = weight[..., width - last + 1 : width - max(first, 1) + 1].flip(-2, -1)
    if first == 0:  # which is its own opposite
        mirrored = torch.cat([weight[..., :1].flip(-2), mirrored], -1)
    return mirrored.roll(1, -2)
