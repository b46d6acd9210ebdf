"""The numbers of plain PBM, PGM and PPM files, which are written as text."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from .damaged_photo_error import DamagedPhotoError
from .read_budget import COPY_AGAIN, ReadBudget

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
        yield _levels(text[: len(text) - len(word)], levels)
    yield _levels(word, levels)


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


def _levels(text: bytes, levels: np.ndarray) -> np.ndarray:
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
