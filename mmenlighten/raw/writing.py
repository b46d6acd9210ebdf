"""Writes raw pictures in a form that any program reads."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import cv2
import numpy as np

from mmenlighten.utils.atomic import write_bytes
from mmenlighten.utils.errors import UserError

from .raw_image import RawImage


def write_raw(path: str | os.PathLike[str], raw: RawImage) -> None:
    """Writes a mosaic, and what else is known into a sidecar: ``a.png`` and ``a.json``.

    Args:
        path: Ends in ``.png`` (16 bits, gray), ``.npy`` (which is read by parts) or ``.npz`` (whose
            array is called ``mosaic``).
        raw: The picture.

    Raises:
        UserError: The name ends otherwise.
    """
    path = Path(path)
    facts = {name: value for name, value in vars(raw).items() if name != 'mosaic'}
    write_bytes(path, _encoded(path, raw.mosaic))
    write_bytes(path.with_suffix('.json'), f'{json.dumps(facts)}\n'.encode())


def _encoded(path: Path, mosaic: np.ndarray) -> bytes:
    ending = path.suffix.lower()
    if ending == '.png':
        return cv2.imencode('.png', mosaic)[1].tobytes()
    buffer = io.BytesIO()
    if ending == '.npy':
        np.save(buffer, mosaic, allow_pickle=False)
    elif ending == '.npz':
        np.savez_compressed(buffer, mosaic=mosaic)
    else:
        raise UserError(f'{path} cannot be written: its name must end in .png, .npy or .npz.')
    return buffer.getvalue()
