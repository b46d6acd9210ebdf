"""A row of the table of ``benchmarks/inference.py``."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

MIB = 2**20
COLUMNS = (
    *('Mpx', 'tile', 'tiles', 'again', 's/Mpx', 'least', 'most', 'ratio'),
    *('s/computed', 'CPU s/comp.', 'CPU fastest', 'peak MiB'),
)


@dataclass
class Row:
    """What one process measured.

    Args:
        megapixels: Size of the picture.
        tile: Height and width of a tile.
        tiles: Number of tiles.
        again: Share of pixels computed more than once.
        seconds: Wall-clock time.
        cpu_seconds: Time of all threads.
        fastest: Time of all threads per megapixel in the fastest tile, which other programs have
            disturbed least.
        computed: Megapixels that the network was given.
        peak: Bytes at the peak beyond what the imported libraries take; None if unknown.
    """

    megapixels: float
    tile: tuple[int, int]
    tiles: int
    again: float
    seconds: float
    cpu_seconds: float
    fastest: float
    computed: float
    peak: int | None


def print_row(variant: str, rounds: Sequence[Row], first: Sequence[Row]) -> None:
    """One line of the table: medians of all rounds, relative to the first variant of the size."""
    row = rounds[0]

    def median(name: str, of: Sequence[Row] = rounds) -> float:
        return statistics.median(getattr(each, name) for each in of)

    times = [each.seconds / row.megapixels for each in rounds]
    cells = [
        f'{row.megapixels:.2f}',
        f'{row.tile[1]}x{row.tile[0]}',
        f'{row.tiles}',
        f'{row.again:.0%}',
        *(f'{time:.2f}' for time in (statistics.median(times), min(times), max(times))),
        f'{median("seconds") / median("seconds", first):.2f}',
        f'{median("seconds") / row.computed:.2f}',
        f'{median("cpu_seconds") / row.computed:.2f}',
        f'{min(each.fastest for each in rounds):.2f}',
        '?' if row.peak is None else f'{median("peak") / MIB:.0f}',
    ]
    print(f'{variant:24}' + ''.join(f'{cell:>12}' for cell in cells), flush=True)
