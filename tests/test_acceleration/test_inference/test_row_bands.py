from __future__ import annotations

import pytest

from mmenlighten.acceleration.inference.row_bands import REACH, row_bands


@pytest.mark.parametrize(('height', 'most_rows'), [(16, 16), (18, 16), (146, 70), (1168, 112)])
def test_bands_cover_each_row_once(height: int, most_rows: int) -> None:
    bands = row_bands(height, most_rows)
    sizes = [band.rows.stop - band.rows.start for band in bands]
    assert [row for band in bands for row in range(height)[band.rows]] == [*range(height)]
    assert max(sizes) <= most_rows
    assert all(size % 2 == 0 for size in sizes)
    assert sizes[-1] >= sizes[0] - 2 * len(bands)
    for band in bands:
        seen = range(height)[band.seen]
        assert [*seen[band.inner]] == [*range(height)[band.rows]]
        assert seen.start == max(band.rows.start - REACH, 0)
        assert seen.stop == min(band.rows.stop + REACH, height)
        assert range(height // 2)[band.halves].start == band.rows.start // 2


def test_what_fits_is_one_band() -> None:
    (band,) = row_bands(64, 64)
    assert band.rows == band.seen == band.inner == slice(0, 64)
    assert len(row_bands(16, 1)) == 1  # a band has sixteen rows at least
