"""Reads raw pictures and what they are to become."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from mmenlighten.photos import read_photo
from mmenlighten.utils.errors import ImageReadError, system_reason

from .camera_file import develop_camera_file, is_camera_file, read_camera_file
from .raw_image import RawImage

_NEEDED = ('black', 'white', 'pattern')


def read_raw(path: str | os.PathLike[str]) -> RawImage:
    """Reads a camera's file by rawpy, or a mosaic beside its sidecar (:func:`.write_raw`).

    A ``.npy`` file is mapped into memory: what is not touched is not read.

    Raises:
        ImageReadError: The file or its sidecar is missing or damaged.
        UserError: It is a camera's file, and rawpy is not installed.
    """
    path = Path(path)
    if is_camera_file(path):
        return read_camera_file(path)
    if path.suffix.lower() in ('.npy', '.npz'):
        mosaic = _read_array(path)
    else:
        mosaic = read_photo(path).pixels[..., 0]
    if mosaic.dtype != np.uint16 or mosaic.ndim != 2:
        raise ImageReadError(
            f'{path} cannot be read as a mosaic: it holds {mosaic.dtype} {mosaic.shape} instead of '
            'uint16 (H, W). Write it with mmenlighten.raw.write_raw.'
        )
    return RawImage(mosaic, **_read_sidecar(path.with_suffix('.json')))


def read_target(path: str | os.PathLike[str]) -> np.ndarray:
    """Reads what a raw picture is to become: a developed picture, or a camera's file, developed.

    Camera's files are developed as the official program does (the camera's white balance, no
    brightening), but stay as the sensor lies. A ``.npy`` file is mapped into memory.

    Returns:
        RGB (H, W, 3), uint8 or uint16, sRGB.

    Raises:
        ImageReadError: The file is missing or damaged.
        UserError: It is a camera's file, and rawpy is not installed.
    """
    path = Path(path)
    if is_camera_file(path):
        return develop_camera_file(path)
    return _read_array(path) if path.suffix.lower() == '.npy' else read_photo(path).pixels


def _read_array(path: Path) -> np.ndarray:
    try:
        if path.suffix.lower() == '.npy':
            return np.load(path, mmap_mode='r', allow_pickle=False)
        with np.load(path, allow_pickle=False) as file:
            return file['mosaic']
    except OSError as error:
        raise ImageReadError(f'{path} cannot be read: {system_reason(error)}.') from error
    except Exception as error:
        # What NumPy and zip files raise for damaged content is not limited to any list.
        raise ImageReadError(
            f'{path} cannot be read: its content is not an array as mmenlighten.raw.write_raw '
            'writes it. Copy it again.'
        ) from error


def _read_sidecar(path: Path) -> dict[str, Any]:
    """Arguments of :class:`.RawImage`."""
    try:
        facts = json.loads(path.read_text(encoding='utf-8'))
    except OSError as error:
        raise ImageReadError(
            f'{path} cannot be read ({system_reason(error)}): a mosaic needs this file beside it, '
            'with black, white and pattern.'
        ) from error
    except ValueError as error:
        raise ImageReadError(f'{path} is not JSON: copy it again.') from error
    missing = [name for name in _NEEDED if not isinstance(facts, dict) or name not in facts]
    if missing:
        raise ImageReadError(f'{path} lacks {", ".join(missing)}: add what the camera tells.')
    pattern = str(facts['pattern'])
    try:
        black, white = float(facts['black']), float(facts['white'])
        exposure = facts.get('exposure')
        exposure = None if exposure is None else float(exposure)
        turns = int(facts.get('turns', 0))
    except (TypeError, ValueError) as error:
        raise ImageReadError(
            f'{path} has something else than numbers for black, white, exposure or turns: mend it.'
        ) from error
    if not 0 <= black < white or len(pattern) not in (4, 36) or set(pattern) - set('RGB'):
        raise ImageReadError(
            f'{path} has black={black:g}, white={white:g}, pattern={pattern!r}: black must be '
            "below white, and the pattern 4 or 36 letters of R, G and B, such as 'RGGB'."
        )
    return dict(pattern=pattern, black=black, white=white, exposure=exposure, turns=turns)
