"""A photograph with all that its file holds besides the pixels."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from mmenlighten.utils.srgb import LUMA_WEIGHTS

UNSPECIFIED, MULTIPLIED_ALPHA, ALPHA = 0, 1, 2
"""What a TIFF may say of a channel besides the colours, under the tag ExtraSamples."""


@dataclass(frozen=True, eq=False)
class ExtraBands:
    """Channels such as infrared or a spot colour, which only TIFF files hold.

    Attributes:
        values: Array (H, W, bands) in the type of the photograph's pixels.
        kinds: For each, what the file said of it; a second opacity, of which nothing is known to
            belong to the picture, is among them.
        before_alpha: How many of them are stored before the photograph's opacity, if it has one.
    """

    values: np.ndarray
    kinds: tuple[int, ...]
    before_alpha: int = 0

    @classmethod
    def split(
        cls, values: np.ndarray, kinds: tuple[int, ...]
    ) -> tuple[np.ndarray | None, int, ExtraBands | None]:
        """Takes the opacity out of the channels that follow the colours.

        Args:
            values: Array (H, W, bands).
            kinds: What the file says of them; those that it says nothing of are unspecified.

        Returns:
            The opacity (H, W) or None, its kind, and the rest, None if there is none.
        """
        count = values.shape[2]
        kinds = (*kinds, *[UNSPECIFIED] * count)[:count]
        at = next((at for at, kind in enumerate(kinds) if kind != UNSPECIFIED), count)
        others = [band for band in range(count) if band != at]
        bands = None
        if others:
            bands = cls(values[..., others], tuple(kinds[band] for band in others), at)
        if at == count:
            return None, UNSPECIFIED, bands
        return values[..., at].copy(), kinds[at], bands

    def join(self, alpha: np.ndarray | None) -> tuple[np.ndarray, tuple[int, ...]]:
        """The channels that follow the colours, (H, W, bands), and what to say of each."""
        if alpha is None:
            return self.values, self.kinds
        at = self.before_alpha
        values = np.dstack([self.values[..., :at], alpha, self.values[..., at:]])
        return values, (*self.kinds[:at], ALPHA, *self.kinds[at:])

    def with_values(self, values: np.ndarray) -> ExtraBands:
        """The same bands with other values, such as turned ones."""
        return dataclasses.replace(self, values=values)


@dataclass(frozen=True)
class JpegCoding:
    """The choices of a JPEG encoder.

    Attributes:
        tables: Quantisation tables of 64 values each in the order of rows: for luma, then for each
            of the chroma channels that does not share the one before it.
        subsampling: Resolution of the chroma: 0 is 4:4:4, 1 is 4:2:2, 2 is 4:2:0.
        progressive: Whether the picture appears from coarse to fine.
    """

    tables: tuple[tuple[int, ...], ...]
    subsampling: int = 0
    progressive: bool = False


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
        format: ``'jpeg'``, ``'png'``, ``'tiff'``, ``'bmp'``, ``'webp'`` or ``'ppm'``: the format of
            the file, or if that is of a kind that is not written, what it becomes.
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
        kind: What the file is if its kind is not written, such as ``'HEIC'``; else empty.
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
    kind: str = ''

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
