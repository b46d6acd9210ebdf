from __future__ import annotations

import numpy as np
import pytest

from mmenlighten.inference import plan_tiles

SIZES = [1, 5, 16, 17, 99, 303, 304, 305, 320, 321, 1000, 2203, 6001]


@pytest.mark.parametrize('width', SIZES)
@pytest.mark.parametrize('tile', [304, 320, 500, 1024])
def test_cores_cover_each_pixel_once(width: int, tile: int) -> None:
    plan = plan_tiles(333, width, 16, 130, tile)
    height, width = plan.padded_shape
    assert height % 16 == width % 16 == 0
    rows, columns = np.zeros(height, int), np.zeros(width, int)
    for counts, spans in ((rows, plan.rows), (columns, plan.columns)):
        for span in spans:
            counts[span.core_start : span.core_stop] += 1
    assert (rows == 1).all()
    assert (columns == 1).all()
    assert len(list(plan)) == len(plan) == len(plan.rows) * len(plan.columns)


@pytest.mark.parametrize('width', SIZES)
@pytest.mark.parametrize('overlap', [0, 16, 130, 144])
def test_tiles_are_equal_on_the_grid_and_carry_their_overlap(width: int, overlap: int) -> None:
    plan = plan_tiles(width, 333, 16, overlap, 500)
    size = plan.padded_shape[0]
    assert plan.overlap == -(-overlap // 16) * 16
    assert {span.stop - span.start for span in plan.rows} == {plan.tile_shape[0]}
    for span in plan.rows:
        assert all(position % 16 == 0 for position in span)
        assert 0 <= span.start <= span.core_start < span.core_stop <= span.stop <= size
        assert span.start == 0 or span.core_start - span.start >= plan.overlap
        assert span.stop == size or span.stop - span.core_stop >= plan.overlap
    assert plan.tile_shape[0] <= 500


def test_no_tile_is_larger_than_needed() -> None:
    plan = plan_tiles(16, 1040, 16, 128, 1024)
    assert len(plan) == 2
    assert plan.tile_shape == (16, 656)  # two tiles of 1024 would cover 1792
    assert plan.computed_pixels == 2 * 16 * 656
    assert plan.recomputed_share == pytest.approx(2 * 656 / 1040 - 1)


def test_without_tiling_there_is_one_tile() -> None:
    plan = plan_tiles(1000, 70, 16, 128)
    assert [tuple(row) + tuple(column) for row, column in plan] == [
        (0, 1008, 0, 1008, 0, 80, 0, 80)
    ]
    assert plan.recomputed_share == 0


def test_tile_without_core() -> None:
    with pytest.raises(ValueError, match='no core'):
        plan_tiles(1000, 1000, 16, 128, 271)


def test_picture_without_pixels() -> None:
    with pytest.raises(ValueError, match='0 x 7'):
        plan_tiles(0, 7, 16, 128)
