from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from mmenlighten.photos import fast_decoding
from mmenlighten.photos.image_io import IMAGE_EXTENSIONS, list_images, read_image, write_image
from mmenlighten.utils.errors import DatasetError, ImageReadError, UserError

LOSSLESS = ('.png', '.bmp', '.tif', '.tiff', '.webp', '.ppm')


def noise(height: int = 24, width: int = 30) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def smooth(height: int = 24, width: int = 30) -> np.ndarray:
    """A picture whose three channels differ and that JPEG keeps well."""
    down, right = np.mgrid[0:height, 0:width]
    image = np.stack([down * 10, right * 8, 255 - down * 10], axis=2)
    return image.clip(0, 255).astype(np.uint8)


def insert_exif_orientation(jpeg: bytes, orientation: int) -> bytes:
    tiff = b'II*\0\x08\0\0\0' + b'\x01\0' + b'\x12\x01\x03\0\x01\0\0\0'
    tiff += bytes([orientation, 0, 0, 0]) + b'\0\0\0\0'
    content = b'Exif\0\0' + tiff
    return jpeg[:2] + b'\xff\xe1' + (len(content) + 2).to_bytes(2, 'big') + content + jpeg[2:]


def encoded(extension: str, image: np.ndarray) -> bytes:
    return cv2.imencode(extension, cv2.cvtColor(image, cv2.COLOR_RGB2BGR))[1].tobytes()


@pytest.mark.parametrize('extension', LOSSLESS)
def test_lossless_format_gives_back_every_pixel(tmp_path: Path, extension: str) -> None:
    write_image(tmp_path / f'a{extension}', noise())
    image = read_image(tmp_path / f'a{extension}')
    assert image.dtype == np.uint8
    assert np.array_equal(image, noise())


@pytest.mark.parametrize('extension', ['.jpg', '.jpeg', '.JPG'])
def test_jpeg_keeps_the_order_of_channels(tmp_path: Path, extension: str) -> None:
    write_image(tmp_path / f'a{extension}', smooth())
    difference = read_image(tmp_path / f'a{extension}').astype(int) - smooth()
    assert np.abs(difference).mean() < 4


@pytest.mark.parametrize('extension', ['.jpg', '.png', '.bmp'])
def test_pixels_are_the_same_with_an_opencv_that_decodes_to_bgr_only(
    tmp_path: Path, extension: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_image(tmp_path / f'a{extension}', smooth(40, 50))
    image = read_image(tmp_path / f'a{extension}')
    monkeypatch.setattr(fast_decoding, '_COLOR_RGB', cv2.IMREAD_COLOR)
    assert np.array_equal(read_image(tmp_path / f'a{extension}'), image)


@pytest.mark.parametrize('name', ['bild mit leerzeichen', 'Größe', '夜景', '🌃', '#%?&'])
def test_any_file_name_is_taken(tmp_path: Path, name: str) -> None:
    write_image(tmp_path / name / f'{name}.png', noise())
    assert list_images(tmp_path) == [f'{name}/{name}.png']
    assert np.array_equal(read_image(tmp_path / name / f'{name}.png'), noise())


def test_gray_picture_gets_three_equal_channels(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / 'gray.png'), noise()[..., 0])
    image = read_image(tmp_path / 'gray.png')
    assert np.array_equal(image, np.repeat(noise()[..., :1], 3, axis=2))


def test_alpha_is_dropped(tmp_path: Path) -> None:
    alpha = np.zeros((24, 30, 1), np.uint8)
    cv2.imwrite(str(tmp_path / 'a.png'), np.concatenate([noise()[..., ::-1], alpha], axis=2))
    assert np.array_equal(read_image(tmp_path / 'a.png'), noise())


@pytest.mark.parametrize('extension', ['.png', '.tif'])
def test_16_bit_picture_is_reduced_to_8_bit(tmp_path: Path, extension: str) -> None:
    cv2.imwrite(str(tmp_path / f'a{extension}'), noise()[..., ::-1].astype(np.uint16) * 257)
    image = read_image(tmp_path / f'a{extension}')
    assert image.dtype == np.uint8
    assert np.array_equal(image, noise())


@pytest.mark.parametrize('extension', ['.png', '.tif', '.ppm'])
def test_16_bit_values_are_rounded(tmp_path: Path, extension: str) -> None:
    values = np.arange(2**16, dtype=np.uint16).reshape(256, 256)
    cv2.imwrite(str(tmp_path / f'a{extension}'), np.stack([values] * 3, axis=2))
    expected = np.rint(values / 257).astype(np.uint8)
    assert np.array_equal(read_image(tmp_path / f'a{extension}'), np.stack([expected] * 3, axis=2))


def test_16_bit_gray_and_alpha_are_taken_as_with_8_bit(tmp_path: Path) -> None:
    wide = noise().astype(np.uint16) * 257
    cv2.imwrite(str(tmp_path / 'gray.png'), wide[..., 0])
    cv2.imwrite(str(tmp_path / 'alpha.png'), np.concatenate([wide, wide[..., :1] // 3], axis=2))
    assert np.array_equal(read_image(tmp_path / 'gray.png'), np.repeat(noise()[..., :1], 3, axis=2))
    assert np.array_equal(read_image(tmp_path / 'alpha.png'), noise()[..., ::-1])


def test_picture_is_turned_as_its_exif_tag_says(tmp_path: Path) -> None:
    path = tmp_path / 'a.jpg'
    path.write_bytes(insert_exif_orientation(encoded('.jpg', smooth()), 6))
    turned = np.rot90(smooth(), -1)
    image = read_image(path)
    assert image.shape == turned.shape
    assert np.abs(image.astype(int) - turned).mean() < 4


@pytest.mark.parametrize('extension', ['.jpg', '.png'])
@pytest.mark.parametrize('share', [0.1, 0.5, 0.9, 0.99])
def test_truncated_picture_is_named(tmp_path: Path, extension: str, share: float) -> None:
    data = encoded(extension, noise(60, 60))
    path = tmp_path / f'cut{extension}'
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ImageReadError, match=f'cut{extension} cannot be read.*Copy it again'):
        read_image(path)


def test_truncated_jpeg_is_not_saved_by_the_end_mark_of_its_thumbnail(tmp_path: Path) -> None:
    thumbnail = b'Exif\0\0' + encoded('.jpg', smooth(8, 8))
    data = encoded('.jpg', noise(60, 60))
    data = data[:2] + b'\xff\xe1' + (len(thumbnail) + 2).to_bytes(2, 'big') + thumbnail + data[2:]
    path = tmp_path / 'a.jpg'
    path.write_bytes(data)
    assert read_image(path).shape == (60, 60, 3)
    path.write_bytes(data[: len(data) * 2 // 3])
    with pytest.raises(ImageReadError, match=r'a\.jpg cannot be read: '):
        read_image(path)


@pytest.mark.parametrize('extension', ['.jpg', '.png'])
def test_bytes_after_the_picture_do_no_harm(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f'a{extension}'
    path.write_bytes(encoded(extension, smooth()) + bytes(5000))
    assert read_image(path).shape == smooth().shape


@pytest.mark.parametrize(
    ('content', 'reason'),
    [
        (b'', 'the file is empty'),
        (b'no picture', 'it is a text, not a photograph'),
        (b'GIF89a', 'GIF is not handled'),
        (b'\1no picture', 'it is not a JPEG, PNG, TIFF, BMP, WebP or PPM'),
        (b'\xff\xd8\xff', 'Copy it again'),
        (b'\x89PNG\r\n\x1a\n' + b'x' * 40 + b'IEND\xaeB`\x82', 'Copy it again'),
    ],
)
def test_file_that_is_no_picture_is_named_with_a_remedy(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / 'a.png'
    path.write_bytes(content)
    with pytest.raises(ImageReadError, match=rf'a\.png cannot be read: .*{reason}.*\.$'):
        read_image(path)


def test_missing_file_and_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(ImageReadError, match=r'gone\.png cannot be read: No such file'):
        read_image(tmp_path / 'gone.png')
    (tmp_path / 'folder.png').mkdir()
    with pytest.raises(ImageReadError, match=r'folder\.png cannot be read: it is not a file'):
        read_image(tmp_path / 'folder.png')


@pytest.mark.parametrize('name', ['a.gif', 'a', 'a.txt'])
def test_unknown_ending_is_refused_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match=r'must end in one of \.jpg'):
        write_image(tmp_path / name, noise())
    assert os.listdir(tmp_path) == []


def test_picture_too_wide_for_the_format_is_refused_and_the_old_file_stays(tmp_path: Path) -> None:
    path = tmp_path / 'a.webp'
    path.write_bytes(b'old')
    with pytest.raises(UserError, match=r'a\.webp cannot be written: .*20000x1 pixels'):
        write_image(path, np.zeros((1, 20_000, 3), np.uint8))
    assert path.read_bytes() == b'old'


@pytest.mark.parametrize(
    'image', [np.zeros((4, 4, 3), np.float32), np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4))]
)
def test_array_that_is_no_finished_picture_is_refused(tmp_path: Path, image: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r'Expected uint8 \(H, W, 3\)'):
        write_image(tmp_path / 'a.png', image)


def test_listing_is_recursive_sorted_and_of_pictures_only(tmp_path: Path) -> None:
    names = [f'sub/deep/{k}{extension}' for k, extension in enumerate(IMAGE_EXTENSIONS)]
    names += ['b.PNG', 'a.jpg', 'Z.JPeG', 'sub/c.png']
    others = ['notes.txt', 'png', 'a.png.part', '._a.jpg', '.hidden/x.png', 'sub/.thumb/y.png']
    for name in [*names, *others]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / 'folder.png').mkdir()
    assert list_images(tmp_path) == sorted(names)


@pytest.mark.parametrize('ending', ['', '/'])
def test_listing_is_relative_to_a_relative_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    write_image(tmp_path / 'photos' / 'x' / 'a.png', noise())
    monkeypatch.chdir(tmp_path)
    assert list_images(f'photos{ending}') == ['x/a.png']
    assert list_images('.') == ['photos/x/a.png']


def test_linked_folders_are_searched_each_under_its_own_name(tmp_path: Path) -> None:
    write_image(tmp_path / 'elsewhere' / 'a.png', noise())
    (tmp_path / 'photos').mkdir()
    for name in ('one', 'two'):
        (tmp_path / 'photos' / name).symlink_to(tmp_path / 'elsewhere')
    (tmp_path / 'link').symlink_to(tmp_path / 'photos')
    assert list_images(tmp_path / 'link') == ['one/a.png', 'two/a.png']


def test_links_that_lead_back_do_not_go_round_for_ever(tmp_path: Path) -> None:
    write_image(tmp_path / 'photos' / 'sub' / 'a.png', noise())
    write_image(tmp_path / 'other' / 'b.png', noise())
    (tmp_path / 'photos' / 'sub' / 'up').symlink_to(tmp_path / 'photos')
    (tmp_path / 'photos' / 'side').symlink_to(tmp_path / 'other')
    (tmp_path / 'other' / 'back').symlink_to(tmp_path / 'photos' / 'sub')
    listed = list_images(tmp_path / 'photos')
    assert listed == ['side/b.png', 'side/back/a.png', 'sub/a.png']


def test_missing_folder_has_no_pictures(tmp_path: Path) -> None:
    assert list_images(tmp_path / 'missing') == []


def test_file_in_place_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / 'file').touch()
    with pytest.raises(DatasetError, match='file cannot be read: Not a directory'):
        list_images(tmp_path / 'file')


def test_folder_that_may_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir = os.scandir
    (tmp_path / 'locked').mkdir()

    def refuse(folder: str) -> object:  # the superuser may read everything, so it is simulated
        if os.path.basename(folder) == 'locked':
            raise PermissionError(13, 'Permission denied', folder)
        return scandir(folder)

    monkeypatch.setattr(os, 'scandir', refuse)
    with pytest.raises(DatasetError, match='locked cannot be read: Permission denied'):
        list_images(tmp_path)


def test_error_in_the_middle_of_writing_leaves_no_half_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise OSError('No space left on device')

    monkeypatch.setattr(os, 'fsync', fail)
    with pytest.raises(OSError, match='No space'):
        write_image(tmp_path / 'a.png', noise())
    assert os.listdir(tmp_path) == []
