"""Files whose pixels end too early although the file itself is well-formed, of all formats."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image

from .made_files import chunk, png, tiff

HEIGHT, WIDTH = 70, 83
_RNG = np.random.default_rng(3)
ROUGH = (100 + np.cumsum(_RNG.normal(0, 4, (HEIGHT, WIDTH, 4)), 1)).clip(0, 255).astype(np.uint8)
PARTS = (0.1, 0.5, 0.9)
Shorten = Callable[[bytes, float], bytes]


def pillow(mode: str, format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(ROUGH).convert(mode).save(buffer, format, **options)
    return buffer.getvalue()


def short_png(data: bytes, part: float) -> bytes:
    """All chunks are whole, but they hold fewer rows."""
    at = data.index(b'IDAT')
    length = int.from_bytes(data[at - 4 : at], 'big')
    rows = zlib.decompress(data[at + 4 : at + 4 + length])
    packed = zlib.compress(rows[: int(len(rows) * part)])
    return data[: at - 4] + chunk(b'IDAT', packed) + data[at + 8 + length :]


def short_jpeg(data: bytes, part: float) -> bytes:
    """The code ends early and the end marker follows."""
    start = data.index(b'\xff\xda') + 14
    end = start + int((len(data) - start) * part)
    return data[: end - (data[end - 1] == 0xFF)] + b'\xff\xd9'


def jpeg_without_first_scan(data: bytes, part: float) -> bytes:
    """A part of the first scan is missing, with all others behind it."""
    first, second = [found.start() for found in re.finditer(b'\xff[\xc4\xda]', data)][-2:]
    scans = [found.start() for found in re.finditer(b'\xff\xda', data)]
    start = scans[0] + 14
    end = next(
        found.start() for found in re.finditer(b'\xff[\xc4\xda\xd9]', data) if found.start() > start
    )
    assert first < second
    cut = start + int((end - start) * part)
    return data[: cut - (data[cut - 1] == 0xFF)] + data[end:]


def jpeg_without_a_piece(data: bytes, part: float) -> bytes:
    """The code between two restart markers is lost, with the first of them."""
    marks = [found.start() for found in re.finditer(b'\xff[\xd0-\xd7]', data)]
    number = min(int(len(marks) * part), len(marks) - 2)
    return data[: marks[number]] + data[marks[number + 1] :]


def short_tiff(data: bytes, part: float) -> bytes:
    """The only strip claims fewer bytes."""
    changed = bytearray(data)
    start = struct.unpack_from('<I', data, 4)[0]
    for at in range(start + 2, start + 2 + 12 * struct.unpack_from('<H', data, start)[0], 12):
        tag, kind, count = struct.unpack_from('<HHI', data, at)
        if tag == 279:
            assert count == 1
            size = struct.unpack_from('<H' if kind == 3 else '<I', data, at + 8)[0]
            struct.pack_into('<HHII', changed, at, tag, 4, 1, int(size * part))
    return bytes(changed)


def short_webp(data: bytes, part: float) -> bytes:
    """The chunk of pixels is shorter, and all sizes are right."""
    at = next(data.index(name) for name in (b'VP8L', b'VP8 ') if name in data)
    length = struct.unpack_from('<I', data, at + 4)[0]
    body = data[at + 8 : at + 8 + int(length * part) // 2 * 2]
    rest = data[at + 8 + length + length % 2 :]
    result = data[: at + 4] + struct.pack('<I', len(body)) + body + rest
    return result[:4] + struct.pack('<I', len(result) - 8) + result[8:]


def short_end(data: bytes, part: float) -> bytes:
    return data[: 1100 + int((len(data) - 1100) * part)]


def run_length_bmp() -> bytes:
    """A BMP of runs and of pixels one by one."""
    code = b''
    for row in ROUGH[::-1, :, 0]:
        for left in range(0, WIDTH - 3, 8):
            code += bytes([0, 5, *row[left : left + 5], 0, 3, row[left + 5]])
        code += bytes([WIDTH % 8 or 8, row[-1], 0, 0])
    palette = bytes(range(256)) * 4
    header = struct.pack('<IiiHHIIiiII', 40, WIDTH, HEIGHT, 1, 8, 1, len(code) + 2, 0, 0, 256, 0)
    start = 14 + len(header) + len(palette)
    head = struct.pack('<2sIHHI', b'BM', start + len(code) + 2, 0, 0, start)
    return head + header + palette + code + b'\0\1'


def short_kinds() -> Iterator[tuple[str, bytes, Shorten]]:
    """Names, whole files, and what makes them short."""
    gray, rgb = ROUGH[..., 0], ROUGH[..., :3]
    palette = chunk(b'PLTE', bytes(range(48)))
    for way in (0, 1):
        title = 'interlaced PNG' if way else 'PNG'
        for bits in (1, 2, 4, 8):
            yield f'{title} {bits} bits gray', png(gray >> (8 - bits), 0, bits, b'', way), short_png
        for kind, channels in ((2, 3), (4, 2), (6, 4)):
            for bits, array in ((8, ROUGH), (16, ROUGH.astype(np.uint16) * 257)):
                data = png(array[..., :channels], kind, bits, b'', way)
                yield f'{title} {bits} bits kind {kind}', data, short_png
        yield f'{title} palette', png(gray >> 4, 3, 4, palette, way), short_png
    for mode in ('L', 'RGB', 'CMYK'):
        for name, options in (
            ('', {}),
            (' progressive', {'progressive': True}),
            (' with restarts', {'restart_marker_blocks': 3}),
            (' without subsampling', {'subsampling': 0, 'quality': 95}),
        ):
            yield f'JPEG {mode}{name}', pillow(mode, 'JPEG', **options), short_jpeg
    progressive = pillow('RGB', 'JPEG', progressive=True)
    yield 'JPEG whose first scan is short', progressive, jpeg_without_first_scan
    restarts = pillow('RGB', 'JPEG', restart_marker_blocks=2)
    yield 'JPEG that lacks a piece between restarts', restarts, jpeg_without_a_piece
    for packing in ('raw', 'tiff_lzw', 'tiff_adobe_deflate', 'packbits', 'jpeg'):
        for mode in ('L', 'RGB', 'CMYK'):
            yield f'TIFF {packing} {mode}', pillow(mode, 'TIFF', compression=packing), short_tiff
    for packing in ('raw', 'tiff_lzw', 'group3', 'group4'):
        yield f'TIFF {packing} 1 bit', pillow('1', 'TIFF', compression=packing), short_tiff
    yield 'TIFF 16 bits', tiff(rgb.astype(np.uint16), photometric='rgb'), short_tiff
    for name, options in (('lossy', {}), ('lossless', {'lossless': True})):
        for mode in ('RGB', 'RGBA'):
            yield f'WebP {name} {mode}', pillow(mode, 'WEBP', **options), short_webp
    for mode in ('L', 'RGB', 'RGBA', 'P'):
        yield f'BMP {mode}', pillow(mode, 'BMP'), short_end
    yield 'BMP of runs', run_length_bmp(), short_end
    for mode in ('L', 'RGB'):
        yield f'PPM {mode}', pillow(mode, 'PPM'), short_end
    numbers = b' '.join(b'%d' % value for value in gray.flat)
    yield 'plain PGM', b'P2 %d %d 255\n' % (WIDTH, HEIGHT) + numbers, short_end
    bits = b''.join(b'%d' % (value > 127) for value in gray.flat)
    yield 'plain PBM', b'P1 %d %d\n' % (WIDTH, HEIGHT) + bits, short_end
