"""Reads and writes PBM, PGM and PPM files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np

from .damaged_photo_error import DamagedPhotoError
from .photo import Photo
from .pillow_pixels import gray_to_rgb
from .read_budget import COPY_AGAIN, ReadBudget
from .stored_channels import stored_channels

_SPACE = rb'(?:\s|#[^\n\r]*[\n\r])+'
_HEADER = re.compile(rb'P([1-6])' + _SPACE + rb'(\d{1,9})' + _SPACE + rb'(\d{1,9})(?!\d)')
_LARGEST = re.compile(_SPACE + rb'(\d{1,5})\s')
_HEADER_BYTES = 1 << 16
_BAD_HEADER = f'its header is damaged. {COPY_AGAIN}'
_TOO_SHORT = f'the file ends before the picture does. {COPY_AGAIN}'


def read_ppm(data: bytes, budget: ReadBudget) -> Photo:
    """Reads plain and binary files; 256 levels or fewer become 8 bits, more become 16.

    Raises:
        DamagedPhotoError: It is damaged, incomplete or too large.
    """
    width, height = header_size(data)
    budget.check_size(width, height)
    head = data[:_HEADER_BYTES]
    size = _HEADER.match(head)
    assert size is not None
    kind, start = int(size[1]), size.end()
    channels = 3 if kind in (3, 6) else 1
    if kind in (1, 4):
        pixels = _bitmap(data, start, (height, width), kind == 1, budget)
    else:
        found = _LARGEST.match(head, start)
        largest = int(found[1]) if found else 0
        if found is None or not 0 < largest < 65536:
            raise DamagedPhotoError(_BAD_HEADER)
        count, levels = width * height * channels, _levels(largest)
        if kind in (2, 3):
            if len(data) - found.end() < 2 * count - 1:  # a digit and a space for each
                raise DamagedPhotoError(_TOO_SHORT)
            values = _gathered(plain_numbers(data, found.end(), levels, budget), count, levels)
        else:
            values = _binary(data, found.end(), count, levels)
        pixels = values.reshape(height, width, channels)
    return Photo(
        pixels if channels == 3 else gray_to_rgb(pixels.reshape(height, width)),
        bit_depth=8 * pixels.itemsize,
        is_gray=channels == 1,
        format='ppm',
    )


def header_size(data: bytes) -> tuple[int, int]:
    """Width and height.

    Raises:
        DamagedPhotoError: They are not there.
    """
    found = _HEADER.match(data[:_HEADER_BYTES])
    if found is None:
        raise DamagedPhotoError(_BAD_HEADER)
    return int(found[2]), int(found[3])


def _levels(largest: int) -> np.ndarray:
    """The value in 8 or 16 bits for each number of the file."""
    kind = np.uint8 if largest < 256 else np.uint16
    numbers = np.arange(largest + 1, dtype=np.uint64)
    return ((numbers * (2 * np.iinfo(kind).max) + largest) // (2 * largest)).astype(kind)


def _binary(data: bytes, start: int, count: int, levels: np.ndarray) -> np.ndarray:
    kind = np.dtype('>u2' if levels.itemsize == 2 else 'u1')
    if len(data) - start < count * kind.itemsize:
        raise DamagedPhotoError(_TOO_SHORT)
    numbers = np.frombuffer(data, kind, count, start)
    if numbers.max() >= len(levels):
        raise DamagedPhotoError(f'a value in it is more than its header allows. {COPY_AGAIN}')
    is_full = len(levels) == np.iinfo(levels.dtype).max + 1
    return numbers.astype(levels.dtype) if is_full else levels[numbers]


def _bitmap(
    data: bytes, start: int, shape: tuple[int, int], is_plain: bool, budget: ReadBudget
) -> np.ndarray:
    """White where the file holds 0; each row of a binary one starts with a new byte."""
    levels = np.array([255, 0], np.uint8)
    height, width = shape
    if not data[start : start + 1].isspace():
        raise DamagedPhotoError(_BAD_HEADER if start < len(data) else _TOO_SHORT)
    if is_plain:
        if len(data) - start < height * width:
            raise DamagedPhotoError(_TOO_SHORT)
        bits = (levels[block] for block in plain_bits(data, start, budget))
        return _gathered(bits, height * width, levels).reshape(shape)
    row_bytes = -(-width // 8)
    if len(data) - start - 1 < height * row_bytes:
        raise DamagedPhotoError(_TOO_SHORT)
    packed = np.frombuffer(data, np.uint8, height * row_bytes, start + 1)
    return levels[np.unpackbits(packed.reshape(height, row_bytes), axis=1, count=width)]


def _gathered(blocks: Iterable[np.ndarray], count: int, levels: np.ndarray) -> np.ndarray:
    result, done = np.empty(count, levels.dtype), 0
    for block in blocks:
        part = block[: count - done]
        result[done : done + len(part)] = part
        done += len(part)
        if done == count:
            return result
    raise DamagedPhotoError(_TOO_SHORT)


def encode_ppm(photo: Photo) -> bytes:
    """A binary PPM, or PGM if the photograph is gray; the format knows no metadata and no alpha."""
    pixels = stored_channels(photo)
    header = f'P{5 if photo.is_gray else 6}\n{pixels.shape[1]} {pixels.shape[0]}\n'
    header += f'{np.iinfo(pixels.dtype).max}\n'
    return header.encode() + pixels.astype(pixels.dtype.newbyteorder('>')).tobytes()


_BLOCK = 1 << 20
_COMMENT = re.compile(rb'#[^\n\r]*')
_LINE_END = re.compile(rb'[\n\r]')
_SPACES = b' \t\n\v\f\r'
_LAST_WORD = re.compile(rb'[^ \t\n\v\f\r]*\Z')
_MOST_DIGITS, _LONGEST_WORD = 9, 64
_NO_NUMBER = f'a value in it is not a number. {COPY_AGAIN}'


def plain_numbers(
    data: bytes, start: int, levels: np.ndarray, budget: ReadBudget
) -> Iterator[np.ndarray]:
    """Blocks of values from whole numbers between white space.

    Args:
        data: The file.
        start: Where the first number is.
        levels: The value for each number.
        budget: What the reading may cost.

    Raises:
        DamagedPhotoError: A word is not a number, or has no value.
    """
    word = b''
    for text, is_whole in _texts(data, start, budget):
        text = word + text
        cut = _LAST_WORD.search(text, max(len(text) - _LONGEST_WORD, 0))
        word = cut[0] if cut and not is_whole else b''
        yield _parsed(text[: len(text) - len(word)], levels)
    yield _parsed(word, levels)


def plain_bits(data: bytes, start: int, budget: ReadBudget) -> Iterator[np.ndarray]:
    """Blocks of digits 0 and 1, uint8; white space between them does not matter.

    Raises:
        DamagedPhotoError: Something else stands there.
    """
    for text, _ in _texts(data, start, budget):
        bits = np.frombuffer(text.translate(None, _SPACES), np.uint8) - ord('0')
        if len(bits) and bits.max() > 1:
            raise DamagedPhotoError(_NO_NUMBER)
        yield bits


def _parsed(text: bytes, levels: np.ndarray) -> np.ndarray:
    codes = np.frombuffer(text, np.uint8)
    digits = codes - np.uint8(ord('0'))  # wraps around
    is_digit = digits <= 9
    is_space = (codes == ord(' ')) | (codes - np.uint8(9) <= 4)
    if not (is_digit | is_space).all():
        raise DamagedPhotoError(_NO_NUMBER)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], is_digit, [False]))))
    ends = edges[1::2]
    lengths = ends - edges[::2]
    longest = lengths.max(initial=0)
    if longest > _MOST_DIGITS:
        raise DamagedPhotoError(_NO_NUMBER)
    numbers = np.zeros(len(ends), np.uint32)
    for place in range(longest):
        figures = digits[ends - 1 - place].astype(np.uint32)
        numbers += np.where(lengths > place, figures, 0).astype(np.uint32) * np.uint32(10**place)
    if numbers.max(initial=0) >= len(levels):
        raise DamagedPhotoError(f'a value in it is more than its header allows. {COPY_AGAIN}')
    return levels[numbers]


def _texts(data: bytes, start: int, budget: ReadBudget) -> Iterator[tuple[bytes, bool]]:
    """Text without comments, piece by piece, and whether its last word ends there for sure."""
    in_comment = False
    for place in range(start, len(data), _BLOCK):
        budget.check_time()
        text = data[place : place + _BLOCK]
        if in_comment:
            line_end = _LINE_END.search(text)
            if line_end is None:
                continue
            text = text[line_end.end() :]
        in_comment = text.rfind(b'#') > max(text.rfind(b'\n'), text.rfind(b'\r'))
        yield _COMMENT.sub(b' ', text), in_comment
