"""Pictures of all kinds that the inferencer takes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from mmenlighten.photos import Photo, write_photo


def random_levels(*shape: int, dtype: type = np.uint8, seed: int = 0) -> np.ndarray:
    """Values of the lower third."""
    most = np.iinfo(dtype).max // 3
    return np.random.default_rng([seed, *shape]).integers(0, most, shape).astype(dtype)


def write_kinds(folder: Path) -> list[Path]:
    """Files with all that belongs to photographs: 16 bits, alpha, gray, a turned JPEG."""
    folder.mkdir(parents=True, exist_ok=True)
    color, gray = random_levels(21, 34, 3), np.repeat(random_levels(20, 30, 1), 3, axis=2)
    alpha = random_levels(21, 34, seed=1)
    photos = {
        'alpha.png': Photo(color, alpha=alpha, icc_profile=b'profile', text=(('Title', 'night'),)),
        'deep.tif': Photo(random_levels(18, 19, 3, dtype=np.uint16), 16, format='tiff'),
        'gray.png': Photo(gray, is_gray=True),
    }
    for name, photo in photos.items():
        write_photo(photo, folder / name)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(color).save(folder / 'turned.jpg', exif=exif, quality=90)
    return sorted(folder.iterdir())
