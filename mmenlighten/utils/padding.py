"""The one helper that pads pictures to a network's size multiple and takes the padding off."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor


class Padding(NamedTuple):
    """Pixels added on each side, in the order of ``torch.nn.functional.pad``."""

    left: int
    right: int
    top: int
    bottom: int


def padding_to_multiple(height: int, width: int, multiple: int) -> Padding:
    """Splits the missing pixels: half (rounded down) to the left and top, as official code does."""
    missing_height, missing_width = -height % multiple, -width % multiple
    left, top = missing_width // 2, missing_height // 2
    return Padding(left, missing_width - left, top, missing_height - top)


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


def crop_padding(image: Tensor, padding: Padding) -> Tensor:
    """Undoes :func:`pad_reflect`."""
    height, width = image.shape[-2:]
    return image[..., padding.top : height - padding.bottom, padding.left : width - padding.right]


def _reflected_indices(size: int, before: int, after: int, device: torch.device) -> Tensor:
    positions = torch.arange(-before, size + after, device=device)
    if size == 1:
        return torch.zeros_like(positions)
    period = 2 * (size - 1)
    positions = positions % period
    return torch.minimum(positions, period - positions)
