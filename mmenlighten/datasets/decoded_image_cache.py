"""Decoded pictures on disk, from which a crop is read without decoding the picture again."""

from __future__ import annotations

import hashlib
import io
import logging
import mmap
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.logging import print_log

from mmenlighten.photos.image_io import READER, PathLike, read_image
from mmenlighten.utils.atomic import write_bytes
from mmenlighten.utils.errors import ConfigError, system_reason
from mmenlighten.utils.numbers_of_text import parse_memory
from mmenlighten.utils.shared_array import SharedArray

from .folder_budget import FolderBudget

_HEADER = re.compile(rb"\x93NUMPY\x01\x00(..)\{'descr': '\|u1'.*'shape': \((\d+), (\d+), 3\)", re.S)


class DecodedImageCache:
    """Reads pictures as :func:`read_image` does, decoding each of them once.

    A decoded picture is a ``.npy`` file, mapped into memory: what a crop does not touch is not
    read. Any number of processes may use one folder. An entry belongs to a path, the file's size
    and time of change, and the version of the reader and its libraries; a file that has changed is
    decoded anew and its old entry deleted. A damaged entry is replaced.

    If the folder cannot be written to, or is full, one warning says so, and pictures that are not
    in it yet are decoded each time. The folder may be deleted at any time.

    Args:
        folder: Folder of the cache, made if needed.
        max_bytes: Most that the folder may take, in bytes or as ``'20GiB'``.

    Raises:
        ConfigError: ``max_bytes`` is no amount of bytes.
    """

    def __init__(self, folder: PathLike, max_bytes: int | str = '20GiB') -> None:
        self.folder = Path(os.path.abspath(os.path.expanduser(folder)))
        self._budget = FolderBudget(self.folder, _parse_bytes(max_bytes))
        self._has_stopped = SharedArray(1, torch.uint8)

    def read(self, path: PathLike) -> np.ndarray:
        """Reads a picture.

        Returns:
            Array (H, W, 3), uint8, RGB. Writing to it never changes the cache.

        Raises:
            ImageReadError: See :func:`read_image`.
        """
        try:
            state = os.stat(path)
        except OSError:
            return read_image(path)  # which tells what is wrong
        entry = self._entry(path, state)
        image = _map_entry(entry)
        if image is None:
            image = read_image(path)
            if not self._has_stopped[0] and _is_unchanged(path, state):
                self._store(entry, image)
        return image

    def _entry(self, path: PathLike, state: os.stat_result) -> Path:
        place = hashlib.sha256(os.fsencode(os.path.abspath(path))).hexdigest()[:32]
        content = f'{state.st_size} {state.st_mtime_ns} {READER}'
        version = hashlib.sha256(content.encode()).hexdigest()[:16]
        return self.folder / place[:2] / f'{place[2:]}.{version}.npy'

    def _store(self, entry: Path, image: np.ndarray) -> None:
        try:
            if not self._budget.has_room(image.nbytes):
                self._stop(f'is full (max_bytes={self._budget.max_bytes})')
                return
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, image, version=(1, 0))
            write_bytes(entry, buffer.getbuffer())
            if self._budget.is_exceeded():
                entry.unlink(missing_ok=True)
            for other in entry.parent.glob(f'{entry.name.split(".")[0]}.*.npy'):
                if other != entry:
                    other.unlink(missing_ok=True)
        except OSError as error:
            # Where a mapped file cannot be replaced, another process has just written the same.
            if not entry.is_file():
                self._stop(f'cannot be written to ({system_reason(error)})')

    def _stop(self, reason: str) -> None:
        if self._has_stopped[0]:
            return
        self._has_stopped[0] = 1
        print_log(
            f'The decoded_cache {self.folder} {reason}: pictures that are not in it are decoded '
            'each time. Make room, raise max_bytes, or choose another folder.',
            logger='current',
            level=logging.WARNING,
        )


def open_decoded_cache(option: PathLike | Mapping[str, Any] | None) -> DecodedImageCache | None:
    """Makes the cache that ``decoded_cache`` of a data set asks for.

    Raises:
        ConfigError: The option is neither a folder nor a dict of the arguments.
    """
    if option is None:
        return None
    arguments = option if isinstance(option, Mapping) else dict(folder=option)
    if not isinstance(arguments.get('folder'), (str, os.PathLike)) or (
        arguments.keys() - {'folder', 'max_bytes'}
    ):
        raise ConfigError(
            f'decoded_cache={option!r}: give a folder, or dict(folder=..., max_bytes=...).'
        )
    return DecodedImageCache(**arguments)


def _map_entry(entry: Path) -> np.ndarray | None:
    """The picture of an entry, or None if there is none or it is damaged."""
    try:
        with open(entry, 'rb') as file:
            # Private pages: transforms may write into the picture as into any other.
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    except (OSError, ValueError):
        return None
    # numpy.load reads the same, but parses the header ten times as long.
    header = _HEADER.match(mapped[:128])
    if header is None:
        return None
    start = 10 + int.from_bytes(header[1], 'little')
    height, width = int(header[2]), int(header[3])
    if len(mapped) != start + height * width * 3:
        return None
    return np.frombuffer(mapped, np.uint8, offset=start).reshape(height, width, 3)


def _is_unchanged(path: PathLike, state: os.stat_result) -> bool:
    try:
        now = os.stat(path)
    except OSError:
        return False
    return (now.st_size, now.st_mtime_ns) == (state.st_size, state.st_mtime_ns)


def _parse_bytes(amount: int | str) -> int:
    try:
        number = parse_memory(amount) if isinstance(amount, str) else int(amount)
    except (ConfigError, TypeError, ValueError):
        number = 0
    if number < 1:
        raise ConfigError(
            f'decoded_cache.max_bytes={amount!r} is no amount of bytes: write for example 20GiB.'
        )
    return number
