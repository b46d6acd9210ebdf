"""Damaged variants of files, the same in each run: what a decoder meets from faults and foes."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

_NUMBER = re.compile(rb'\d+')
_NAME = re.compile(rb'[A-Za-z]{4}')
_NUMBERS = (0, 1, 2, 3, 7, 16, 255, 256, 1000, 32767, 32768, 65535, 65536, 1 << 24)
_EDGES = (0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF, 1 << 40, (1 << 63) - 1, (1 << 64) - 1)
_WORDS = (b'-1', b'1.5', b'1e400', b'nan', b'9' * 5000, b'null', b'""', b'[]', b'{}', b'\xff\xfe')
_LONGEST = 1 << 12  # bytes of a piece that is moved, doubled or lost
_LARGEST = 4  # times that the file may grow

Change = Callable[[bytearray, random.Random], None]


def mutants(data: bytes, count: int, seed: int) -> Iterator[bytes]:
    """``count`` variants of a file that is not empty, each with one to four faults.

    The faults are those of copies that broke off, of disks, and of people who write numbers into
    headers: cut ends, flipped bits, absurd lengths, pieces that are lost, moved, doubled or blank.
    Nothing is known of the format. The same arguments give the same variants.
    """
    for number in range(count):
        chance = random.Random(f'{seed}.{number}')
        changed = bytearray(data)
        for _ in range(chance.choice((1, 1, 1, 2, 2, 4))):
            if changed:
                chance.choice(CHANGES)(changed, chance)
        yield bytes(changed[: _LARGEST * len(data) + _LONGEST])


def _place(data: bytearray, chance: random.Random) -> int:
    """A place in the file; every other time near its start, where the headers are."""
    return chance.randrange(min(len(data), 200) if chance.random() < 0.5 else len(data))


def _piece(data: bytearray, chance: random.Random) -> tuple[int, int]:
    """Start and end of a piece; every third time from one name of four letters to the next."""
    names = [found.start() for found in _NAME.finditer(data)] if chance.random() < 0.3 else []
    if len(names) > 1:
        first = chance.randrange(len(names) - 1)
        # The length of a chunk stands before its name in some formats, behind it in others.
        early = chance.choice((0, 4))
        return max(names[first] - early, 0), max(names[first + 1] - early, 0)
    start = _place(data, chance)
    return start, min(start + chance.choice((1, 2, 4, 12, 64, _LONGEST)), len(data))


def cut_end(data: bytearray, chance: random.Random) -> None:
    del data[chance.choice((_place(data, chance), len(data) - 1)) :]


def flip_bits(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 1, 4, 40))):
        data[_place(data, chance)] ^= 1 << chance.randrange(8)


def set_byte(data: bytearray, chance: random.Random) -> None:
    data[_place(data, chance)] = chance.choice(
        (0, 1, 0x7F, 0x80, 0xFE, 0xFF, chance.randrange(256))
    )


def set_number(data: bytearray, chance: random.Random) -> None:
    """An edge of the number's range, the length of the file, or a value beside the right one."""
    size = chance.choice((1, 2, 2, 4, 4, 4, 8))
    order: Callable[[int], bytes] = (
        (lambda value: value.to_bytes(size, 'little'))
        if chance.random() < 0.5
        else (lambda value: value.to_bytes(size, 'big'))
    )
    start = _place(data, chance)
    present = int.from_bytes(data[start : start + size], chance.choice(('little', 'big')))
    near = (present + 1, present - 1, present * 2, present // 2, len(data), len(data) - start)
    value = chance.choice((*_NUMBERS, *_EDGES, *near)) % (1 << 8 * size)
    data[start : start + size] = order(value)


def set_written_number(data: bytearray, chance: random.Random) -> None:
    """Another number where one is written in digits, as in JSON and the headers of PPM."""
    found = list(_NUMBER.finditer(data))
    if found:
        present = chance.choice(found)
        numbers = [str(value).encode() for value in (*_NUMBERS, *_EDGES)]
        data[present.start() : present.end()] = chance.choice((*numbers, *_WORDS))


def lose_piece(data: bytearray, chance: random.Random) -> None:
    start, end = _piece(data, chance)
    del data[start:end]


def blank_piece(data: bytearray, chance: random.Random) -> None:
    start, end = _piece(data, chance)
    data[start:end] = chance.choice((b'\0', b'\xff', b' ')) * (end - start)


def double_piece(data: bytearray, chance: random.Random) -> None:
    start, end = _piece(data, chance)
    data[start:start] = data[start:end] * chance.choice((1, 1, 2, 50))


def copy_piece(data: bytearray, chance: random.Random) -> None:
    """Writes a piece over another place."""
    start, end = _piece(data, chance)
    place = _place(data, chance)
    data[place : place + end - start] = data[start:end]


def move_piece(data: bytearray, chance: random.Random) -> None:
    start, end = _piece(data, chance)
    piece = data[start:end]
    del data[start:end]
    place = chance.randrange(len(data) + 1)
    data[place:place] = piece


def insert_noise(data: bytearray, chance: random.Random) -> None:
    place = _place(data, chance)
    data[place:place] = chance.randbytes(chance.choice((1, 2, 4, 100)))


CHANGES: tuple[Change, ...] = (
    cut_end,
    flip_bits,
    flip_bits,
    set_byte,
    set_number,
    set_number,
    set_number,
    set_written_number,
    lose_piece,
    blank_piece,
    double_piece,
    copy_piece,
    move_piece,
    insert_noise,
)
"""What can happen to a file; what stands here twice happens twice as often."""
