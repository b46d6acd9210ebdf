"""A photograph with all that its file holds besides the pixels."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from mmenlighten.utils.srgb import LUMA_WEIGHTS

from .extra_bands import ExtraBands
from .jpeg_coding import JpegCoding

_LUMA = np.array(LUMA_WEIGHTS, dtype=np.float32)
_ROWS = 256  # that are converted at a time: no second picture of floats comes into being


@dataclass(frozen=True, eq=False)
class Photo:
    """A photograph as it is displayed, and what its file says about it.

    The values are those of the file: with another colour profile than sRGB they are not converted,
    and the profile is kept, so that viewers show the colours as before. Only CMYK is converted.

    Attributes:
        pixels: Array (H, W, 3), uint8 or uint16 as ``bit_depth`` says, RGB, upright. Three equal
            channels if ``is_gray``.
        bit_depth: 8 or 16.
        alpha: Opacity (H, W) in the type of ``pixels``, or None. Colours are not multiplied by it.
        is_gray: Whether the file holds one channel of light instead of three.
        format: ``'jpeg'``, ``'png'``, ``'tiff'``, ``'bmp'``, ``'webp'`` or ``'ppm'``.
        icc_profile: The colour profile of ``pixels``.
        exif: EXIF data from the byte-order mark on, byte for byte as in the file, except that the
            orientation is 1, the sizes are those of ``pixels``, and the thumbnail is gone, since
            it would show the photograph before it was changed.
        xmp: XMP packet.
        dpi: Horizontal and vertical resolution in pixels per inch.
        text: Keys and values of the text fields of a PNG, the comment of a JPEG under 'Comment'.
        native: Names and contents of pieces that only files of ``format`` can hold, such as IPTC
            data of a JPEG; they are written again to files of this format.
        jpeg: How the pixels of a JPEG were compressed, or None.
        lossless: Whether the file held each value exactly; False for JPEG and lossy WebP.
        bands: Further channels of a TIFF, such as infrared, which are written again unchanged.
        notes: What of the file is left out, and why, each without a full stop.
    """

    pixels: np.ndarray
    bit_depth: int = 8
    alpha: np.ndarray | None = None
    is_gray: bool = False
    format: str = 'png'
    icc_profile: bytes | None = None
    exif: bytes | None = None
    xmp: bytes | None = None
    dpi: tuple[float, float] | None = None
    text: tuple[tuple[str, str], ...] = ()
    native: tuple[tuple[str, bytes], ...] = ()
    jpeg: JpegCoding | None = None
    lossless: bool = True
    bands: ExtraBands | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.bit_depth not in (8, 16):
            raise ValueError(f'Expected a bit depth of 8 or 16, got {self.bit_depth}.')
        if self.pixels.ndim != 3 or self.pixels.shape[2] != 3 or self.pixels.dtype != self.dtype:
            raise ValueError(
                f'Expected {self.dtype} (H, W, 3), got {self.pixels.dtype} {self.pixels.shape}.'
            )
        if self.alpha is not None and (
            self.alpha.shape != self.pixels.shape[:2] or self.alpha.dtype != self.dtype
        ):
            raise ValueError(
                f'Expected alpha {self.dtype} {self.pixels.shape[:2]}, '
                f'got {self.alpha.dtype} {self.alpha.shape}.'
            )
        if self.bands is not None and (
            self.bands.values.shape != (*self.pixels.shape[:2], len(self.bands.kinds))
            or self.bands.values.dtype != self.dtype
        ):
            raise ValueError(
                f'Expected bands {self.dtype} {self.pixels.shape[:2]}, '
                f'got {self.bands.values.dtype} {self.bands.values.shape}.'
            )

    @property
    def dtype(self) -> np.dtype:
        """Type of the pixels: uint8 or uint16."""
        return np.dtype(np.uint8 if self.bit_depth == 8 else np.uint16)

    def to_float(self) -> np.ndarray:
        """The pixels as float32 (H, W, 3), RGB, in [0, 1]."""
        return self.pixels * np.float32(1 / np.iinfo(self.dtype).max)

    def with_pixels(self, pixels: np.ndarray) -> Photo:
        """The same photograph with other light; everything else, alpha too, stays.

        Args:
            pixels: Array (H, W, 3), RGB, of the same size: floating-point numbers in [0, 1], which
                are clipped and rounded to the depth of the photograph, or values of its own type,
                which are taken as they are. If the photograph is gray, luma is taken.

        Raises:
            ValueError: The size or the type is another.
        """
        pixels = np.asarray(pixels)
        if pixels.shape != self.pixels.shape:
            raise ValueError(f'Expected {self.pixels.shape}, got {pixels.shape}.')
        is_float = np.issubdtype(pixels.dtype, np.floating)
        if not is_float and pixels.dtype != self.dtype:
            raise ValueError(f'Expected {self.dtype} or floats, got {pixels.dtype}.')
        if not is_float and not self.is_gray:
            return dataclasses.replace(self, pixels=pixels.copy())
        result = np.empty(self.pixels.shape, self.dtype)
        for top in range(0, len(result), _ROWS):
            rows = pixels[top : top + _ROWS].astype(np.float32)
            if is_float:
                # A value that is not a number would become an arbitrary one.
                rows = np.nan_to_num(rows, nan=0.0).clip(0, 1) * np.iinfo(self.dtype).max
            if self.is_gray:
                rows = (rows @ _LUMA)[..., None]
            result[top : top + _ROWS] = np.rint(rows)
        return dataclasses.replace(self, pixels=result)
