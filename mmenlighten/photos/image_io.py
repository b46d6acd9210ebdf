"""Reading, writing and listing image files: always RGB, always 8 bit, any file name."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import PIL

from mmenlighten.photos import read_photo
from mmenlighten.photos.stored_channels import to_8_bits
from mmenlighten.utils.atomic import write_bytes
from mmenlighten.utils.errors import DatasetError, UserError, system_reason

from .fast_decoding import decode_fast
from .plain_parts import SIGNATURES

IMAGE_EXTENSIONS = ('.jpg', '.jpeg', '.png', '.bmp', '.tif', '.tiff', '.webp', '.ppm')
"""Endings of the files that are taken for images, in lower case; any case is accepted."""

PathLike = str | os.PathLike[str]

_MAX_PIXELS = 1 << 30  # OpenCV's own limit

READER = f'2 {cv2.__version__} {PIL.__version__}'
"""What the pixels of :func:`read_image` depend on besides the file: rules and libraries."""


def read_image(path: PathLike) -> np.ndarray:
    """Reads a picture as :func:`~mmenlighten.photos.read_photo` does, reduced to 8-bit RGB.

    It is upright, and its content, not its name, tells the format. The colours under transparent
    parts are taken as they are stored; nothing is blended. Values of another colour profile than
    sRGB are not converted. Ordinary JPEG and PNG files take a faster way to the same values.

    Returns:
        Array (H, W, 3), uint8, RGB. Gray pictures get three equal channels; 16-bit values are
        divided by 257 and rounded.

    Raises:
        ImageReadError: The file is missing, empty, incomplete, of a kind without a known range
            (floating-point or signed numbers), or not an image; the message names it.
    """
    image = _read_fast(path)
    if image is None:
        image = to_8_bits(read_photo(path, max_pixels=_MAX_PIXELS).pixels)
    return image


def write_image(path: PathLike, image: np.ndarray) -> None:
    """Writes a picture whole or not at all; makes the folder. The ending tells the format.

    Args:
        path: Name of the file, with one of :data:`IMAGE_EXTENSIONS`.
        image: Array (H, W, 3), uint8, RGB.

    Raises:
        UserError: The ending is not one of a known format, or the format cannot hold the picture
            (a side is too long).
    """
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise ValueError(f'Expected uint8 (H, W, 3), got {image.dtype} {image.shape}.')
    extension = Path(path).suffix.lower()
    if extension not in IMAGE_EXTENSIONS:
        raise UserError(
            f'{path} cannot be written: its name must end in one of {", ".join(IMAGE_EXTENSIONS)}.'
        )
    try:
        done, encoded = cv2.imencode(extension, cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    except cv2.error:
        done = False
    if not done:
        raise UserError(
            f'{path} cannot be written: {extension} cannot hold a picture of '
            f'{image.shape[1]}x{image.shape[0]} pixels. Choose .png.'
        )
    write_bytes(path, encoded.tobytes())


def list_images(folder: PathLike) -> list[str]:
    """Lists all pictures in a folder and its sub-folders, linked ones too.

    Hidden files and folders (a leading dot, such as the ``._name.jpg`` of macOS) are left out.

    Returns:
        Sorted paths relative to ``folder``, with forward slashes. Empty if the folder is missing.

    Raises:
        DatasetError: A sub-folder may not be read.
    """
    root = Path(folder)
    found: list[str] = []
    above: dict[str, frozenset[str]] = {}
    for current, folders, files in os.walk(root, followlinks=True, onerror=_refuse):
        real, real_above = os.path.realpath(current), above.get(os.path.dirname(current))
        if real_above is not None and real in real_above:  # a link back to a folder above
            folders.clear()
            continue
        above[current] = (real_above or frozenset()) | {real}
        folders[:] = [name for name in folders if not name.startswith('.')]
        for name in files:
            if not name.startswith('.') and name.lower().endswith(IMAGE_EXTENSIONS):
                found.append((Path(current) / name).relative_to(root).as_posix())
    return sorted(found)


def _refuse(error: OSError) -> None:
    if isinstance(error, FileNotFoundError):
        return
    raise DatasetError(
        f'The folder {error.filename} cannot be read: {system_reason(error)}.'
    ) from error


def _read_fast(path: PathLike) -> np.ndarray | None:
    """The pixels of an ordinary JPEG or PNG, or None: reading in full tells what there is."""
    try:
        if not os.path.isfile(path):  # opening a pipe without a writer would never end
            return None
        # Unlike cv2.imread, this takes any name on any system. A buffer would mean another copy.
        with open(path, 'rb', buffering=0) as file:
            if not file.read(8).startswith(SIGNATURES):
                return None
            file.seek(0)
            return decode_fast(file.read())
    except OSError:
        return None
