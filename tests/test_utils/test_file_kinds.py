from __future__ import annotations

import io
import struct
import tarfile
import zipfile

import numpy as np
import pytest

from mmenlighten.utils.file_kinds import HEAD_BYTES, KNOWN_PHOTO_ENDINGS, recognise_file
from mmenlighten.utils.optional_kinds import OPTIONAL_ENDINGS
from tests.test_photos.made_files import all_kinds, tiff, values


def boxes(major: bytes, *others: bytes) -> bytes:
    body = major + bytes(4) + b''.join(others)
    return struct.pack('>I', 8 + len(body)) + b'ftyp' + body + bytes(200)


def camera_tiff(maker: str, **options: object) -> bytes:
    tag = (271, 2, len(maker) + 1, maker, True)
    return tiff(values(1), photometric='minisblack', extratags=[tag], **options)


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, 'w') as file:
        file.writestr('a', 'b')
    return buffer.getvalue()


def tarred() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode='w') as file:
        file.addfile(tarfile.TarInfo('a'))
    return buffer.getvalue()


def packets(size: int, first: int) -> bytes:
    return (bytes(first) + b'\x47').ljust(size, b'\xff') * 6


READERS = {'HEIC', 'HEIF', 'AVIF', 'JPEG XL'}
DNG = tiff(values(1), extratags=[(50706, 1, 4, (1, 4, 0, 0), True)])
RAW = 'raw camera file'
KINDS = [
    (boxes(b'heic', b'mif1', b'heic'), 'HEIC', 'photo'),
    (boxes(b'mif1', b'mif1', b'heic'), 'HEIC', 'photo'),
    (boxes(b'mif1', b'mif1', b'avif'), 'AVIF', 'photo'),
    (boxes(b'mif1', b'mif1'), 'HEIF', 'photo'),
    (boxes(b'avif', b'mif1'), 'AVIF', 'photo'),
    (b'\xff\x0a' + bytes(99), 'JPEG XL', 'photo'),
    (b'\0\0\0\x0cJXL \r\n\x87\n' + boxes(b'jxl '), 'JPEG XL', 'photo'),
    (b'\0\0\0\x0cjP  \r\n\x87\n' + boxes(b'jp2 '), 'JPEG 2000', 'photo'),
    (b'\xff\x4f\xff\x51\0\x2f', 'JPEG 2000', 'photo'),
    (b'II*\0\x10\0\0\0CR\2\0' + bytes(99), 'CR2', RAW),
    (boxes(b'crx '), 'CR3', RAW),
    (b'FUJIFILMCCD-RAW 0201' + bytes(200), 'RAF', RAW),
    (b'IIRO\x08\0\0\0' + bytes(99), 'ORF', RAW),
    (b'IIU\0\x18\0\0\0' + bytes(99), 'RW2', RAW),
    (DNG, 'DNG', RAW),
    (camera_tiff('NIKON CORPORATION', subfiletype=1), 'NEF', RAW),
    (camera_tiff('SONY', subfiletype=1, byteorder='>'), 'ARW', RAW),
    (camera_tiff('SAMSUNG', subfiletype=1), 'SRW', RAW),
    (b'8BPS\0\1' + bytes(99), 'PSD', 'photo'),
    (b'\x76\x2f\x31\x01' + bytes(99), 'EXR', 'photo'),
    (b'#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n', 'HDR', 'photo'),
    (b'GIF89a' + bytes(99), 'GIF', 'photo'),
    (b'<?xml version="1.0"?>\n<!-- a --><svg xmlns="">', 'SVG', 'document'),
    (b'%PDF-1.7\n', 'PDF', 'document'),
    (zipped(), 'ZIP', 'archive'),
    (tarred(), 'tar', 'archive'),
    (b'\x1f\x8b\x08' + bytes(99), 'gzip', 'archive'),
    (b"7z\xbc\xaf'\x1c\0\4", '7z', 'archive'),
    (b'Rar!\x1a\x07\1\0', 'rar', 'archive'),
    (b'\n<!DOCTYPE html><title>Not found', 'HTML', 'web page'),
    (b'version https://git-lfs.github.com/spec/v1\noid sha256:1\n', 'Git LFS pointer', 'text'),
    ('# Read me: größer\n'.encode() * 300, 'text', 'text'),
    ('Größe'.encode('utf-16'), 'text', 'text'),
    ('größer als zuvor und danach'.encode('latin-1'), 'text', 'text'),
    ('夜景'.encode() * 999, 'text', 'text'),
    (boxes(b'isom', b'isom', b'mp41'), 'MP4', 'video'),
    (boxes(b'qt  '), 'MOV', 'video'),
    (b'\0\0\0\x08wide\0\0\0\0mdat' + bytes(99), 'MOV', 'video'),
    (boxes(b'3gp4'), '3GP', 'video'),
    (boxes(b'M4A '), 'M4A', 'sound'),
    (b'\x1a\x45\xdf\xa3\x9f\x42\x86\x81\1\x42\x82\x88matroska', 'MKV', 'video'),
    (b'\x1a\x45\xdf\xa3\x9f\x42\x86\x81\1\x42\x82\x84webm', 'WebM', 'video'),
    (b'RIFF\0\0\1\0AVI LIST', 'AVI', 'video'),
    (b'RIFF\0\0\1\0WAVEfmt ', 'WAV', 'sound'),
    (packets(188, 0), 'MPEG-TS', 'video'),
    (packets(192, 4), 'M2TS', 'video'),
    (b'FLV\1\5\0\0\0\x09', 'FLV', 'video'),
    (b'\0\0\1\xba\x44\0', 'MPEG', 'video'),
    (bytes.fromhex('3026b2758e66cf11a6d900aa0062ce6c'), 'WMV', 'video'),
    (b'OggS\0\2' + bytes(22) + b'\x80theora', 'Ogg', 'video'),
    (b'OggS\0\2' + bytes(22) + b'\1vorbis', 'Ogg', 'sound'),
]  # fmt: skip


@pytest.mark.parametrize(('data', 'name', 'group'), KINDS)
def test_kinds_are_known_by_their_content(data: bytes, name: str, group: str) -> None:
    kind = recognise_file(data[:HEAD_BYTES])
    assert kind is not None
    assert kind.name == (f'{name} ({RAW})' if group == RAW else name)
    assert kind.group == ('photo' if group == RAW else group)
    assert kind.is_read == (kind.reader is not None) == (name in READERS or group == RAW)
    assert kind.remedy.endswith('.')
    for wanted in ('photograph', 'video'):
        assert kind.name in kind.refusal(wanted)
        assert kind.remedy[1:] in kind.refusal(wanted)
    if kind.reader is not None:
        assert kind.reader.install in kind.refusal()
        assert kind.reader in OPTIONAL_ENDINGS.values()


_MADE = all_kinds()


@pytest.mark.parametrize('name', _MADE)
def test_what_is_read_is_not_taken_for_another_kind(name: str) -> None:
    made = _MADE[name]
    kind = recognise_file(made.data[:HEAD_BYTES], 'a.heic')
    assert kind is not None
    assert kind.is_read
    assert kind.name.lower() == made.format


def test_a_developed_tiff_of_a_camera_is_no_raw_file_but_with_the_ending_of_one() -> None:
    data = camera_tiff('NIKON CORPORATION')
    for name in ('', 'a.tif', 'a.png'):
        assert recognise_file(data, name).name == 'TIFF'  # type: ignore[union-attr]
    assert recognise_file(data, 'a.NEF').name == f'NEF ({RAW})'  # type: ignore[union-attr]
    assert recognise_file(tiff(values(1)), 'a.NEF').name == 'TIFF'  # type: ignore[union-attr]


@pytest.mark.parametrize(
    'data',
    [b'', b'\0' * 500, b'BM', b'P6', b'\xffabc', b'II*\0', b'MM\0*\xff\xff\xff\xff', b'RIFF'],
)
def test_what_is_nothing_known_is_not_guessed(data: bytes) -> None:
    kind = recognise_file(data)
    assert kind is None or kind.is_read or kind.name == 'text'


def test_all_heads_are_handled_without_error_() -> None:
    rng = np.random.default_rng(0)
    for data, *_ in KINDS:
        for length in (1, 2, 5, 9, 13, 30, len(data)):
            changed = bytearray(data[:length])
            changed[int(rng.integers(len(changed)))] ^= 0xFF
            recognise_file(data[:length])
            recognise_file(bytes(changed))
    assert recognise_file(b'<!---->' * 600).name == 'text'  # type: ignore[union-attr]


def test_endings_are_of_kinds_that_are_not_read() -> None:
    assert {'.jp2', '.psd', '.exr', '.gif'} <= {*KNOWN_PHOTO_ENDINGS}
    wanted = {'.heic', '.heif', '.avif', '.jxl', '.cr2', '.cr3', '.nef', '.arw', '.raf', '.dng'}
    assert wanted <= {*OPTIONAL_ENDINGS}
    assert not {*KNOWN_PHOTO_ENDINGS} & {*OPTIONAL_ENDINGS}
    assert not {'.jpg', '.png', '.tif', '.bmp', '.webp', '.ppm', '.mp4'} & {*KNOWN_PHOTO_ENDINGS}
