"""Run-length coded pixels of BMP files."""

from __future__ import annotations

from .damaged_photo_error import DamagedPhotoError
from .read_budget import COPY_AGAIN, ReadBudget

_LINE_END, _END, _SKIP = 0, 1, 2
_PIXELS_PER_BYTE, _FEW_PIXELS = 128, 1 << 20  # the most, without those that are skipped
_TOO_SHORT = f'the file ends before the picture does. {COPY_AGAIN}'
_CHECKED = 1 << 14  # runs between two looks at the clock


def unpack_rle(
    code: bytes, width: int, height: int, has_half_bytes: bool, budget: ReadBudget
) -> bytes:
    """Indices of the palette, row after row in the order of the file.

    Pixels that the file skips, as the format allows, are 0. Other than Pillow's decoder this one
    notices missing ones, and ends in time.

    Args:
        code: The file from where its pixels start.
        width: Pixels in a row.
        height: Rows.
        has_half_bytes: Whether a pixel has 4 bits instead of 8.
        budget: What the reading may cost.

    Raises:
        DamagedPhotoError: It ends before the mark of its end and before the last pixel.
    """
    if width * height > _PIXELS_PER_BYTE * len(code) + _FEW_PIXELS:
        raise DamagedPhotoError(_TOO_SHORT)
    result = bytearray(width * height)
    position, x, y, steps = 0, 0, 0, 0
    while position + 2 <= len(code):
        steps += 1
        if steps % _CHECKED == 0:
            budget.check_time()
        count, value = code[position], code[position + 1]
        position += 2
        if count:
            pair = bytes([value >> 4, value & 15]) if has_half_bytes else bytes([value]) * 2
            run = (pair * (count // 2 + 1))[:count]
        elif value == _LINE_END:
            x, y = 0, y + 1
            continue
        elif value == _END:
            return bytes(result)
        elif value == _SKIP:
            if position + 2 > len(code):
                break
            x, y = x + code[position], y + code[position + 1]
            position += 2
            continue
        else:
            size = -(-value // 2) if has_half_bytes else value
            run = code[position : position + size]
            if len(run) < size:
                break
            position += size + size % 2
            if has_half_bytes:
                run = bytes(part for byte in run for part in (byte >> 4, byte & 15))[:value]
        if y < height:
            run = run[: max(width - x, 0)]
            result[y * width + x : y * width + x + len(run)] = run
            x += len(run)
    if y >= height or (y == height - 1 and x >= width):  # only the mark of the end is missing
        return bytes(result)
    raise DamagedPhotoError(_TOO_SHORT)
