"""Blocks of pixels as channels and back, in TensorFlow's order of channels."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def depth_to_space(features: Tensor, side: int) -> Tensor:
    """Lays channels out as blocks of pixels.

    The channel of colour c at (y, x) of a block is ``(y * side + x) * colours + c``, as of
    ``tf.nn.depth_to_space``. Of torch's ``pixel_shuffle`` it is ``c * side^2 + y * side + x``.

    Args:
        features: (N, colours * side^2, H, W).
        side: Side of a block.

    Returns:
        (N, colours, H * side, W * side).
    """
    blocks = features.unflatten(1, (side * side, features.shape[1] // (side * side)))
    return F.pixel_shuffle(blocks.transpose(1, 2).flatten(1, 2), side)


def space_to_depth(image: Tensor, side: int) -> Tensor:
    """Undoes :func:`depth_to_space`; both sides of the image are multiples of ``side``."""
    blocks = F.pixel_unshuffle(image, side).unflatten(1, (image.shape[1], side * side))
    return blocks.transpose(1, 2).flatten(1, 2)
