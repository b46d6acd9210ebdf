"""An enhanced photograph on the disk, at any strength."""

from __future__ import annotations

import dataclasses
import re
import shutil
from pathlib import Path, PurePosixPath
from threading import Lock

import numpy as np

from mmenlighten.apis.named_bytes import NamedBytes
from mmenlighten.inference import blend
from mmenlighten.photos import Photo, encode_photo, read_photo
from mmenlighten.photos.writing import FORMATS
from mmenlighten.utils.atomic import write_bytes

from .preview import THUMBNAIL_SIDE, on_screen, shrink, write_jpeg

SUFFIX = '_enlightened'
ORIGINAL = 'original'
SHOWN = re.compile(r'(before|thumbnail|after-\d\.\d\d)\.jpg')
"""Names of small pictures for the screen."""


class Result:
    """An enhanced photograph on the disk, at any strength; nothing large stays in memory.

    Args:
        folder: A folder of its own, which holds the photograph as `original`.
        name: What the visitor calls the photograph.
        file_name: Name of the file with the result.
        is_large: Whether writing it needs much of the memory.
    """

    def __init__(self, folder: Path, name: str, file_name: str, is_large: bool = False) -> None:
        self.folder = folder
        self.name = name
        self.file_name = file_name
        self.is_large = is_large
        self.original = folder / ORIGINAL
        self._enhanced = folder / 'enhanced.npy'
        self._small = folder / 'small.npz'
        self._rest: Photo | None = None
        self._writing = Lock()
        self._drawing = Lock()

    def keep(self, photo: Photo, enhanced: np.ndarray) -> None:
        """Writes what the page shows and what later strengths are made of.

        Args:
            photo: The photograph.
            enhanced: Its pixels at full strength, in its own type.

        Raises:
            OSError: They cannot be written, as on a full disk.
        """
        np.save(self._enhanced, enhanced)
        small = {'before': shrink(photo.pixels), 'after': shrink(enhanced)}
        if photo.alpha is not None:
            small['alpha'] = shrink(photo.alpha)
        # All that a small picture needs of the photograph, which itself is large.
        nothing = np.zeros((1, 1, 3), np.uint8)
        self._rest = Photo(nothing, is_gray=photo.is_gray, icc_profile=photo.icc_profile)
        np.savez(self._small, **small)  # type: ignore[arg-type]
        write_jpeg(self._shown(small, 'before'), self.folder / 'before.jpg')
        write_jpeg(shrink(self._shown(small, 'after'), THUMBNAIL_SIDE), self.thumbnail)

    @property
    def thumbnail(self) -> Path:
        """A small JPEG of the result at strength 1."""
        return self.folder / 'thumbnail.jpg'

    def shows(self, path: str) -> bool:
        """Whether the file at a path is a picture of this result for the screen."""
        folder, _, name = path.rpartition('/')
        return folder == self.folder.as_posix() and SHOWN.fullmatch(name) is not None

    def preview(self, strength: float) -> tuple[Path, Path]:
        """JPEG files for the screen: the photograph, and the result at a strength from 0 to 1.5."""
        path = self.folder / f'after-{strength:.2f}.jpg'
        with self._drawing:
            if not path.is_file():
                with np.load(self._small) as file:
                    small = dict(file)
                small['after'] = blend(small['before'], small['after'], strength)
                write_jpeg(self._shown(small, 'after'), path)
        return self.folder / 'before.jpg', path

    def write(self, strength: float, max_pixels: int) -> Path:
        """The file of the result at full size, with all that the photograph's file held.

        Args:
            strength: From 0 to 1.5.
            max_pixels: The limit with which the photograph was read.

        Raises:
            UserError: The format cannot hold it.
            OSError: It cannot be written, as on a full disk.
        """
        path = self.folder / f'result-{strength:.2f}'
        with self._writing:
            if not path.is_file():
                data = encode_photo(self._at(strength, max_pixels))
                for old in self.folder.glob('result-*'):
                    old.unlink(missing_ok=True)
                write_bytes(path, data)
        return path

    def remove(self) -> None:
        """Removes all of it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _at(self, strength: float, max_pixels: int) -> Photo:
        source = NamedBytes(self.original.read_bytes(), self.name)
        photo = read_photo(source, max_pixels=max_pixels)
        enhanced = np.load(self._enhanced, mmap_mode='r')
        if strength == 1:
            return photo.with_pixels(enhanced)
        return photo.with_pixels(blend(photo.pixels, enhanced, strength))

    def _shown(self, small: dict[str, np.ndarray], which: str) -> np.ndarray:
        assert self._rest is not None
        photo = dataclasses.replace(self._rest, pixels=small[which])
        return on_screen(photo.with_pixels(photo.pixels).pixels, photo, small.get('alpha'))


def result_name(photo: Photo, name: str) -> str:
    """Name of the file with the result: that of the photograph with a suffix.

    The ending is that of the content: browsers and telephones go by it.
    """
    path = PurePosixPath(name)
    ending = path.suffix
    if FORMATS.get(ending.lower()) != photo.format:
        ending = next(suffix for suffix, format in FORMATS.items() if format == photo.format)
    return f'{path.stem}{SUFFIX}{ending}'
