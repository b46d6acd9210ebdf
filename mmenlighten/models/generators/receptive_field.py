"""How far an output pixel of a U-Net sees, followed through its layers from the output back."""

from __future__ import annotations


def pixels_seen(first: int, last: int, depth: int) -> tuple[int, int]:
    """Input pixels, along one axis, on which the output pixels ``first`` to ``last`` depend.

    It holds for a U-Net of two 3x3 convolutions at each level, 2x2 pooling on the way down and, on
    the way up, bilinear doubling with ``align_corners=False`` and one further 3x3 convolution. The
    way through the deepest level is followed: skip connections see less. An image without ends
    is assumed; at its border there is nothing more to see.

    Args:
        first: First output pixel; the levels' grids begin at 0.
        last: Last output pixel.
        depth: Number of times the image is halved.

    Returns:
        First and last input pixel, which may be negative.
    """
    for _ in range(depth):
        first, last = first - 3, last + 3  # two convolutions, and the one after the doubling
        # Position i lies at i / 2 - 1 / 4 of the smaller map, between two of its pixels.
        first, last = (first - 1) // 2, (last + 1) // 2
    first, last = first - 2, last + 2
    for _ in range(depth):
        first, last = 2 * first, 2 * last + 1  # pooling
        first, last = first - 2, last + 2
    return first, last


def receptive_field_radius(depth: int) -> int:
    """The largest distance, along one axis, between a pixel and one that it depends on."""
    distances = []
    for pixel in range(2**depth):  # the distance depends on the position on the grid
        first, last = pixels_seen(pixel, pixel, depth)
        distances += [pixel - first, last - pixel]
    return max(distances)


def tile_halo(depth: int) -> int:
    """Pixels needed on each side of a block that begins and ends on the grid of 2**depth.

    They make the block and one pixel around it exact; that pixel is needed to double the result
    of a halved image. The halo is smaller than :func:`receptive_field_radius`, since the pixels
    that see farthest to one side do not lie at that side of the grid's cells.
    """
    first, last = pixels_seen(-1, 2**depth, depth)
    return max(-first, last - (2**depth - 1))
