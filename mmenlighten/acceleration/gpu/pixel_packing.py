"""Pixels of a row that are seen as one, with as many more channels."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

CHANNEL_MULTIPLE = 8
"""Matrix units of GPUs take so many channels at a time; what is missing is filled with 0."""


def pack_pixels(features: Tensor, pack: int) -> Tensor:
    """(N, C, H, W) as (N, g C, H, W / g), both in ``channels_last``, which moves nothing."""
    pixels = features.permute(0, 2, 3, 1)
    return pixels.reshape(*pixels.shape[:2], -1, pack * pixels.shape[-1]).permute(0, 3, 1, 2)


def unpack_pixels(packed: Tensor, pack: int) -> Tensor:
    """(N, g C, H, W / g) as (N, C, H, W), both in ``channels_last``."""
    pixels = packed.permute(0, 2, 3, 1)
    return pixels.reshape(*pixels.shape[:2], -1, pixels.shape[-1] // pack).permute(0, 3, 1, 2)


def fill_channels(tensor: Tensor) -> Tensor:
    """(N, C, H, W) with channels of zeros, up to a multiple of eight."""
    missing = -tensor.shape[1] % CHANNEL_MULTIPLE
    return F.pad(tensor, [0, 0, 0, 0, 0, missing]) if missing else tensor


def pack_weight(weight: Tensor, pack: int) -> Tensor:
    """Weights (C', C, 3, 3) as the (g C', g C, 3, 3) that convolve packed pixels to the same.

    The channels of a packed pixel are sorted by pixels. Each pixel of the result sees those of
    three packed ones, of which all but three in a row weigh nothing.
    """
    before, taps = pack - 1, weight.shape[-1]
    # The three packed pixels that are seen are 3 g pixels in a row, from -g on. Pixel p of the
    # result sees p - 1 to p + 1: three taps behind g - 1 + p zeros.
    kernels = torch.stack(
        [F.pad(weight, [before + pixel, 2 * before - pixel]) for pixel in range(pack)]
    )
    kernels = kernels.unflatten(-1, (taps, pack)).permute(0, 1, 5, 2, 3, 4)
    return kernels.flatten(2, 3).flatten(0, 1)
