"""Patches cut out of pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

Window = tuple[int, int]
"""Left and top of a patch, in pixels."""


def crop_patches(image: Tensor, windows: Sequence[Window], size: int) -> Tensor:
    """Cuts the same windows from each picture of a batch.

    Args:
        image: (N, C, H, W).
        windows: K of them; they may overlap.
        size: Side of a patch in pixels.

    Returns:
        (K N, C, size, size), window by window; smaller where the picture is.
    """
    patches: Tensor = _Cropping.apply(image, tuple(windows), size)
    return patches


class _Cropping(torch.autograd.Function):
    """As slices and a concatenation, whose gradients would be a whole picture for each window."""

    @staticmethod
    def forward(ctx: Any, image: Tensor, windows: tuple[Window, ...], size: int) -> Tensor:
        ctx.shape, ctx.windows, ctx.size = image.shape, windows, size
        return torch.cat([_patch(image, window, size) for window in windows])

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        whole = gradient.new_zeros(ctx.shape)
        for window, patch in zip(ctx.windows, gradient.split(ctx.shape[0])):
            _patch(whole, window, ctx.size).add_(patch)
        return whole, None, None


def _patch(image: Tensor, window: Window, size: int) -> Tensor:
    left, top = window
    return image[..., top : top + size, left : left + size]
