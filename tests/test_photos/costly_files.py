"""Small files that would cost minutes or gigabytes, and what must come of each."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterable

import numpy as np

from .made_files import chunk, pillow, png, smooth

SIDE = 64
GRAY = np.random.default_rng(5).integers(0, 256, (SIDE, SIDE), dtype=np.uint8)
RGB = smooth(SIDE, SIDE)
Entry = tuple[int, int, int, int]
Case = tuple[bytes, str | np.ndarray | None]
"""A file and the sentence, the pixels, or None for a JPEG that is read."""


def directory(entries: Iterable[Entry]) -> bytes:
    """A directory of tags as they come: tag, type, count, and a value or its place."""
    parts = [struct.pack('<HHII', *entry) for entry in entries]
    return struct.pack('<H', len(parts)) + b''.join(parts) + b'\0\0\0\0'


def block(entries: Iterable[Entry], size: int = 0) -> bytes:
    return (b'II*\0' + struct.pack('<I', 8) + directory(entries)).ljust(size, b'\0')


def gray_tiff(extra: Iterable[Entry], code: bytes, size: int = 0, **changed: int) -> bytes:
    """A gray TIFF of one strip behind its directory."""
    tags = {'width': SIDE, 'height': SIDE, 'compression': 1, 'color': 1, 'rows': SIDE} | changed
    extra, start = list(extra), 1 << 15
    entries = [
        (256, 4, 1, tags['width']), (257, 4, 1, tags['height']), (258, 3, 1, 8),
        (259, 3, 1, tags['compression']), (262, 3, 1, tags['color']),
    ]  # fmt: skip
    given = {entry[0] for entry in extra}
    for entry in ((273, 4, 1, start), (278, 4, 1, tags['rows']), (279, 4, 1, len(code))):
        entries += [entry] if entry[0] not in given else []
    data = block(sorted([*entries, (277, 3, 1, 1), *extra], key=lambda entry: entry[0]))
    assert len(data) < start
    return (data.ljust(start, b'\0') + code).ljust(size, b'\0')


def with_segments(bodies: Iterable[bytes], mark: int = 0xE1, without_jfif: bool = False) -> bytes:
    data = pillow(RGB, 'JPEG')
    rest = data[4 + int.from_bytes(data[4:6], 'big') :] if without_jfif else data[2:]
    parts = [bytes([0xFF, mark]) + struct.pack('>H', len(body) + 2) + body for body in bodies]
    return data[:2] + b''.join(parts) + rest


def sized(data: bytes, width: int, height: int) -> bytes:
    """A JPEG whose header tells another size."""
    at = next(found.start() for found in re.finditer(b'\xff[\xc0\xc2]', data))
    return data[: at + 5] + struct.pack('>HH', height, width) + data[at + 9 :]


def many_scans(side: int, count: int) -> bytes:
    data = pillow(GRAY, 'JPEG', progressive=True)
    starts = [found.start() for found in re.finditer(b'\xff\xda', data)]
    refining = data[starts[-1] : data.rindex(b'\xff\xd9')]
    return sized(data[: starts[-1]] + refining * count + b'\xff\xd9', side, side)


def exif_kinds() -> dict[str, Case]:
    circle = block([(34665, 4, 1, 8)] * 1000)
    families = block([(34665, 4, 1, 26), (34853, 4, 1, 26)])[:26] + directory(
        [(40965, 4, 1, 8), (34853, 4, 1, 8), (34665, 4, 1, 26)]
    )
    claims = block([(282 + number, 7, 60000, 8) for number in range(4000)], 64000)
    large = block([(282 + number, 7, 900_000, 8) for number in range(20000)], 1_000_000)
    pieces = [b'Exif\0\0' + large[at : at + 65000] for at in range(0, len(large), 65000)]
    return {
        'EXIF in a circle': (with_segments([b'Exif\0\0' + circle]), None),
        'EXIF that points to its parents': (with_segments([b'Exif\0\0' + families]), None),
        'EXIF tags that each claim all of it': (
            with_segments([b'Exif\0\0' + claims], without_jfif=True), None,
        ),
        'EXIF of many segments whose tags each claim all': (
            with_segments(pieces, without_jfif=True), None,
        ),
        'EXIF in a circle in a PNG': (
            png(GRAY, 0, 8, chunk(b'eXIf', circle)), GRAY,
        ),
        'EXIF in a circle in a WebP': (pillow(RGB, 'WEBP', lossless=True, exif=circle), RGB),
    }  # fmt: skip


def jpeg_kinds() -> dict[str, Case]:
    return {
        'JPEG of countless scans': (many_scans(8000, 300), 'more than 100 scans'),
        'JPEG of many scans that is small': (many_scans(SIDE, 300), None),
        'JPEG of countless segments': (with_segments([b''] * 40000, 0xE5), 'segments'),
        'JPEG of many segments': (with_segments([b'x' * 50] * 3000, 0xE5), None),
        'JPEG with a size without pixels': (
            sized(pillow(RGB, 'JPEG'), 14000, 14000), 'ends before the picture does',
        ),
        'JPEG whose height is to follow': (sized(pillow(RGB, 'JPEG'), SIDE, 0), 'cannot be read'),
    }  # fmt: skip


def png_kinds() -> dict[str, Case]:
    packed = zlib.compress(bytes(12 << 20), 9)
    texts = [chunk(b'zTXt', b'k%d\0\0' % number + packed) for number in range(8)]
    texts += [chunk(b'iTXt', b'k%d\0\1\0\0\0' % number + packed) for number in range(8)]
    plain = png(GRAY, 0, 8)
    header = plain[8:33]
    larger = chunk(b'IHDR', struct.pack('>IIBBBBB', 14000, 14000, 8, 0, 0, 0, 0))
    return {
        'PNG of texts that unpack to gigabytes': (
            png(GRAY, 0, 8, b''.join(texts)), 'metadata unpacks to more',
        ),
        'PNG of countless chunks': (
            png(GRAY, 0, 8, chunk(b'tEXt', b'a\0b') * 40000), 'chunks',
        ),
        'PNG of many chunks': (png(GRAY, 0, 8, chunk(b'tEXt', b'a\0b') * 4000), GRAY),
        'PNG of two headers': (plain[:33] + larger + plain[33:], 'not exactly one header'),
        'PNG of two equal headers': (plain[:33] + header + plain[33:], 'not exactly one header'),
        'PNG with a size without pixels': (
            plain[:8] + larger + plain[33:], 'ends before the picture does',
        ),
    }  # fmt: skip


def tiff_kinds() -> dict[str, Case]:
    code = GRAY.tobytes()
    claims = [(50000 + number, 7, 900_000, 8) for number in range(650)]
    count = 90_000
    places = struct.pack('<I', 8) * count
    sharing = struct.pack('<I', 1 << 15) * 3000 + struct.pack('<I', 200_000) * 3000
    tiles, large = (((322, 4, 1, side), (323, 4, 1, side)) for side in (1, 30000))
    colors = (320, 3, 768, 1 << 15)
    return {
        'TIFF tags that each claim the file': (gray_tiff(claims, code, 1_000_000), GRAY),
        'TIFF tags that each claim the file, of a palette': (
            gray_tiff([*claims, colors], code, 1_000_000, color=3), None,
        ),
        'TIFF in a circle': (gray_tiff([(34665, 4, 1, 8), (34853, 4, 1, 8)], code), GRAY),
        'TIFF with tags twice': (
            gray_tiff([(256, 4, 1, 30000), (257, 4, 1, 30000), (317, 3, 1, 2)], code), GRAY,
        ),
        'TIFF of countless tiles': (
            gray_tiff(
                [*tiles, (324, 4, count, 1 << 15), (325, 4, count, 1 << 15)],
                places, 500_000, width=300, height=300,
            ),
            'strips or tiles are',
        ),
        'TIFF of tiles far larger than the picture': (
            gray_tiff([*large, (324, 4, 1, 8), (325, 4, 1, 8)], code),
            'strips or tiles are damaged',
        ),
        'TIFF of strips that share their bytes': (
            gray_tiff(
                [(273, 4, 3000, 1 << 15), (279, 4, 3000, (1 << 15) + 12000)],
                sharing, 300_000, compression=8, height=3000, rows=1,
            ),
            'share their bytes',
        ),
    }  # fmt: skip


def other_kinds() -> dict[str, Case]:
    side = 1500
    header = struct.pack('<IiiHHIIiiII', 40, 14000, 14000, 1, 8, 1, 2, 0, 0, 256, 0)
    palette = b''.join(bytes([level, level, level, 0]) for level in range(256))
    start = 14 + len(header) + len(palette)
    bmp = struct.pack('<2sIHHI', b'BM', start + 2, 0, 0, start) + header + palette + b'\0\1'
    numbers = (b'%d' % value for value in GRAY.flat)
    webp = pillow(RGB, 'WEBP', lossless=True, exif=block([]))
    webp += b'JUNK\0\0\0\0' * 40_000
    webp = webp[:4] + struct.pack('<I', len(webp) - 8) + webp[8:]
    head = b'P2\n%d %d\n255\n'
    return {
        'BMP of runs without any': (bmp, 'ends before the picture does'),
        'WebP of countless chunks': (webp, 'more than 16384 chunks'),
        'plain PGM': (
            head % (side, side) + b'9 ' * side * side, np.full((side, side), 9, np.uint8),
        ),
        'plain PGM of an endless number': (
            head % (9, 9) + b'1' * 3_000_000, 'not a number',
        ),
        'plain PGM of an endless comment': (
            head % (9, 9) + b'#' * 3_000_000, 'ends before the picture does',
        ),
        'plain PGM of countless comments': (
            head % (SIDE, SIDE) + b'#\n' * 100_000 + b' '.join(numbers),
            GRAY,
        ),
        'PGM whose header has no end': (b'P5\n' + b'#\n' * 500_000, 'cannot be read'),
        'PGM with a size without pixels': (head % (14000, 14000), 'ends before the picture does'),
    }  # fmt: skip


def costly_files() -> dict[str, Case]:
    makers = (exif_kinds, jpeg_kinds, png_kinds, tiff_kinds, other_kinds)
    return {name: case for maker in makers for name, case in maker().items()}
