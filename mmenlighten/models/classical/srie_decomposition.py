"""The iteration of SRIE."""

from __future__ import annotations

import torch
from torch import Tensor

from .operators.fourier import PixelWiseFourier

CHECK_EVERY_ON_DEVICE = 10
"""Steps between the questions whether all images are done: each waits for the device."""


class SRIEDecomposition:
    """Alternating minimisation of the weighted model by Fourier transforms.

    With lower-case letters for logarithms, F the transform, LAP the spectrum of ``D^T D`` (periodic
    differences), and from ``l = s``, ``r = b = 0``, each step of Fu et al. (2016) is

    - ``d = shrink(R D r + b, 1 / (2 lambda))``,
    - ``r = F^-1 [F(s - l + c1 lambda D^T (d - b)) / (1 + c1 lambda R LAP)]``, ``r = min(r, 0)``,
    - ``b = b + R D r - d``,
    - ``l = F^-1 [F(s - r) / (1 + c2 L LAP)]``, ``l = max(l, s)``.

    With ``v = d - b`` alone, d and b need not be kept: the next v is ``w - clamp(2 w - v)`` with
    ``w = R D r`` and the threshold of the shrinkage as bound. The work is done in strips of rows
    and columns that stay in the processor's cache.

    Args:
        logarithm: s, (N, H, W), at least 0.
        reflectance_weight: c1.
        illumination_weight: c2.
        penalty: lambda.
    """

    def __init__(
        self,
        logarithm: Tensor,
        reflectance_weight: float,
        illumination_weight: float,
        penalty: float,
    ) -> None:
        self.logarithm = logarithm
        self.reflectance_weight = reflectance_weight * penalty
        self.illumination_weight = illumination_weight
        self.threshold = 1 / (2 * penalty)
        self.fourier = PixelWiseFourier(logarithm)
        self.log_reflectance = torch.zeros_like(logarithm)
        self.log_illumination = logarithm.clone()
        self.reflectance = torch.ones_like(logarithm)
        self.illumination = logarithm.exp()
        self.horizontal, self.vertical = torch.zeros_like(logarithm), torch.zeros_like(logarithm)
        self.active = logarithm.new_ones(len(logarithm), dtype=torch.bool)

    def run(self, stop: float, most_steps: int) -> None:
        """Iterates until r and l of each image change by less than ``stop``."""
        check_every = 1 if self.logarithm.device.type == 'cpu' else CHECK_EVERY_ON_DEVICE
        for rows in self.fourier.rows:
            self.begin_reflectance(rows)
        for step in range(most_steps):
            self.fourier.divide_columns(self.reflectance, self.reflectance_weight)
            of_reflectance = self.update_reflectance()
            self.fourier.divide_columns(self.illumination, self.illumination_weight)
            of_illumination = self.update_illumination()
            if step > 0:
                # Compared without a division: an image that is black has a length of 0.
                self.active &= (of_reflectance[0] > stop**2 * of_reflectance[1]) | (
                    of_illumination[0] > stop**2 * of_illumination[1]
                )
            if step % check_every == 0 and not self.active.any():
                break
        self.reflectance = self.log_reflectance.exp()
        self.illumination = self.log_illumination.exp()

    def begin_reflectance(self, rows: slice) -> None:
        """Transforms ``s - l + c1 lambda D^T v`` on some rows."""
        horizontal, vertical = self.horizontal[:, rows], self.vertical[:, rows]
        rhs = horizontal.roll(1, -1)
        rhs -= horizontal
        rhs -= vertical
        rhs[:, 1:] += vertical[:, :-1]
        rhs[:, 0] += self.vertical[:, rows.start - 1]
        rhs *= self.reflectance_weight
        rhs += self.logarithm[:, rows]
        rhs -= self.log_illumination[:, rows]
        self.fourier.transform_rows(rhs, rows)

    def update_reflectance(self) -> Tensor:
        """Finishes r, R and v, and begins with l; returns squared lengths: change of r, r."""
        lengths = self.logarithm.new_zeros(2, len(self.logarithm))
        for rows in self.fourier.rows:
            new = self.fourier.rows_back(rows).clamp_max_(0)
            below = self.row_below(rows)
            new = self.replace(self.log_reflectance, new, rows, lengths)
            reflectance = torch.exp(new, out=self.reflectance[:, rows])
            change = new.roll(-1, -1).sub_(new).mul_(reflectance)
            self.split(self.horizontal[:, rows], change)
            torch.sub(new[:, 1:], new[:, :-1], out=change[:, :-1])
            torch.sub(below, new[:, -1], out=change[:, -1])
            self.split(self.vertical[:, rows], change.mul_(reflectance))
            self.fourier.transform_rows(self.logarithm[:, rows] - new, rows)
        return lengths

    def update_illumination(self) -> Tensor:
        """Finishes l and L, and begins with r; returns squared lengths: change of l, l."""
        lengths = self.logarithm.new_zeros(2, len(self.logarithm))
        for rows in self.fourier.rows:
            new = self.fourier.rows_back(rows)
            torch.maximum(new, self.logarithm[:, rows], out=new)
            new = self.replace(self.log_illumination, new, rows, lengths)
            torch.exp(new, out=self.illumination[:, rows])
            self.begin_reflectance(rows)
        return lengths

    def row_below(self, rows: slice) -> Tensor:
        """r, (N, W), below some rows, not replaced yet or, below the last row, the first one."""
        if rows.stop == self.fourier.height:
            # Of an image in one piece the first row is still to be replaced as well.
            first = slice(0, 1)
            if rows.start > 0:
                return self.log_reflectance[:, 0]
        else:
            first = slice(rows.stop, rows.stop + 1)
        below = self.fourier.rows_back(first)[:, 0].clamp_max_(0)
        return torch.where(self.active[:, None], below, self.log_reflectance[:, first][:, 0])

    def replace(self, target: Tensor, new: Tensor, rows: slice, lengths: Tensor) -> Tensor:
        """Puts new values into the images that go on; adds the squares of change and values."""
        before = target[:, rows]
        if len(new) > 1:
            new = torch.where(self.active[:, None, None], new, before)
        lengths[0] += (new - before).square_().sum((1, 2))
        lengths[1] += before.square().sum((1, 2))
        before.copy_(new)
        return new

    def split(self, target: Tensor, change: Tensor) -> None:
        """The next v in place, from ``w = R D r``."""
        twice = torch.add(change, change).sub_(target).clamp_(-self.threshold, self.threshold)
        torch.sub(change, twice, out=target)
