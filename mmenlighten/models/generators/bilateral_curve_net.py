"""A bilateral grid of illumination curves, and a denoiser that shrinks wavelets."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.registry import MODELS
from mmenlighten.utils.network_protocols import NetworkTraits
from mmenlighten.utils.padding import crop_padding, pad_reflect, padding_to_multiple
from mmenlighten.utils.padding_geometry import Window
from mmenlighten.utils.precision import full_precision, without_autocast
from mmenlighten.utils.srgb import LUMA_WEIGHTS

from .curve_grid import CELLS, THUMBNAIL, CurveGrid, common, slice_grid
from .refinement_unet import RefinementUNet, upsample
from .undecimated_haar import analyse, synthesise

LEVELS = 3
"""Scales of wavelets: of luma from 1 to 4 pixels, of chroma at half size."""

GUIDE_GAMMA = 0.45
LEAST_EXPONENT, MOST_EXPONENT = -1.2, 4.4
"""Bounds of log exponents: light is at most divided by 3.3, or multiplied by 81."""

FIRST_THRESHOLD = -4.5
"""Logit of the amplitude, in [0, 1], below which training starts to take detail for noise."""

RGB_TO_LUMA_CHROMA = (LUMA_WEIGHTS, (-0.169, -0.331, 0.5), (0.5, -0.419, -0.081))
"""Rows: luma, and chroma blue and red (ITU-R BT.601)."""


class Refinement(NamedTuple):
    """What the refinement predicts for each 2 x 2 pixels, all (N, ?, H / 2, W / 2).

    Attributes:
        luma: Thresholds of luma as logits, one for each scale.
        chroma: The same of chroma: of what is finer than half the size, then of each scale.
        gain: Logarithm of a factor for each colour channel.
        offset: A summand for each colour channel.
    """

    luma: Tensor
    chroma: Tensor
    gain: Tensor
    offset: Tensor


class Stages(NamedTuple):
    """What losses of training look at, all RGB (N, 3, H, W), about in [0, 1].

    Attributes:
        lit: The low-light image after its curves.
        lit_clean: The image without noise after the same curves, without gradient.
        denoised: `lit` without noise, with gradient to the denoiser alone.
        enhanced: The result, with gradient to everything.
    """

    lit: Tensor
    lit_clean: Tensor
    denoised: Tensor
    enhanced: Tensor


@MODELS.register_module()
class BilateralCurveNet(nn.Module):
    """Lights an image by curves, and takes away the noise that comes to light.

    1. **Light.** ``y = 1 - (1 - x) ** exp(L)``, a curve that keeps black and white where they are.
       L comes from a bilateral grid, computed once for an image (:class:`.CurveGrid`).
    2. **Denoising.** Undecimated Haar wavelets ``b`` of luma and chroma are shrunk to
       ``b^3 / (b^2 + t^2)``. How large noise may be, t, is predicted by a U-Net at half size
       (:class:`.RefinementUNet`): nothing else need be learned than where noise is and how much.
    3. **Tone.** The same U-Net corrects each colour channel by a factor and a summand.

    Args:
        grid_width: Channels of the first convolution of the grid's network.
        refinement_widths: Channels of the U-Net at 1/2, 1/4 and 1/8 of the size.
        bins: Levels of brightness of the grid.
        grid_cells: Cells of the grid along each side: 8, 16 or 32.
        denoise: Share of the denoising when images are enhanced: 0 leaves all noise, 1 takes
            away what was learned in training, which to the eye is more than is good.
    """

    size_multiple = RefinementUNet.size_multiple
    traits = NetworkTraits(
        size_multiple=size_multiple,
        receptive_field_radius=68,
        tile_halo=64,  # less than the radius: what sees farthest begins at no multiple of 8
        bytes_per_pixel=240,  # measured, and rounded up
        thumbnail_size=THUMBNAIL,
    )

    to_luma_chroma: Tensor
    to_rgb: Tensor

    def __init__(
        self,
        grid_width: int = 24,
        refinement_widths: tuple[int, int, int] = (24, 40, 64),
        bins: int = 8,
        denoise: float = 0.45,
        grid_cells: int = CELLS,
    ) -> None:
        super().__init__()
        self.denoise = denoise
        self.grid = CurveGrid(grid_width, bins, grid_cells)
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

    def forward(self, image: Tensor, clean: Tensor | None = None) -> Tensor | Stages:
        """Enhances RGB images of shape (N, 3, H, W) in [-1, 1], of any size.

        Args:
            image: The images.
            clean: In training, the same exposures without noise; sides are multiples of 8. It comes
                this way, as wrappers for distributed training average gradients of what went
                through the forward pass alone.

        Returns:
            Enhanced images of the same shape, not clamped; in training, its :class:`Stages`.
        """
        if clean is not None:
            return self._stages(image, clean)
        height, width = image.shape[-2:]
        padding = padding_to_multiple(height, width, self.size_multiple)
        window = Window(-padding.top, -padding.left, height, width)
        enhanced = self.enhance_part(pad_reflect(image, padding), self.prepare(image), window)
        return crop_padding(enhanced, padding)

    def _stages(self, low: Tensor, clean: Tensor) -> Stages:
        # Under autocast the U-Net alone runs in half precision, which has too few digits for
        # curves, and for noise beside what is bright.
        with without_autocast(low.device.type):
            grid = self.prepare(low)
            low, clean = to_unit_range(low), to_unit_range(clean)
            exponents = self.exponents(low, grid)
            lit = self.light(low, exponents)
            with torch.no_grad():
                lit_clean = self.light(clean, self.exponents(clean, grid))
        refinement = self.refine(low, lit.detach(), exponents.detach())
        with without_autocast(low.device.type):
            refinement = Refinement(*map(full_precision, refinement))
            # Twice: losses of noise must not change the light, those of the result may.
            denoised = self.remove_noise(lit.detach(), refinement)
            enhanced = self.correct(self.remove_noise(lit, refinement), refinement)
        return Stages(lit, lit_clean, denoised, enhanced)

    def prepare(self, image: Tensor) -> Tensor:
        """The grid of a whole image (N, 3, H, W) in [-1, 1], or of a copy of it reduced by area.

        Returns:
            Log exponents (N, 3, bins, grid_cells, grid_cells).
        """
        return self.grid(to_unit_range(image))

    def enhance_part(
        self,
        image: Tensor,
        grid: Tensor,
        window: Window,
        denoise: float | Tensor | None = None,
        colour: float | Tensor = 1.0,
    ) -> Tensor:
        """Enhances a part of an image by the grid of the whole.

        Args:
            image: RGB (N, 3, H, W) in [-1, 1]; sides are multiples of 8.
            grid: See :meth:`prepare`.
            window: Where the part lies in the image.
            denoise: Share of the denoising, if not `self.denoise`.
            colour: Share of the correction of colours: with 0 all channels change alike.

        Returns:
            The same shape, not clamped.
        """
        image = to_unit_range(image)
        exponents = self.exponents(image, common(grid, colour), window)
        lit = self.light(image, exponents)
        return self.finish(lit, self.refine(image, lit, exponents), denoise, colour)

    def exponents(self, image: Tensor, grid: Tensor, window: Window | None = None) -> Tensor:
        """Log exponents (N, 3, H / 2, W / 2) for parts (N, 3, H, W) in [0, 1] of images."""
        if window is None:
            window = Window(0, 0, *image.shape[-2:])
        luma = F.conv2d(image, self.to_luma_chroma[:1])
        guide = (F.avg_pool2d(luma, 2).clamp(min=0) + 1e-4) ** GUIDE_GAMMA
        return slice_grid(grid, guide, window).clamp(LEAST_EXPONENT, MOST_EXPONENT)

    def light(self, image: Tensor, exponents: Tensor) -> Tensor:
        """Images in [0, 1] after their curves: ``1 - (1 - x) ** exp(L)``."""
        # White itself has no logarithm; the difference is below a twentieth of a level of 8 bits.
        dark = torch.log1p(-0.9998 * image)
        # Below -60 nothing is left but numbers so small that processors are slow with them.
        return 1 - torch.exp((torch.exp(upsample(exponents)) * dark).clamp(min=-60))

    def refine(self, image: Tensor, lit: Tensor, exponents: Tensor) -> Refinement:
        """What the U-Net predicts for an image."""
        return self.split(self.refinement(image, lit, exponents))

    def split(self, predicted: Tensor) -> Refinement:
        """The parts of the U-Net's output, all of its channels."""
        return Refinement(*predicted.split(self.parts, dim=1))

    def finish(
        self,
        lit: Tensor,
        refinement: Refinement,
        denoise: float | Tensor | None,
        colour: float | Tensor,
    ) -> Tensor:
        """Denoising and tone of an image that is lit; see :meth:`enhance_part`.

        Returns:
            RGB in [-1, 1], not clamped.
        """
        refinement = refinement._replace(
            gain=common(refinement.gain, colour), offset=common(refinement.offset, colour)
        )
        denoise = self.denoise if denoise is None else denoise
        return 2 * self.correct(self.remove_noise(lit, refinement, denoise), refinement) - 1

    def remove_noise(
        self, lit: Tensor, refinement: Refinement, denoise: float | Tensor = 1.0
    ) -> Tensor:
        """Shrinks the wavelets of luma at full size, and those of chroma at half size.

        Args:
            lit: RGB (N, 3, H, W) in [0, 1].
            refinement: What :meth:`refine` predicted for it.
            denoise: Share of the denoising; thresholds are multiplied by its square, as what
                little they do is seen at once, and the rest hardly.
        """
        share = denoise**2
        luma, chroma = F.conv2d(lit, self.to_luma_chroma).split((1, 2), dim=1)
        luma = self._shrink_scales(luma, upsample(refinement.luma), self.band_thresholds[0], share)

        half = F.avg_pool2d(chroma, 2)
        fine = _shrink(chroma - upsample(half), upsample(refinement.chroma[:, :1]), share)
        half = self._shrink_scales(half, refinement.chroma[:, 1:], self.band_thresholds[1], share)
        return F.conv2d(torch.cat([luma, upsample(half) + fine], dim=1), self.to_rgb)

    def correct(self, denoised: Tensor, refinement: Refinement) -> Tensor:
        """Factors and summands of the colour channels."""
        return denoised * torch.exp(upsample(refinement.gain)) + upsample(refinement.offset)

    def _shrink_scales(
        self, image: Tensor, thresholds: Tensor, of_bands: Tensor, share: float | Tensor
    ) -> Tensor:
        coarse, scales = analyse(image, LEVELS)
        shrunk = []
        for level, (horizontal, vertical, diagonal) in enumerate(scales):
            logits = [thresholds[:, level : level + 1] + of_bands[level, band] for band in range(3)]
            shrunk.append(
                (
                    _shrink(horizontal, logits[0], share),
                    _shrink(vertical, logits[1], share),
                    _shrink(diagonal, logits[2], share),
                )
            )
        return synthesise(coarse, shrunk)


def to_unit_range(image: Tensor) -> Tensor:
    """From [-1, 1] to [0, 1], where curves are defined; what is outside is clamped."""
    return ((image + 1) / 2).clamp(0, 1)


def _shrink(band: Tensor, logit: Tensor, share: float | Tensor) -> Tensor:
    """``b^3 / (b^2 + (s t)^2)``: Wiener's filter with the band itself as the estimate of detail.

    No detail is larger than 1, nor is the threshold: ``t = sigmoid(logit)``. Small ones are
    ``exp(logit)``, as noise is a matter of factors; without a bound training drives them to
    infinity where there is nothing but noise.
    """
    energy = band**2
    threshold = share * torch.sigmoid(logit)
    return band * (energy / (energy + threshold**2 + 1e-12))
