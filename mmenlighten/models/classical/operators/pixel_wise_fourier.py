"""Division of a spectrum by a map, as SRIE has it, in pieces that fit the processor's cache."""

from __future__ import annotations

import torch
from torch import Tensor

from mmenlighten.utils.row_bands import split_rows

from .fourier import laplacian_spectrum
from .strips import PIXELS_OF_STRIP


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
