"""Files of every kind that cameras and programs write, made on the fly and independently of us."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import tifffile
from PIL import Image, ImageCms

HEIGHT, WIDTH = 19, 26
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes()
XMP = b'<x:xmpmeta><rdf:Description tiff:Orientation="%d" dc:title="Night"/></x:xmpmeta>'
MAKER_NOTE = b'NOTE' + bytes(range(60))


@dataclass(frozen=True)
class Made:
    """A file and what must be found in it; ``light`` (H, W) or (H, W, 3), None if lossy."""

    data: bytes
    format: str
    light: np.ndarray | None = None
    alpha: np.ndarray | None = None
    bit_depth: int = 8
    is_gray: bool = False
    lossless: bool = True
    metadata: tuple[str, ...] = ()
    size: tuple[int, int] = (HEIGHT, WIDTH)


def values(channels: int, dtype: type = np.uint8, top: int | None = None) -> np.ndarray:
    rng = np.random.default_rng(channels)
    shape = (HEIGHT, WIDTH) if channels == 1 else (HEIGHT, WIDTH, channels)
    return rng.integers(0, (top or np.iinfo(dtype).max) + 1, shape).astype(dtype)


def smooth(height: int = HEIGHT, width: int = WIDTH) -> np.ndarray:
    down, right = np.mgrid[0:height, 0:width]
    image = np.stack([40 + down * 4, 30 + right * 4, 180 - down * 3], axis=2)
    return image.clip(0, 255).astype(np.uint8)


def exif(orientation: int = 1, order: str = '<', size: tuple[int, int] = (HEIGHT, WIDTH)) -> bytes:
    """Camera, orientation, size, maker note, GPS latitude, and a thumbnail."""

    def directory(base: int, entries: list[tuple[int, int, int, bytes]], following: int) -> bytes:
        table, rest = struct.pack(f'{order}H', len(entries)), b''
        rest_at = base + 2 + 12 * len(entries) + 4
        for tag, kind, count, value in entries:
            if len(value) > 4:
                pointer = struct.pack(f'{order}I', rest_at + len(rest))
                rest += value + b'\0' * (len(value) % 2)
                value = pointer
            table += struct.pack(f'{order}HHI', tag, kind, count) + value.ljust(4, b'\0')
        return table + struct.pack(f'{order}I', following) + rest

    def number(kind: str, *items: int) -> bytes:
        return struct.pack(f'{order}{len(items)}{kind}', *items)

    main_at, exif_at, gps_at, thumbnail_at = 8, 200, 400, 500
    main = [
        (271, 2, 6, b'Camera'),
        (274, 3, 1, number('H', orientation)),
        (34665, 4, 1, number('I', exif_at)),
        (34853, 4, 1, number('I', gps_at)),
    ]
    camera = [
        (33434, 5, 1, number('I', 1, 8)),
        (37500, 7, len(MAKER_NOTE), MAKER_NOTE),
        (40962, 4, 1, number('I', size[1])),
        (40963, 4, 1, number('I', size[0])),
    ]
    gps = [(1, 2, 2, b'N\0'), (2, 5, 3, number('I', 52, 1, 31, 1, 12, 1))]
    result = (b'II*\0' if order == '<' else b'MM\0*') + number('I', main_at)
    for base, entries, following in (
        (main_at, main, thumbnail_at),
        (exif_at, camera, 0),
        (gps_at, gps, 0),
        (thumbnail_at, [(259, 3, 1, number('H', 6))], 0),
    ):
        result = result.ljust(base, b'\0') + directory(base, entries, following)
    return result


def chunk(name: bytes, content: bytes) -> bytes:
    check = struct.pack('>I', zlib.crc32(name + content))
    return struct.pack('>I', len(content)) + name + content + check


def png(array: np.ndarray, kind: int, bits: int, extra: bytes = b'', interlaced: int = 0) -> bytes:
    """A PNG without row filters; fewer than 8 bits are packed."""
    passes = [(0, 0, 1, 1)]
    if interlaced:
        passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2)]
        passes += [(0, 1, 2, 2), (1, 0, 2, 1)]
    raw = b''
    for top, left, down, right in passes:
        for row in array[top::down, left::right]:
            if bits < 8:
                each = np.unpackbits(row[:, None].astype(np.uint8), axis=1)[:, -bits:]
                raw += b'\0' + np.packbits(each.reshape(-1)).tobytes()
            else:
                raw += b'\0' + row.astype('>u2' if bits == 16 else 'u1').tobytes()
    height, width = array.shape[:2]
    header = struct.pack('>IIBBBBB', width, height, bits, kind, 0, 0, interlaced)
    body = chunk(b'IHDR', header) + extra + chunk(b'IDAT', zlib.compress(raw))
    return b'\x89PNG\r\n\x1a\n' + body + chunk(b'IEND', b'')


def pillow(array: np.ndarray, format: str, mode: str | None = None, **options: object) -> bytes:
    buffer = io.BytesIO()
    image = Image.fromarray(array)
    (image.convert(mode) if mode else image).save(buffer, format, **options)
    return buffer.getvalue()


def tiff(array: np.ndarray, **options: object) -> bytes:
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, np.ascontiguousarray(array), **options)
    return buffer.getvalue()


def adobe_cmyk(cmyk: np.ndarray, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(cmyk, 'CMYK').save(buffer, 'JPEG', quality=98, **options)
    return buffer.getvalue()


PNG_METADATA = (
    chunk(b'gAMA', struct.pack('>I', 45455))
    + chunk(b'iCCP', b'any name\0\0' + zlib.compress(SRGB))
    + chunk(b'pHYs', struct.pack('>IIB', 11811, 5906, 1))
    + chunk(b'eXIf', exif())
    + chunk(b'tEXt', b'Author\0Ren\xe9')
    + chunk(b'iTXt', b'Title\0\0\0de\0\0' + 'Größe 夜'.encode())
    + chunk(b'iTXt', b'XML:com.adobe.xmp\0\0\0\0\0' + XMP % 1)
)
_ALL = ('icc_profile', 'exif', 'xmp', 'dpi', 'text')


def png_kinds() -> dict[str, Made]:
    made = {}
    for bits, dtype in ((8, np.uint8), (16, np.uint16)):
        for name, kind, channels in (
            ('gray', 0, 1),
            ('gray+alpha', 4, 2),
            ('RGB', 2, 3),
            ('RGBA', 6, 4),
        ):
            array = values(channels, dtype)
            for way in (0, 1):
                data = png(array, kind, bits, PNG_METADATA, way)
                title = f'PNG {bits} bits {name}' + (' interlaced' if way else '')
                gray = channels < 3
                light = array if channels == 1 else array[..., 0] if gray else array[..., :3]
                alpha = array[..., -1] if channels in (2, 4) else None
                made[title] = Made(data, 'png', light, alpha, bits, gray, metadata=_ALL)
        top = 2**bits - 1
        for name, kind, channels in (('gray', 0, 1), ('RGB', 2, 3)):
            array = values(channels, dtype)
            first = array[0, 0]
            key = np.atleast_1d(first).astype('>u2').tobytes()
            is_clear = array == first if channels == 1 else (array == first).all(axis=2)
            alpha = np.where(is_clear, 0, top).astype(dtype)
            data = png(array, kind, bits, chunk(b'tRNS', key))
            made[f'PNG {bits} bits {name} with a transparent colour'] = Made(
                data, 'png', array, alpha, bits, channels == 1
            )
    for bits in (1, 2, 4):
        array = values(1, top=2**bits - 1)
        light = array * (255 // (2**bits - 1))
        made[f'PNG {bits} bits gray'] = Made(png(array, 0, bits), 'png', light, is_gray=True)
    alpha = np.where(array == 15, 0, 255).astype(np.uint8)
    data = png(array, 0, 4, chunk(b'tRNS', b'\0\x0f'))
    made['PNG 4 bits gray with a transparent level'] = Made(data, 'png', light, alpha, is_gray=True)
    colors = np.random.default_rng(1).integers(0, 256, (16, 3), dtype=np.uint8)
    opacity = np.arange(16, dtype=np.uint8) * 17
    palette = chunk(b'PLTE', colors.tobytes())
    made['PNG palette'] = Made(png(array, 3, 4, palette), 'png', colors[array])
    data = png(array, 3, 8, palette + chunk(b'tRNS', opacity.tobytes()))
    made['PNG palette with transparency'] = Made(data, 'png', colors[array], opacity[array])
    gray = chunk(b'PLTE', np.repeat(colors[:, :1], 3, axis=1).tobytes())
    made['PNG palette of grays'] = Made(
        png(array, 3, 4, gray), 'png', colors[array, 0], is_gray=True
    )
    return made


def jpeg_kinds() -> dict[str, Made]:
    image = smooth()
    full = {'exif': b'Exif\0\0' + exif(), 'icc_profile': SRGB, 'dpi': (300, 300), 'comment': b'Hi'}
    extra = b'http://ns.adobe.com/xap/1.0/\0' + XMP % 1
    iptc = b'Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x08\x1c\x02P\0\x03Ann'
    full['extra'] = b''.join(
        mark + struct.pack('>H', len(content) + 2) + content
        for mark, content in ((b'\xff\xe1', extra), (b'\xff\xed', iptc))
    )
    made = {}
    for sampling in ('4:4:4', '4:2:2', '4:2:0'):
        for quality in (75, 97):
            data = pillow(image, 'JPEG', quality=quality, subsampling=sampling, **full)
            metadata = (*_ALL, 'native')
            made[f'JPEG RGB {sampling} quality {quality}'] = Made(
                data, 'jpeg', lossless=False, metadata=metadata
            )
    made['JPEG progressive'] = Made(
        pillow(image, 'JPEG', progressive=True, quality=90, **full), 'jpeg', lossless=False
    )
    made['JPEG gray'] = Made(
        pillow(image[..., 0], 'JPEG', quality=90), 'jpeg', is_gray=True, lossless=False
    )
    cmyk = np.dstack([255 - image, np.full((HEIGHT, WIDTH), 20, np.uint8)])
    made['JPEG CMYK'] = Made(adobe_cmyk(cmyk), 'jpeg', lossless=False)
    made['JPEG RGB without YCbCr'] = Made(
        pillow(image, 'JPEG', quality=95, keep_rgb=True), 'jpeg', lossless=False
    )
    return made


def tiff_kinds() -> dict[str, Made]:
    made = {}
    ways: dict[str, dict] = {
        'strips': {},
        'big-endian': {'byteorder': '>'},
        'tiles': {'tile': (16, 16)},
        'deflate': {'compression': 'zlib', 'predictor': True},
        'deflate tiles big-endian': {
            'compression': 'zlib', 'predictor': True, 'tile': (16, 16), 'byteorder': '>'
        },
        'planes': {'planarconfig': 'separate'},
    }  # fmt: skip
    for bits, dtype in ((8, np.uint8), (16, np.uint16)):
        for name, channels in (('gray', 1), ('gray+alpha', 2), ('RGB', 3), ('RGBA', 4)):
            array = values(channels, dtype)
            gray = channels < 3
            light = array if channels == 1 else array[..., 0] if gray else array[..., :3]
            alpha = array[..., -1] if channels in (2, 4) else None
            for way, options in ways.items():
                if way == 'planes' and channels == 1:
                    continue
                stored = np.moveaxis(array, 2, 0) if way == 'planes' else array
                more = {'photometric': 'minisblack' if gray else 'rgb', **options}
                if alpha is not None:
                    more['extrasamples'] = ['unassalpha']
                more |= {'iccprofile': SRGB, 'resolution': (300, 300), 'description': 'Night'}
                more['extratags'] = [(700, 1, len(XMP % 1), XMP % 1, True)]
                made[f'TIFF {bits} bits {name} {way}'] = Made(
                    tiff(stored, **more), 'tiff', light, alpha, bits, gray,
                    metadata=('icc_profile', 'exif', 'xmp', 'dpi'),
                )  # fmt: skip
        array = values(3, dtype)
        lzw = cv2.imencode('.tiff', array[..., ::-1], [cv2.IMWRITE_TIFF_COMPRESSION, 5])[1]
        made[f'TIFF {bits} bits RGB LZW'] = Made(lzw.tobytes(), 'tiff', array, bit_depth=bits)
        array = values(1, dtype)
        white = tiff(array, photometric='miniswhite')
        light = np.iinfo(dtype).max - array
        made[f'TIFF {bits} bits white is zero'] = Made(
            white, 'tiff', light, bit_depth=bits, is_gray=True
        )
    array = values(3)
    packed = pillow(array, 'TIFF', compression='packbits')
    made['TIFF 8 bits RGB PackBits'] = Made(packed, 'tiff', array)
    bits1 = values(1, top=1)
    data = pillow(bits1 * 255, 'TIFF', '1', compression='group4')
    made['TIFF 1 bit fax'] = Made(data, 'tiff', bits1 * 255, is_gray=True)
    made['TIFF palette'] = Made(pillow(values(1), 'TIFF', 'P'), 'tiff', values(1), is_gray=True)
    array = values(3)
    thumbnail = io.BytesIO()
    with tifffile.TiffWriter(thumbnail) as writer:
        writer.write(array, photometric='rgb')
        writer.write(array[::2, ::2], photometric='rgb', subfiletype=1)
    made['TIFF with a thumbnail'] = Made(thumbnail.getvalue(), 'tiff', array)
    return made


def other_kinds() -> dict[str, Made]:
    rgb, rgba, gray = values(3), values(4), values(1)
    meta = {'icc_profile': SRGB, 'exif': exif(), 'xmp': XMP % 1}
    keys = ('icc_profile', 'exif', 'xmp')
    made = {
        'WebP lossless': Made(
            pillow(rgb, 'WEBP', lossless=True, **meta), 'webp', rgb, metadata=keys
        ),
        'WebP lossless with alpha': Made(
            pillow(rgba, 'WEBP', lossless=True, exact=True, **meta),
            'webp', rgba[..., :3], rgba[..., 3], metadata=keys,
        ),
        'WebP lossy': Made(
            pillow(smooth(), 'WEBP', quality=90, **meta), 'webp', lossless=False, metadata=keys
        ),
        'BMP RGB': Made(pillow(rgb, 'BMP', dpi=(300, 300)), 'bmp', rgb, metadata=('dpi',)),
        'BMP gray': Made(pillow(gray, 'BMP'), 'bmp', gray, is_gray=True),
        'BMP 1 bit': Made(
            pillow(values(1, top=1) * 255, 'BMP', '1'), 'bmp', values(1, top=1) * 255, is_gray=True
        ),
        'BMP with alpha': Made(
            cv2.imencode('.bmp', rgba[..., [2, 1, 0, 3]])[1].tobytes(),
            'bmp', rgba[..., :3], rgba[..., 3],
        ),
    }  # fmt: skip
    for bits, dtype in ((8, np.uint8), (16, np.uint16)):
        for name, channels, kind in (('gray', 1, 5), ('RGB', 3, 6)):
            array = values(channels, dtype)
            head = f'P{kind}\n# made\n{WIDTH} {HEIGHT}\n{2**bits - 1}\n'.encode()
            data = head + array.astype('>u2' if bits == 16 else 'u1').tobytes()
            made[f'PPM {bits} bits {name}'] = Made(
                data, 'ppm', array, bit_depth=bits, is_gray=channels == 1
            )
            plain = head.replace(b'P%d' % kind, b'P%d' % (kind - 3))
            plain += ' '.join(map(str, array.reshape(-1))).encode()
            made[f'PPM {bits} bits {name} plain'] = Made(
                plain, 'ppm', array, bit_depth=bits, is_gray=channels == 1
            )
    bits1 = values(1, top=1)
    data = f'P4\n{WIDTH} {HEIGHT}\n'.encode() + np.packbits(1 - bits1, axis=1).tobytes()
    made['PBM 1 bit'] = Made(data, 'ppm', bits1 * 255, is_gray=True)
    return made


def all_kinds() -> dict[str, Made]:
    makers: tuple[Callable[[], dict[str, Made]], ...] = (
        png_kinds, jpeg_kinds, tiff_kinds, other_kinds
    )  # fmt: skip
    return {name: made for maker in makers for name, made in maker().items()}
