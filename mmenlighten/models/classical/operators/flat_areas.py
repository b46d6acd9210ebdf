"""Areas without detail: what is in them is the noise of a level or two, if anything."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .colour import hsv_value

FLAT_RANGE = 2.0
"""Levels between the least and the greatest of a flat area: noise of one level up and down."""

FINE_STEP = 255 / 65535
"""A level of 16 bits, in levels of 8."""

WINDOWS = 16
"""A flat area is at least the shorter side of the image divided by this wide and high."""

BLACK = 3.0
"""Level up to which a flat area is black; from there to twice as much it becomes light."""

WHOLE_TOLERANCE = 1e-3
"""A level is whole up to this."""


def range_of_noise(levels: Tensor) -> float:
    """Greatest range of a flat area, in levels of 8 bits: less where levels are finer than these.

    Args:
        levels: In 0..255, of any shape.
    """
    is_whole = (levels - levels.round()).abs().amax() < WHOLE_TOLERANCE
    return FLAT_RANGE if is_whole else FLAT_RANGE * FINE_STEP


def without_detail(image: Tensor) -> Tensor:
    """Which images (N, C, H, W) in [0, 1] are flat as a whole, in each channel: (N,)."""
    planes = image.detach().flatten(2)
    spans = (planes.amax(2) - planes.amin(2)).amax(1) * 255
    is_flat = spans <= FLAT_RANGE + WHOLE_TOLERANCE
    for number in is_flat.nonzero().flatten().tolist():  # few: most images are settled
        is_flat[number] = spans[number] <= range_of_noise(image[number] * 255) + WHOLE_TOLERANCE
    return is_flat


def keep_black(image: Tensor, enhanced: Tensor) -> Tensor:
    """Gives flat areas of black of an image (1, C, H, W) in [0, 1] their values back."""
    levels = hsv_value(image.detach())[:, 0] * 255
    flatness = flat_areas(levels, range_of_noise(levels))
    if flatness is None:
        return enhanced
    blackness = (2 - levels / BLACK).clamp(0, 1)
    return torch.lerp(enhanced, image, (flatness * blackness)[:, None])


def flat_areas(levels: Tensor, most: float) -> Tensor | None:
    """How flat the surroundings of each pixel are: 1 in flat areas, 0 elsewhere.

    A pixel is flat if any window around it is, which has a range of ``most`` at most; from there
    to twice as much flatness falls to 0. Windows reach up to the edges of flat areas, not beyond.

    Args:
        levels: (M, H, W).
        most: See :func:`range_of_noise`.

    Returns:
        (M, H, W) in [0, 1]; None if there is nothing flat.
    """
    levels = levels.detach()
    if most == FLAT_RANGE:
        levels = levels.round()  # what floating point has left of whole levels
    height, width = levels.shape[1:]
    radius = max(min(height, width) // WINDOWS // 2, 1)
    if not _may_be_flat(levels, radius, 2 * most):
        return None
    spans = window_maximum(levels, radius) + window_maximum(-levels, radius)
    flatness = (2 - spans / most).clamp(0, 1)
    return window_maximum(flatness, radius) if flatness.any() else None


def _may_be_flat(levels: Tensor, radius: int, most: float) -> bool:
    """Whether a window can be flat: it contains a whole block of a grid half as wide."""
    block = radius + 1
    rows, columns = (size // block for size in levels.shape[1:])
    if min(rows, columns) < 2:
        return True
    cut = levels[:, : rows * block, : columns * block]
    blocks = cut.unflatten(2, (columns, block)).unflatten(1, (rows, block))
    return bool((blocks.amax((2, 4)) - blocks.amin((2, 4)) < most).any())


def window_maximum(values: Tensor, radius: int) -> Tensor:
    """Maximum over ``2 radius + 1`` pixels in both directions, of those that exist; (M, H, W).

    Maxima over 2, 4, 8, ... pixels are made from each other, so it takes few steps at any radius.
    """
    for dim, pad in ((2, (radius, radius)), (1, (0, 0, radius, radius))):
        size, edge = values.shape[dim], 2 * radius + 1
        values = F.pad(values, pad, value=-torch.inf)
        reach = 1
        while 2 * reach <= edge:
            length = values.shape[dim] - reach
            values = values.narrow(dim, 0, length).maximum(values.narrow(dim, reach, length))
            reach *= 2
        values = values.narrow(dim, 0, size).maximum(values.narrow(dim, edge - reach, size))
    return values
