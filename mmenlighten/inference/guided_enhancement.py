"""Enhances a large image through a small copy of it: the network's time is the same at any size.

The network sees the small copy only. What it does there is put down as a curve for each channel
and local lines on top, and both are applied to the large image, strip by strip.
"""

from __future__ import annotations

import math

import numpy as np

from mmenlighten.utils.network_protocols import Network, NetworkTraits
from mmenlighten.utils.row_bands import row_bands
from mmenlighten.utils.srgb import LUMA_WEIGHTS

from .area_reduction import reduce_area
from .guided_lines import GuidedLines
from .image_state import prepare_state
from .pixels import check_pixels, computing_dtype, to_pixels, white_level
from .tiled_enhancement import Progress, enhance_tiled
from .tone_curve import ToneCurve

GUIDED_PIXELS = 500_000
"""Pixels that the network sees at most."""

RADIUS = 2
EPSILON = 1e-4
"""Chosen by the differences to full-size results of photographs; see docs/large_pictures.md."""


def guided_size(height: int, width: int) -> tuple[int, int]:
    """Height and width at which an image is shown to the network in guided mode."""
    pixels = height * width
    if pixels <= GUIDED_PIXELS:
        return height, width
    scale = math.sqrt(GUIDED_PIXELS / pixels)
    small = min(max(int(height * scale), 1), GUIDED_PIXELS)
    return small, min(max(int(width * scale), 1), GUIDED_PIXELS // small)


def enhance_guided(
    network: Network,
    image: np.ndarray,
    traits: NetworkTraits,
    *,
    tile: int | tuple[int, int] | None = None,
    state: np.ndarray | None = None,
    progress: Progress | None = None,
) -> np.ndarray:
    """Enhances an image of any size while the network sees at most `GUIDED_PIXELS` of it.

    Args:
        network: The network.
        image: RGB (H, W, 3): 8 or 16 bits, or floating point with white at 1; a memory map too.
        traits: What is declared of the network.
        tile: Of the small copy, as for `enhance_tiled`.
        state: As for `enhance_tiled`; by itself it is that of the large image.
        progress: Told after each tile and each strip. What it raises ends the work.

    Returns:
        The same kind of pixels; floating-point ones may leave [0, 1]. An image of at most
        `GUIDED_PIXELS` is enhanced as by `enhance_tiled`.
    """
    check_pixels(image)
    height, width = image.shape[:2]
    size = guided_size(height, width)
    if size == (height, width):
        return enhance_tiled(network, image, traits, tile=tile, state=state, progress=progress)
    dtype = computing_dtype(image.dtype)
    strips = row_bands(height, width)
    small = reduce_area(image, *size, dtype)

    def tell(done: int, total: int) -> None:
        if progress is not None:
            progress(done, total + len(strips))

    tiles = 0

    def tell_of_tiles(done: int, total: int) -> None:
        nonlocal tiles
        tiles = total
        tell(done, total)

    state = prepare_state(network, traits, image) if state is None else state
    enhanced = enhance_tiled(network, small, traits, tile=tile, state=state, progress=tell_of_tiles)
    curve = ToneCurve.fit(small, enhanced)
    left = enhanced - curve(small, dtype)
    lines = GuidedLines.fit(_luma(small), left, RADIUS, EPSILON)
    result = np.empty(image.shape, image.dtype)
    scale = dtype(1 / white_level(image.dtype))
    for number, strip in enumerate(strips, start=1):
        rows = image[strip]
        values = curve(rows, dtype)
        values += lines.apply(_luma(rows.astype(dtype)) * scale, strip.start, height)
        result[strip] = to_pixels(values * dtype(2) - dtype(1), image.dtype)
        tell(tiles + number, tiles)
    return result


def _luma(pixels: np.ndarray) -> np.ndarray:
    return pixels @ np.asarray(LUMA_WEIGHTS, pixels.dtype)
