"""A bilateral grid of illumination curves, and a denoiser that shrinks wavelets."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from mmengine.model import BaseModule
from torch import Tensor, nn

from mmenlighten.registry import MODELS
from mmenlighten.utils.padding import crop_padding, pad_reflect, padding_to_multiple

from .curve_grid import CurveGrid, slice_grid
from .refinement_unet import RefinementUNet, double
from .undecimated_haar import analyse, synthesise

LEVELS = 3
"""Scales of wavelets: of luma from 1 to 4 pixels, of chroma at half size."""

GUIDE_GAMMA = 0.45
LEAST_EXPONENT, MOST_EXPONENT = -1.2, 4.4
"""Bounds of log exponents: light is at most divided by 3.3, or multiplied by 81."""

FIRST_THRESHOLD = -4.5
"""Logarithm of the amplitude, in [0, 1], below which training starts to take detail for noise."""

RGB_TO_LUMA_CHROMA = ((0.299, 0.587, 0.114), (-0.169, -0.331, 0.5), (0.5, -0.419, -0.081))
"""Rows: luma, and chroma blue and red (ITU-R BT.601)."""


class Refinement(NamedTuple):
    """What the refinement tells of each 2 x 2 pixels, all (N, ?, H / 2, W / 2).

    Attributes:
        luma: Log thresholds of luma, one for each scale.
        chroma: The same of chroma: of what is finer than half the size, then of each scale.
        gain: Logarithm of a factor for each colour channel.
        offset: A summand for each colour channel.
    """

    luma: Tensor
    chroma: Tensor
    gain: Tensor
    offset: Tensor


@MODELS.register_module()
class BilateralCurveNet(BaseModule):
    """Lights a picture by curves, and takes away the noise that comes to light.

    1. **Light.** ``y = 1 - (1 - x) ** exp(L)``, a curve that keeps black and white where they are.
       L comes from a bilateral grid, computed once for a picture (:class:`.CurveGrid`).
    2. **Denoising.** Undecimated Haar wavelets ``b`` of luma and chroma are shrunk to
       ``b^3 / (b^2 + t^2)``. How large noise may be, t, is told by a U-Net at half size
       (:class:`.RefinementUNet`): nothing else need be learned than where noise is and how much.
    3. **Tone.** The same U-Net corrects each colour channel by a factor and a summand.

    Args:
        grid_width: Channels of the first convolution of the grid's network.
        refinement_widths: Channels of the U-Net at 1/2, 1/4 and 1/8 of the size.
        bins: Levels of brightness of the grid.
        denoise: Share of the denoising: 0 leaves all noise, 1 is what was learned.
    """

    size_multiple = RefinementUNet.size_multiple
    is_tileable = False
    """The grid is that of the whole picture; tiles would get grids of their own."""

    def __init__(
        self,
        grid_width: int = 24,
        refinement_widths: tuple[int, int, int] = (24, 40, 64),
        bins: int = 8,
        denoise: float = 1.0,
    ) -> None:
        super().__init__()
        self.denoise = denoise
        self.grid = CurveGrid(grid_width, bins)
        self.parts = (LEVELS, LEVELS + 1, 3, 3)
        self.refinement = RefinementUNet(refinement_widths, sum(self.parts))
        # Noise of one scale is of different strength in its three bands.
        self.band_thresholds = nn.Parameter(torch.zeros(2, LEVELS, 3))
        head = self.refinement.head
        nn.init.zeros_(head.weight)
        bias = torch.zeros(sum(self.parts))
        bias[: 2 * LEVELS + 1] = FIRST_THRESHOLD
        head.bias = nn.Parameter(bias)
        matrix = torch.tensor(RGB_TO_LUMA_CHROMA)
        self.register_buffer('to_luma_chroma', matrix[:, :, None, None], persistent=False)
        inverse = torch.linalg.inv(matrix.double()).float()
        self.register_buffer('to_rgb', inverse[:, :, None, None], persistent=False)

    def forward(self, image: Tensor) -> Tensor:
        """Enhances RGB pictures of shape (N, 3, H, W) in [-1, 1], of any size.

        Returns:
            Enhanced pictures of the same shape, not clamped.
        """
        grid = self.prepare(image)
        padding = padding_to_multiple(image.shape[-2], image.shape[-1], self.size_multiple)
        image = (pad_reflect(image, padding) + 1) / 2
        exponents = self.exponents(image, grid)
        lit = self.light(image, exponents)
        refinement = self.refine(image, lit, exponents)
        enhanced = self.correct(self.remove_noise(lit, refinement), refinement)
        return crop_padding(2 * enhanced - 1, padding)

    def prepare(self, image: Tensor) -> Tensor:
        """The grid of a whole picture (N, 3, H, W) in [-1, 1]: (N, 3, bins, 16, 16)."""
        return self.grid((image + 1) / 2)

    def exponents(self, image: Tensor, grid: Tensor) -> Tensor:
        """Log exponents (N, 3, H / 2, W / 2) for pictures (N, 3, H, W) in [0, 1]."""
        luma = F.conv2d(image, self.to_luma_chroma[:1])
        guide = (F.avg_pool2d(luma, 2).clamp(min=0) + 1e-4) ** GUIDE_GAMMA
        return slice_grid(grid, guide).clamp(LEAST_EXPONENT, MOST_EXPONENT)

    def light(self, image: Tensor, exponents: Tensor) -> Tensor:
        """Pictures in [0, 1] after their curves: ``1 - (1 - x) ** exp(L)``."""
        # White itself has no logarithm; the difference is below a twentieth of a level of 8 bits.
        dark = torch.log1p(-0.9998 * image.clamp(0, 1))
        return 1 - torch.exp(torch.exp(double(exponents)) * dark)

    def refine(self, image: Tensor, lit: Tensor, exponents: Tensor) -> Refinement:
        """What the U-Net tells of a picture."""
        return Refinement(*self.refinement(image, lit, exponents).split(self.parts, dim=1))

    def remove_noise(self, lit: Tensor, refinement: Refinement) -> Tensor:
        """Shrinks the wavelets of luma at full size, and those of chroma at half size."""
        luma, chroma = F.conv2d(lit, self.to_luma_chroma).split((1, 2), dim=1)
        luma = self._shrink_scales(luma, double(refinement.luma), self.band_thresholds[0])

        half = F.avg_pool2d(chroma, 2)
        fine = _shrink(chroma - double(half), double(refinement.chroma[:, :1]), self.denoise)
        half = self._shrink_scales(half, refinement.chroma[:, 1:], self.band_thresholds[1])
        return F.conv2d(torch.cat([luma, double(half) + fine], dim=1), self.to_rgb)

    def correct(self, denoised: Tensor, refinement: Refinement) -> Tensor:
        """Factors and summands of the colour channels."""
        return denoised * torch.exp(double(refinement.gain)) + double(refinement.offset)

    def _shrink_scales(self, image: Tensor, thresholds: Tensor, of_bands: Tensor) -> Tensor:
        coarse, scales = analyse(image, LEVELS)
        shrunk = []
        for level, (horizontal, vertical, diagonal) in enumerate(scales):
            log = [thresholds[:, level : level + 1] + of_bands[level, band] for band in range(3)]
            shrunk.append(
                (
                    _shrink(horizontal, log[0], self.denoise),
                    _shrink(vertical, log[1], self.denoise),
                    _shrink(diagonal, log[2], self.denoise),
                )
            )
        return synthesise(coarse, shrunk)


def _shrink(band: Tensor, log_threshold: Tensor, share: float) -> Tensor:
    """``b^3 / (b^2 + (s t)^2)``: Wiener's filter with the band itself as the estimate of detail."""
    energy = band**2
    return band * (energy / (energy + share**2 * torch.exp(2 * log_threshold) + 1e-12))
