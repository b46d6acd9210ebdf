"""Reading, writing and listing image files: always RGB, always 8 bit, any file name."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np

from .atomic import write_bytes
from .errors import DatasetError, ImageReadError, UserError
from .file_kinds import recognise_file

IMAGE_EXTENSIONS = ('.jpg', '.jpeg', '.png', '.bmp', '.tif', '.tiff', '.webp', '.ppm')
"""Endings of the files that are taken for images, in lower case; any case is accepted."""

# Newer versions of OpenCV can decode to RGB at once, which spares a pass over the picture. They are
# asked to only for formats where they do: 16-bit TIFF, for one, would stay BGR.
_COLOR_RGB: int = getattr(cv2, 'IMREAD_COLOR_RGB', cv2.IMREAD_COLOR)
_SIGNATURES = (b'\xff\xd8\xff', b'\x89PNG')

PathLike = str | os.PathLike[str]


def read_image(path: PathLike) -> np.ndarray:
    """Reads a picture as it is meant to be seen: turned as its EXIF tag says, alpha dropped.

    The colours under transparent parts are taken as they are stored; nothing is blended.

    Returns:
        Array (H, W, 3), uint8, RGB. Gray pictures get three equal channels; 16-bit values are
        divided by 257 and rounded.

    Raises:
        ImageReadError: The file is missing, empty, incomplete, of floating-point numbers, or not
            an image; the message names it.
    """
    try:
        with open(path, 'rb') as file:  # unlike cv2.imread, takes any name on any system
            data = file.read()
    except OSError as error:
        raise ImageReadError(f'{path} cannot be read: {error.strerror or error}.') from error
    if not data:
        raise ImageReadError(f'{path} cannot be read: the file is empty. Copy it again.')
    kind = recognise_file(data, str(path))
    if kind is not None and not kind.is_read:
        raise ImageReadError(f'{path} cannot be read: {kind.refusal}')
    if _ends_early(data):
        raise ImageReadError(
            f'{path} cannot be read: the file ends before the picture does. Copy it again.'
        )
    is_rgb = _COLOR_RGB != cv2.IMREAD_COLOR and data.startswith(_SIGNATURES)
    mode = _COLOR_RGB if is_rgb else cv2.IMREAD_COLOR
    try:
        # Without ANYDEPTH, OpenCV would cut off the lower 8 of 16 bits of some formats.
        image = cv2.imdecode(np.frombuffer(data, np.uint8), mode | cv2.IMREAD_ANYDEPTH)
    except cv2.error:
        image = None
    if image is None:
        raise ImageReadError(
            f'{path} cannot be read: it is not an image, or its content is damaged. Copy it again.'
        )
    if not is_rgb:
        image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    if image.dtype == np.uint16:
        # (x + 128) // 257 is x / 257 rounded; ties cannot occur, since 257 is odd.
        return ((image.astype(np.uint32) + 128) // 257).astype(np.uint8)
    if image.dtype != np.uint8:
        raise ImageReadError(
            f'{path} cannot be read: its {image.dtype} values have no known range. '
            'Save it with 8 or 16 bits.'
        )
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
    raise DatasetError(f'The folder {error.filename} cannot be read: {error.strerror}.') from error


def _ends_early(data: bytes) -> bool:
    """Whether a JPEG or PNG lacks its end mark; OpenCV would fill up the missing part with gray."""
    if data.startswith(b'\x89PNG'):
        return b'IEND' not in data[-64:] and b'IEND' not in data
    if not data.startswith(b'\xff\xd8\xff'):
        return False
    position = 2
    while position + 4 <= len(data) and data[position] == 0xFF:
        if data[position + 1] == 0xFF:  # padding
            position += 1
        elif data[position + 1] == 0xDA:  # start of the picture, after thumbnails and the like
            return data.find(b'\xff\xd9', position) < 0
        else:
            position += 2 + int.from_bytes(data[position + 2 : position + 4], 'big')
    return True
