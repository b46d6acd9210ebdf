"""Pictures of linear light in and out of files: Radiance HDR, TIFF of floats, OpenEXR."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ..utils.atomic import write_bytes
from ..utils.errors import ImageReadError, UserError, error_reason, system_reason
from ..utils.required_packages import missing_package

RADIANCE_ENDINGS = ('.hdr', '.tif', '.tiff', '.exr')
"""Endings of files that hold linear light, in lower case; any case is accepted."""


def read_radiance(path: str | os.PathLike[str]) -> np.ndarray:
    """Reads a picture of linear light.

    Radiance HDR keeps 8 bits and an exponent for the three colours of a pixel together, TIFF all of
    a float. OpenEXR needs the package of that name.

    Returns:
        Array (H, W, 3), float32, linear RGB, in the units of the file.

    Raises:
        ImageReadError: The file is missing or damaged, or holds whole numbers, or values that are
            not finite.
        UserError: It is an OpenEXR file, and OpenEXR is not installed.
    """
    path = Path(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ImageReadError(f'{path} cannot be read: {system_reason(error)}.') from error
    is_exr = content.startswith(b'\x76\x2f\x31\x01')
    image = _read_exr(path) if is_exr else _decode(content)
    if image is None:
        raise ImageReadError(
            f'{path} cannot be read as a picture of linear light: it is damaged, or not one of '
            f'{", ".join(RADIANCE_ENDINGS)}.'
        )
    if image.dtype.kind != 'f':
        raise ImageReadError(
            f'{path} holds {image.dtype}, which is no linear light: give floating-point numbers.'
        )
    if not np.isfinite(image).all():
        raise ImageReadError(f'{path} holds values that are not finite: make it anew.')
    return image.astype(np.float32, copy=False)


def write_radiance(path: str | os.PathLike[str], image: np.ndarray) -> None:
    """Writes a picture of linear light whole or not at all; makes the folder.

    Args:
        path: Name of the file, with one of :data:`RADIANCE_ENDINGS`.
        image: Array (H, W, 3), floating point, linear RGB.

    Raises:
        UserError: The ending is another one, the file cannot be written, or it is an OpenEXR file,
            and OpenEXR is not installed.
    """
    if image.dtype.kind != 'f' or image.ndim != 3 or image.shape[2] != 3:
        raise ValueError(f'Expected floats (H, W, 3), got {image.dtype} {image.shape}.')
    ending = Path(path).suffix.lower()
    if ending not in RADIANCE_ENDINGS:
        raise UserError(
            f'{path} cannot be written: linear light needs a name that ends in '
            f'{", ".join(RADIANCE_ENDINGS)}.'
        )
    image = np.ascontiguousarray(image, np.float32)
    if ending == '.exr':
        content = _encode_exr(image)
    else:
        if ending == '.hdr':
            image = _for_truncation(image)
        done, encoded = cv2.imencode(ending, cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
        if not done:
            raise UserError(f'{path} cannot be written: choose another ending than {ending}.')
        content = encoded.tobytes()
    try:
        write_bytes(path, content)
    except OSError as error:
        raise UserError(f'{path} cannot be written: {system_reason(error)}.') from error


def _for_truncation(image: np.ndarray) -> np.ndarray:
    """Adds half a step of Radiance HDR: OpenCV cuts off what is below a step, instead of rounding.

    Steps are those of the brightest colour of a pixel, so that shadows of saturated colours would
    become much darker, or black.
    """
    brightest = image.max(axis=2, keepdims=True)
    _, exponent = np.frexp(brightest)
    return np.where(brightest > 0, image + np.ldexp(np.float32(0.5), exponent - 8), image)


def _decode(content: bytes) -> np.ndarray | None:
    try:
        image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        return None
    if image is None:
        return None
    colours = image[..., None][..., [0, 0, 0]] if image.ndim == 2 else image[..., 2::-1]
    return np.ascontiguousarray(colours)


def _open_exr() -> Any:
    try:
        import OpenEXR
    except ImportError as error:
        raise UserError(
            f'{missing_package("OpenEXR")} Or use .hdr, or .tif with floating-point numbers.'
        ) from error
    return OpenEXR


def _read_exr(path: Path) -> np.ndarray | None:
    library = _open_exr()
    try:
        with library.File(str(path)) as file:
            channels = file.channels()
            if 'RGB' in channels or 'RGBA' in channels:
                return channels['RGB' if 'RGB' in channels else 'RGBA'].pixels[..., :3]
            return np.stack([channels[name].pixels for name in 'RGB'], axis=-1)
    except Exception as error:  # the library raises many kinds
        raise ImageReadError(
            f'{path} cannot be read as RGB by OpenEXR ({error_reason(error)}): copy it again, or '
            'convert it to .hdr.'
        ) from error


def _encode_exr(image: np.ndarray) -> bytes:
    library = _open_exr()
    header = dict(compression=library.ZIP_COMPRESSION, type=library.scanlineimage)
    with tempfile.TemporaryDirectory() as folder:  # it writes to names alone
        name = os.path.join(folder, 'image.exr')
        library.File(header, dict(RGB=image)).write(name)
        return Path(name).read_bytes()
