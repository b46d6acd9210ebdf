"""A photograph of a visitor on the disk, and its result at any strength."""

from __future__ import annotations

import re
import shutil
from pathlib import Path, PurePosixPath
from threading import Lock

import numpy as np

from mmenlighten.inference import blend
from mmenlighten.photos import Photo, encode_photo, read_photo
from mmenlighten.photos.formats import FORMATS
from mmenlighten.photos.shrinking import shrink
from mmenlighten.utils.atomic import write_bytes

from .preview import PREVIEW_SIDE, THUMBNAIL_SIDE, on_screen, write_jpeg

SUFFIX = '_enlightened'
ORIGINAL = 'original'
SHOWN = re.compile(r'(before|thumbnail|after-\d\.\d\d)\.jpg')
"""Names of the small pictures that the page may fetch."""


class StoredPhoto:
    """A photograph of a visitor on the disk, and its result; nothing large stays in memory.

    Workers in other processes know the same photograph by its folder.

    Args:
        folder: A folder of its own, which holds the photograph as `original`.
        name: What the visitor calls the photograph.
        replaced: The earlier result whose place the new one takes.

    Attributes:
        file_name: Name of the file with the result.
        is_large: Whether writing the result needs much of the memory.
        pixel_count: Number of pixels.
    """

    def __init__(self, folder: Path, name: str, replaced: StoredPhoto | None = None) -> None:
        self.folder = folder
        self.name = name
        self.replaced = replaced
        self.file_name = ''
        self.is_large = False
        self.pixel_count = 0
        self.original = folder / ORIGINAL
        self.enhanced = folder / 'enhanced.npy'
        self.before = folder / 'before.jpg'
        self.thumbnail = folder / 'thumbnail.jpg'
        self._pixels = folder / 'pixels.npy'
        self._small = folder / 'small.npz'
        self._small_enhanced = folder / 'small.npy'
        self.writing = Lock()
        self.drawing = Lock()

    def read(self, max_pixels: int) -> Photo:
        """Reads the photograph; see :func:`.read_photo`."""
        data = self.original.read_bytes()
        return read_photo(data, name=self.name, max_pixels=max_pixels)

    def keep_original(self, photo: Photo) -> None:
        """Writes what enhancing and the page need of the photograph.

        Raises:
            OSError: It cannot be written, as on a full disk.
        """
        np.save(self._pixels, photo.pixels)
        small = {'before': shrink(photo.pixels, PREVIEW_SIDE), 'is_gray': np.array(photo.is_gray)}
        if photo.alpha is not None:
            small['alpha'] = shrink(photo.alpha, PREVIEW_SIDE)
        if photo.icc_profile is not None:
            small['icc_profile'] = np.frombuffer(photo.icc_profile, np.uint8)
        np.savez(self._small, **small)  # type: ignore[arg-type]
        write_jpeg(_shown(small['before'], small), self.before)

    def pixels(self) -> np.ndarray:
        """The pixels of the photograph, until it is enhanced."""
        return np.load(self._pixels)

    def keep_enhanced(self) -> None:
        """Writes what the page shows of the pixels that are in the file `enhanced`.

        Raises:
            OSError: It cannot be written, as on a full disk.
        """
        after = shrink(np.load(self.enhanced, mmap_mode='r'), PREVIEW_SIDE)
        np.save(self._small_enhanced, after)
        self._pixels.unlink(missing_ok=True)
        write_jpeg(shrink(_shown(after, self._load_small()), THUMBNAIL_SIDE), self.thumbnail)

    def shows(self, path: str) -> bool:
        """Whether the file at a path is a small picture that the page shows."""
        folder, _, name = path.rpartition('/')
        return folder == self.folder.as_posix() and SHOWN.fullmatch(name) is not None

    def after(self, strength: float) -> Path:
        """Where :meth:`preview` writes the picture at a strength."""
        return self.folder / f'after-{strength:.2f}.jpg'

    def preview(self, strength: float) -> tuple[Path, Path]:
        """JPEG files for the screen: the photograph, and the result at a strength from 0 to 1.5."""
        path = self.after(strength)
        if not path.is_file():
            small = self._load_small()
            after = blend(small['before'], np.load(self._small_enhanced), strength)
            write_jpeg(_shown(after, small), path)
        return self.before, path

    def written(self, strength: float) -> Path:
        """Where :meth:`write` writes the result at a strength."""
        return self.folder / f'result-{strength:.2f}'

    def write(self, strength: float, max_pixels: int) -> Path:
        """The file of the result at full size, with all that the photograph's file held.

        Args:
            strength: From 0 to 1.5.
            max_pixels: The limit with which the photograph was read.

        Raises:
            UserError: The format cannot hold it.
            OSError: It cannot be written, as on a full disk.
        """
        path = self.written(strength)
        if not path.is_file():
            photo = self.read(max_pixels)
            pixels = np.load(self.enhanced, mmap_mode='r')
            if strength != 1:
                pixels = blend(photo.pixels, pixels, strength)
            data = encode_photo(photo.with_pixels(pixels))
            for old in self.folder.glob('result-*'):
                old.unlink(missing_ok=True)
            write_bytes(path, data)
        return path

    def remove(self) -> None:
        """Removes all of it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _load_small(self) -> dict[str, np.ndarray]:
        with np.load(self._small) as file:
            return dict(file)


def _shown(pixels: np.ndarray, small: dict[str, np.ndarray]) -> np.ndarray:
    """The colours that a screen shows of small pixels; `small` is from `_load_small`."""
    profile = small['icc_profile'].tobytes() if 'icc_profile' in small else None
    photo = Photo(pixels, is_gray=bool(small['is_gray']), icc_profile=profile)
    return on_screen(photo.with_pixels(pixels).pixels, photo, small.get('alpha'))


def result_name(format: str, name: str) -> str:
    """Name of the file with the result: that of the photograph with a suffix.

    The ending is that of the content: browsers and telephones go by it.

    Args:
        format: Of the content, as of :class:`mmenlighten.photos.Photo`.
        name: Of the photograph.
    """
    path = PurePosixPath(name)
    ending = path.suffix
    if FORMATS.get(ending.lower()) != format:
        ending = next(suffix for suffix, other in FORMATS.items() if other == format)
    return f'{path.stem}{SUFFIX}{ending}'
