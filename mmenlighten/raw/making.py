"""Makes raw pictures of photographs: what a sensor would have seen of their light."""

from __future__ import annotations

import numpy as np

from mmenlighten.utils.checks import check_at_least
from mmenlighten.utils.srgb import srgb_to_linear

from .mosaic_layout import BAYER, MosaicLayout
from .raw_image import RawImage

GAINS = (2.0, 1.0, 1.6)
"""By which cameras multiply R, G and B, so that white is white; common values of daylight."""

BLACK, WHITE = 512, 16383
"""Values of the Sony A7S II, of 14 bits."""


def make_raw(
    photograph: np.ndarray,
    layout: MosaicLayout = BAYER,
    ratio: float = 1.0,
    shot: float = 0.0,
    read: float = 0.0,
    gains: tuple[float, float, float] = GAINS,
    matrix: np.ndarray | None = None,
    black: int = BLACK,
    white: int = WHITE,
    exposure: float | None = None,
    random: np.random.Generator | None = None,
) -> RawImage:
    """Takes a photograph again with a sensor.

    Linear light, the camera's colours before its white balance, less light, filters, noise of
    photons (Poisson) and of reading out (Gaussian), then numbers.

    Args:
        photograph: RGB (H, W, 3), uint8 or uint16, sRGB.
        layout: Of the filters.
        ratio: How many times less light there is.
        shot: Variance of the noise of photons at white, in units of white: 1 / (photons that
            saturate a pixel). 0 for none.
        read: Deviation of the noise of reading out, in units of white.
        gains: White balance that the camera will apply to R, G and B; divided by here.
        matrix: From linear sRGB to the camera's colours (3, 3), or None if they are the same.
        black: See :class:`RawImage`.
        white: See :class:`RawImage`.
        exposure: What the result says of its exposure time.
        random: Source of the noise.

    Raises:
        ConfigError: ``ratio`` is below 1, or a noise is below 0.
    """
    check_at_least(1, 'make_raw ', ratio=ratio)
    check_at_least(0, 'make_raw ', shot=shot, read=read)
    random = random or np.random.default_rng(0)
    light = srgb_to_linear(photograph / np.iinfo(photograph.dtype).max)
    if matrix is not None:
        light = light @ np.asarray(matrix).T
    light = light / np.array(gains) / ratio
    seen = _through_filters(light, layout).clip(0, 1)
    if shot:
        seen = random.poisson(seen / shot) * shot
    if read:
        seen = seen + random.normal(0, read, seen.shape)
    mosaic = (seen * (white - black) + black).round().clip(0, white).astype(np.uint16)
    return RawImage(mosaic, layout.pattern, black, white, exposure)


def _through_filters(light: np.ndarray, layout: MosaicLayout) -> np.ndarray:
    """From RGB (H, W, 3) to the colour (H, W) that each pixel's filter lets through."""
    height, width = light.shape[:2]
    channels = np.array(['RGB'.index(colour) for colour in layout.pattern])
    cell = channels.reshape(layout.cell, layout.cell)
    tiled = np.tile(cell, (-(-height // layout.cell), -(-width // layout.cell)))[:height, :width]
    return np.take_along_axis(light, tiled[..., None], axis=2)[..., 0]
