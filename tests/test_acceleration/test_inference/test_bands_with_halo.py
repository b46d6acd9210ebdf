from __future__ import annotations

import pytest

from mmenlighten.acceleration.inference.bands_with_halo import HALO, bands_with_halo


@pytest.mark.parametrize(('height', 'most_rows'), [(16, 16), (18, 16), (146, 70), (1168, 112)])
def test_bands_cover_each_row_once(height: int, most_rows: int) -> None:
    bands = bands_with_halo(height, most_rows)
    sizes = [band.rows.stop - band.rows.start for band in bands]
    assert [row for band in bands for row in range(height)[band.rows]] == [*range(height)]
    assert max(sizes) <= most_rows
    assert all(size % 2 == 0 for size in sizes)
    assert sizes[-1] >= sizes[0] - 2 * len(bands)
    for band in bands:
        seen = range(height)[band.seen]
        assert [*seen[band.inner]] == [*range(height)[band.rows]]
        assert seen.start == max(band.rows.start - HALO, 0)
        assert seen.stop == min(band.rows.stop + HALO, height)
        assert range(height // 2)[band.halves].start == band.rows.start // 2


def test_what_fits_is_one_band() -> None:
    (band,) = bands_with_halo(64, 64)
    assert band.rows == band.seen == band.inner == slice(0, 64)
    assert len(bands_with_halo(16, 1)) == 1  # a band has sixteen rows at least
