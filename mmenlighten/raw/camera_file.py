"""Reads the raw files of cameras, by LibRaw in the optional package rawpy."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from mmenlighten.utils.errors import ImageReadError, UserError, system_reason
from mmenlighten.utils.raw_endings import RAW_ENDINGS
from mmenlighten.utils.required_packages import install_extra

from .raw_image import RawImage

_TURNS = {0: 0, 3: 2, 5: 1, 6: 3}
"""Quarter turns against the clock, by LibRaw's ``flip``."""


def is_camera_file(path: str | os.PathLike[str]) -> bool:
    """Whether a file is one of a camera, by the ending of its name."""
    return Path(path).suffix.lower() in RAW_ENDINGS


def read_camera_file(path: Path) -> RawImage:
    """Reads the visible part of the sensor.

    Raises:
        ImageReadError: The file is missing, damaged, or of a sensor without a mosaic.
        UserError: rawpy is not installed.
    """
    with _opened(path) as raw:
        mosaic = raw.raw_image_visible
        if mosaic is None or mosaic.ndim != 2 or min(mosaic.shape) < 6:
            raise ImageReadError(
                f'{path} holds no mosaic of a sensor (it is developed in part already): develop it '
                'to TIFF in a raw converter.'
            )
        colours = raw.raw_colors_visible
        mosaic = _with_one_black(mosaic, colours, raw.black_level_per_channel)
        exposure = getattr(getattr(raw, 'other', None), 'shutter_speed', None)
        return RawImage(
            mosaic=mosaic,
            pattern=_pattern(colours[:6, :6], raw.color_desc.decode()),
            black=float(min(raw.black_level_per_channel)),
            white=float(raw.white_level),
            exposure=float(exposure) if exposure else None,
            turns=_TURNS.get(raw.sizes.flip, 0),
        )


def develop_camera_file(path: Path) -> np.ndarray:
    """Develops a file as :func:`.read_target` says: RGB (H, W, 3), uint16.

    Raises:
        ImageReadError: The file is missing or damaged.
        UserError: rawpy is not installed.
    """
    with _opened(path) as raw:
        return raw.postprocess(
            use_camera_wb=True, half_size=False, no_auto_bright=True, output_bps=16, user_flip=0
        )


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        import rawpy
    except ImportError as error:
        raise UserError(
            f'{path} is a raw camera file, which is read by rawpy: {install_extra("raw")}.'
        ) from error
    try:
        with open(path, 'rb') as file, rawpy.imread(file) as raw:
            yield raw
    except OSError as error:
        raise ImageReadError(f'{path} cannot be read: {system_reason(error)}.') from error
    except rawpy.LibRawError as error:
        raise ImageReadError(
            f'{path} cannot be read by rawpy ({error}): copy it again, or convert it to DNG.'
        ) from error


def _with_one_black(mosaic: np.ndarray, colours: np.ndarray, levels: list[int]) -> np.ndarray:
    """A copy in which all colours have the lowest of their black levels."""
    above = np.array(levels, mosaic.dtype) - np.array(min(levels), mosaic.dtype)
    if not above.any():
        return mosaic.copy()
    offsets = above[colours]
    return np.maximum(mosaic, offsets) - offsets


def _pattern(colours: np.ndarray, names: str) -> str:
    """Letters of the square of six pixels, or of two where it repeats after them."""
    letters = np.array(list(names))[colours]
    side = 2 if np.array_equal(np.tile(letters[:2, :2], (3, 3)), letters) else 6
    return ''.join(letters[:side, :side].ravel())
