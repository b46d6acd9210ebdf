"""HDRNet in the form that enhances fastest, in the least memory."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn

from mmenlighten.models import HDRNet
from mmenlighten.models.generators.hdrnet import to_unit_range
from mmenlighten.models.generators.hdrnet_guides import CurveGuide
from mmenlighten.utils.padding_geometry import Window

BLOCK_PIXELS = 2**16
"""Pixels that are sliced at once: what is computed for them stays in the cache."""

BLOCK_BYTES = BLOCK_PIXELS * 320
"""Measured: places in the grid, and maps."""


class InferenceHDRNet(nn.Module):
    """Computes what an :class:`HDRNet` computes, in blocks of rows.

    Args:
        network: The network, which this one uses; without a pyramid.
    """

    def __init__(self, network: HDRNet) -> None:
        super().__init__()
        self.network = network
        self.denoise = network.denoise
        self.traits = replace(
            network.traits,
            # Blocks of a band are kept for the next one: fresh pages would take half of the time.
            bytes_per_pixel_in_bands=56,  # measured: the image and the result, as arrays too
            band_bytes=BLOCK_BYTES,
            tile_pixels=2**20,
        )

    def forward(self, image: Tensor) -> Tensor:
        """See :meth:`.HDRNet.forward`."""
        return self.enhance_part(image, self.prepare(image), Window(0, 0, *image.shape[-2:]))

    def prepare(self, image: Tensor) -> Tensor:
        """See :meth:`.HDRNet.prepare`."""
        return self.network.prepare(image)

    def enhance_part(
        self,
        image: Tensor,
        grid: Tensor,
        window: Window,
        denoise: float | Tensor | None = None,
        colour: float | Tensor = 1.0,
    ) -> Tensor:
        """See :meth:`.HDRNet.enhance_part`."""
        result = torch.empty_like(image)
        step = max(1, BLOCK_PIXELS // (image.shape[0] * image.shape[3]))
        for top in range(0, image.shape[2], step):
            rows = to_unit_range(image[:, :, top : top + step])
            place = window._replace(top=window.top + top)
            enhanced = self.network.fast_slice(grid, self._guide(rows), rows, place)
            torch.sub(enhanced.mul_(2), 1, out=result[:, :, top : top + step])
        return result

    def _guide(self, image: Tensor) -> Tensor:
        guide = self.network.guide
        found: Tensor = guide_by_curves(guide, image) if type(guide) is CurveGuide else guide(image)
        return found

    def lower_precision(self, dtype: torch.dtype) -> None:
        """See :meth:`.HDRNet.lower_precision`."""
        self.network.lower_precision(dtype)


def guide_by_curves(guide: CurveGuide, image: Tensor) -> Tensor:
    """See :meth:`.CurveGuide.forward`, of which it takes an eighth of the time.

    ``sum_k slope_k relu(x - shift_k) = sum_k slope_k max(x, shift_k) - sum_k slope_k shift_k``, and
    the last sum is one number. A knot costs two passes over one channel in the cache, instead of 48
    channels that are written, read and multiplied.
    """
    channels = image.transpose(0, 1).flatten(1)  # (3, N * H * W)
    channels = torch.addmm(guide.ccm_bias[:, None], guide.ccm.T, channels)
    mixing = guide.channel_mixing
    assert mixing.bias is not None
    slopes = mixing.weight.view(3, 1) * guide.slopes
    offset = mixing.bias - (slopes * guide.shifts).sum()
    total, above = offset.expand(channels.shape[1]).clone(), torch.empty_like(channels[0])
    for channel, knots, of_knots in zip(channels, guide.shifts.tolist(), slopes.tolist()):
        for shift, slope in zip(knots, of_knots):
            torch.clamp(channel, min=shift, out=above)
            total.add_(above, alpha=slope)
    return total.clamp_(0, 1).view_as(image[:, :1])
