"""HDRNet: affine colour maps from a bilateral grid, predicted on a small copy of the image."""

from __future__ import annotations

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.models.initialization import initialize_truncated
from mmenlighten.models.layers import BilateralSliceApply
from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_choice
from mmenlighten.utils.nearest import nearest_positions
from mmenlighten.utils.network_protocols import NetworkTraits
from mmenlighten.utils.padding_geometry import Window
from mmenlighten.utils.precision import full_precision, without_autocast

from .hdrnet_coefficients import CoefficientNet
from .hdrnet_guides import CurveGuide, PointwiseGuide

LEVELS = 3
"""Of the pyramid."""

BYTES_PER_PIXEL = 640
"""Measured, and rounded up: knots of curves, places in the grid, maps."""


@MODELS.register_module()
class HDRNet(nn.Module):
    """Learns an operator on images from pairs (Gharbi et al., SIGGRAPH 2017).

    A network sees a small copy of the image, whatever its size, and predicts a bilateral grid of
    affine colour maps (:class:`.CoefficientNet`). Each pixel of the full image looks up its own by
    its place and its guide (:class:`.BilateralSliceApply`), so that edges stay sharp. Tiles give
    exactly what the whole image gives.

    Args:
        guide: ``'curves'`` (:class:`.CurveGuide`) or ``'pointwise_nn'``
            (:class:`.PointwiseGuide`); None for the official choice: curves, and pointwise networks
            in the pyramid.
        batch_norm: Whether the network of the grid has batch norms.
        pyramid: Whether the image and two halved copies of it each have maps and a guide of their
            own, and are added up: ``HDRNetGaussianPyrNN``. It has no tiles.
        slice_mode: Of :class:`.BilateralSliceApply`, in training. Else grids are sliced by the
            faster one; results are equal but for round-off.
        input_size: Side of the small copy.
        spatial_bin: Cells of the grid along each side.
        luma_bins: Cells along the guide.
        channel_multiplier: Factor of the channels of the network.
        guide_complexity: Channels of pointwise guides.

    Raises:
        ConfigError: There is no such guide or mode, or sizes do not fit.
    """

    denoise = 0.0
    """There is no denoising of which a share could be chosen."""

    def __init__(
        self,
        guide: Literal['curves', 'pointwise_nn'] | None = None,
        batch_norm: bool = False,
        pyramid: bool = False,
        slice_mode: Literal['exact', 'grid_sample'] = 'exact',
        input_size: int = 256,
        spatial_bin: int = 16,
        luma_bins: int = 8,
        channel_multiplier: int = 1,
        guide_complexity: int = 16,
    ) -> None:
        super().__init__()
        guide = guide or ('pointwise_nn' if pyramid else 'curves')
        check_choice('model.generator.guide', guide, ('curves', 'pointwise_nn'))
        self.pyramid, self.input_size = pyramid, input_size

        def make_guide() -> nn.Module:
            return CurveGuide() if guide == 'curves' else PointwiseGuide(guide_complexity)

        self.coefficients = CoefficientNet(
            outputs=3 * LEVELS if pyramid else 3,
            input_size=input_size,
            spatial_bin=spatial_bin,
            luma_bins=luma_bins,
            channel_multiplier=channel_multiplier,
            batch_norm=batch_norm,
        )
        initialize_truncated(self.coefficients, 2.0)
        if pyramid:
            names = [f'level_{level}' for level in range(LEVELS)]
            self.guide: nn.Module = nn.ModuleDict({name: make_guide() for name in names})
        else:
            self.guide = make_guide()
        if guide == 'pointwise_nn':
            initialize_truncated(self.guide, 2.0)
        self.slice = BilateralSliceApply(slice_mode)
        self.fast_slice = BilateralSliceApply('grid_sample')

    @property
    def traits(self) -> NetworkTraits:
        """Parts need the grid of the whole and nothing of their neighbours."""
        if self.pyramid:
            return NetworkTraits(
                size_multiple=1, is_tileable=False, bytes_per_pixel=BYTES_PER_PIXEL
            )
        return NetworkTraits(
            size_multiple=1,
            receptive_field_radius=0,
            bytes_per_pixel=BYTES_PER_PIXEL,
            tile_pixels=2**18,  # tiles share no pixels: small ones cost nothing
            thumbnail_size=self.input_size,
            thumbnail_reduction='nearest',
            has_controls=False,
        )

    def forward(self, image: Tensor, thumbnail: Tensor | None = None) -> Tensor:
        """Enhances RGB images of shape (N, 3, H, W) in [-1, 1], of any size.

        Args:
            image: The images.
            thumbnail: What the network of the grid is to see, (N, 3, input_size, input_size), if
                not a copy of the images by nearest neighbours.

        Returns:
            Enhanced images of the same shape, not clamped.
        """
        grid = self.prepare(image if thumbnail is None else thumbnail)
        return self.enhance_part(image, grid, Window(0, 0, *image.shape[-2:]))

    def prepare(self, image: Tensor) -> Tensor:
        """The grid of whole images (N, 3, H, W) in [-1, 1], or of small copies.

        Copies are official: in training of the pixels ``floor(i * size / input_size)``, else of
        those half a step further.

        Returns:
            (N, out, 4, luma_bins, spatial_bin, spatial_bin), with 9 outputs in the pyramid, the
            coarsest first, else 3.
        """
        if tuple(image.shape[-2:]) != (self.input_size, self.input_size):
            index = torch.arange(self.input_size, device=image.device)
            for axis in (2, 3):
                size = image.shape[axis]
                if self.training:
                    positions = index * size // self.input_size
                else:
                    positions = nearest_positions(index, self.input_size, size)
                image = image.index_select(axis, positions)
        dtype = next(self.coefficients.parameters()).dtype
        return full_precision(self.coefficients(to_unit_range(image).to(dtype)))

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
            image: RGB (N, 3, H, W) in [-1, 1].
            grid: See :meth:`prepare`.
            window: Where the part lies in the image; in the pyramid all over it.
            denoise: Without effect, as is the next.
            colour: See ``has_controls`` of the traits.

        Returns:
            The same shape, not clamped.
        """
        with without_autocast(image.device.type):  # half precision has too few digits for places
            unit = to_unit_range(full_precision(image))
            if self.pyramid:
                return 2 * self._add_levels(unit, grid) - 1
            return 2 * self._enhance_level(self.guide, grid, unit, window) - 1

    def lower_precision(self, dtype: torch.dtype) -> None:
        """Computes the grid in 16 bits; pixels need more."""
        self.coefficients.to(dtype)

    def _add_levels(self, image: Tensor, grid: Tensor) -> Tensor:
        """Enhances each level of a pyramid by its own maps, and adds them up, coarse to fine."""
        levels = [image]
        for _ in range(LEVELS - 1):
            sides = (side // 2 for side in levels[-1].shape[-2:])
            levels.append(_resized(levels[-1], *(side + (side < 1) for side in sides)))  # never 0
        result = None
        for index, maps in zip(reversed(range(LEVELS)), grid.chunk(LEVELS, dim=1)):
            level = levels[index]
            guide = self.guide.get_submodule(f'level_{index}')
            added = self._enhance_level(guide, maps, level, Window(0, 0, *level.shape[-2:]))
            result = added if result is None else _resized(result, *level.shape[-2:]) + added
        assert result is not None
        return result

    def _enhance_level(
        self, guide: nn.Module, grid: Tensor, image: Tensor, window: Window
    ) -> Tensor:
        slice_apply = self.slice if self.training else self.fast_slice
        result: Tensor = slice_apply(grid, guide(image), image, window)
        return result


def to_unit_range(image: Tensor) -> Tensor:
    """From [-1, 1] to [0, 1], of which the network is; what is outside is not clamped."""
    return (image + 1) / 2


def _resized(image: Tensor, height: int, width: int) -> Tensor:
    return F.interpolate(image, (height, width), mode='bilinear', align_corners=True)
