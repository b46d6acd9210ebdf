from __future__ import annotations

import subprocess
import sys


def test_photos_are_handled_without_torch_and_mmengine() -> None:
    code = (
        'import sys, numpy, mmenlighten.photos as photos\n'
        "photo = photos.Photo(numpy.zeros((2, 3, 3), 'uint8'))\n"
        "for kind in ('png', 'jpeg', 'tiff', 'webp', 'bmp', 'ppm'):\n"
        '    photos.read_photo(photos.encode_photo(photo, kind))\n'
        "print(sorted({'torch', 'mmengine', 'mmcv', 'skimage', 'scipy'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == '[]'
