"""The one colour and range convention inside models: RGB, NCHW, [-1, 1]."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from .precision import full_precision
from .srgb import LUMA_WEIGHTS


def to_model_range(image: Tensor) -> Tensor:
    """Maps values in [0, 255] to [-1, 1]; integer images become float32."""
    if not image.is_floating_point():
        image = image.float()
    return image / 127.5 - 1


def to_uint8(image: Tensor) -> Tensor:
    """Maps values in [-1, 1] to a finished picture: clamped to the range and rounded, uint8."""
    # Half precision cannot tell all of the upper 128 values apart while it computes.
    return ((full_precision(image).clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)


def attention_map(image: Tensor) -> Tensor:
    """1 - luminance of an N x 3 x H x W image in [-1, 1]: N x 1 x H x W in [0, 1], black is 1.

    Section 3.1 of the EnlightenGAN paper. The order of operations is that of the official code,
    so that the result is the same to the last bit.
    """
    red, green, blue = (image + 1).split(1, dim=1)
    weight_red, weight_green, weight_blue = LUMA_WEIGHTS
    return 1 - (weight_red * red + weight_green * green + weight_blue * blue) / 2


def to_array(image: Tensor) -> np.ndarray:
    """Turns a finished picture (3, H, W) into an array (H, W, 3) on the CPU."""
    return image.detach().permute(1, 2, 0).contiguous().cpu().numpy()
