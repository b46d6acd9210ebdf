"""The one helper that pads tensors to a network's size multiple and takes the padding off."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .padding_geometry import Padding, padding_to_multiple, reflect_positions

__all__ = ['Padding', 'crop_padding', 'pad_reflect', 'pad_symmetric', 'padding_to_multiple']


def pad_reflect(image: Tensor, padding: Padding) -> Tensor:
    """Reflects an (N, C, H, W) image at its edges without repeating the edge pixel.

    Unlike ``F.pad`` it also takes a padding that is wider than the image, where the reflection
    goes to and fro: a picture of any size can be padded.
    """
    if not any(padding):
        return image
    height, width = image.shape[-2:]
    if max(padding.left, padding.right) < width and max(padding.top, padding.bottom) < height:
        return F.pad(image, list(padding), mode='reflect')
    rows = _reflected_indices(height, padding.top, padding.bottom, image.device)
    columns = _reflected_indices(width, padding.left, padding.right, image.device)
    return image[..., rows, :][..., columns]


def pad_symmetric(image: Tensor, margin: int) -> Tensor:
    """Reflects an (N, C, H, W) image at its edges and repeats the edge pixel: ``b a | a b c``.

    That is ``SYMMETRIC`` of TensorFlow, which ``F.pad`` has not.

    Args:
        image: Sides are at least ``margin``.
        margin: Pixels that are added on each side.
    """
    top, bottom = image[..., :margin, :], image[..., -margin:, :]
    image = torch.cat([top.flip(-2), image, bottom.flip(-2)], dim=-2)
    left, right = image[..., :margin], image[..., -margin:]
    return torch.cat([left.flip(-1), image, right.flip(-1)], dim=-1)


def crop_padding(image: Tensor, padding: Padding) -> Tensor:
    """Undoes :func:`pad_reflect`."""
    height, width = image.shape[-2:]
    return image[..., padding.top : height - padding.bottom, padding.left : width - padding.right]


def _reflected_indices(size: int, before: int, after: int, device: torch.device) -> Tensor:
    return reflect_positions(torch.arange(-before, size + after, device=device), size)
