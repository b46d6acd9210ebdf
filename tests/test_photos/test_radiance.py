from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from mmenlighten.photos import Photo, read_radiance, write_photo, write_radiance
from mmenlighten.photos import radiance as module
from mmenlighten.utils.errors import ImageReadError, UserError


def light() -> np.ndarray:
    return (np.random.default_rng(0).random((9, 7, 3)) * 3 + 0.1).astype(np.float32)


@pytest.mark.parametrize('ending', ['.tif', '.TIFF', '.hdr', '.exr'])
def test_light_comes_back(tmp_path: Path, ending: str) -> None:
    if ending == '.exr':
        pytest.importorskip('OpenEXR')
    path = tmp_path / 'made' / f'a{ending}'
    write_radiance(path, light())
    found = read_radiance(path)
    assert found.dtype == np.float32
    # Radiance HDR has 8 bits for the brightest of three colours, and the same steps for the others.
    step = light().max(axis=2, keepdims=True) / 128 if ending == '.hdr' else 1e-9
    assert (np.abs(found - light()) <= step).all()
    assert abs((found - light()).mean()) < 1e-3  # it is rounded, not cut off


def test_gray_light_has_three_equal_channels(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / 'a.tif'), light()[..., 0])
    np.testing.assert_array_equal(read_radiance(tmp_path / 'a.tif'), light()[..., [0, 0, 0]])


def test_what_is_no_light_is_told_in_a_sentence(tmp_path: Path) -> None:
    write_photo(Photo(np.zeros((2, 3, 3), np.uint16), 16), tmp_path / 'whole.tif')
    (tmp_path / 'damaged.hdr').write_bytes(b'#?RADIANCE\nno')
    cv2.imwrite(str(tmp_path / 'endless.tif'), np.full((2, 3, 3), np.inf, np.float32))
    for name, message in (
        ('whole.tif', 'holds uint16, which is no linear light: give floating-point numbers'),
        ('damaged.hdr', 'damaged, or not one of .hdr, .tif'),
        ('endless.tif', 'not finite'),
        ('missing.hdr', 'No such file'),
    ):
        with pytest.raises(ImageReadError, match=message) as caught:
            read_radiance(tmp_path / name)
        assert name in str(caught.value)


def test_other_endings_and_missing_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UserError, match=r'needs a name that ends in \.hdr, \.tif'):
        write_radiance(tmp_path / 'a.png', light())
    with pytest.raises(ValueError, match='Expected floats'):
        write_radiance(tmp_path / 'a.hdr', np.zeros((2, 2, 3), np.uint8))
    monkeypatch.setitem(__import__('sys').modules, 'OpenEXR', None)
    with pytest.raises(UserError, match=r'pip install "mmenlighten\[hdr\]".* Or use \.hdr'):
        write_radiance(tmp_path / 'a.exr', light())
    assert module.RADIANCE_ENDINGS[-1] == '.exr'
