from __future__ import annotations

import numpy as np
import pytest

from mmenlighten.inference import NetworkTraits, enhance_tiled, iterate_enhanced, plan_tiles
from mmenlighten.inference.feathering import blending_weights, support

from .networks import random_picture

UNBOUNDED = NetworkTraits(size_multiple=16, receptive_field_radius=None)


def ramp(height: int, width: int) -> np.ndarray:
    rows, columns = np.mgrid[:height, :width]
    plane = (rows + 2 * columns) / (height + 2 * width)
    return np.stack([plane, 1 - plane, plane / 2], axis=-1)


@pytest.mark.parametrize('overlap', [0, 16, 128])
def test_weights_add_up_to_one_within_their_support(overlap: int) -> None:
    spans = plan_tiles(16, 1303, 16, overlap, 2 * overlap + 32).columns
    positions = np.arange(spans[-1].stop, dtype=float)
    weights = np.array([blending_weights(positions, spans, i, overlap) for i in range(len(spans))])
    assert weights.min() >= 0
    np.testing.assert_allclose(weights.sum(0), 1, atol=1e-12)
    for index, span in enumerate(spans):
        start, stop = support(spans, index, overlap)
        assert span.start <= start < stop <= span.stop
        assert not weights[index, :start].any()
        assert not weights[index, stop:].any()


@pytest.mark.parametrize('traits', [UNBOUNDED, NetworkTraits(half_above_width=500)])
def test_tiles_that_agree_leave_no_seam(traits: NetworkTraits) -> None:
    picture = ramp(701, 903)
    whole = enhance_tiled(lambda images: images, picture, traits)
    tiled = enhance_tiled(lambda images: images, picture, traits, tile=300)
    np.testing.assert_allclose(tiled, whole, atol=1e-12)
    assert traits.half_above_width or np.allclose(whole, picture, atol=1e-12)


def test_tiles_that_disagree_are_blended_without_steps() -> None:
    """Each tile gets a brightness of its own: the greatest possible disagreement."""

    def network(images: np.ndarray) -> np.ndarray:
        network.calls += 1  # type: ignore[attr-defined]
        return np.full_like(images, (-1) ** network.calls)  # type: ignore[attr-defined]

    network.calls = 0  # type: ignore[attr-defined]
    result = enhance_tiled(network, np.full((40, 1000, 3), 0.5), UNBOUNDED, tile=400)
    assert np.ptp(result) == 1
    assert np.abs(np.diff(result, axis=1)).max() <= 1.01 / UNBOUNDED.overlap
    assert np.abs(np.diff(result, axis=0)).max() == 0


def test_parts_cover_each_pixel_once_from_top_to_bottom() -> None:
    picture = random_picture(620, 410, np.uint8)
    counts = np.zeros(picture.shape[:2], int)
    tops = []
    for rows, columns, values in iterate_enhanced(
        lambda images: images, picture, UNBOUNDED, tile=300
    ):
        counts[rows, columns] += 1
        tops.append(rows.start)
        assert values.shape == (rows.stop - rows.start, columns.stop - columns.start, 3)
    assert (counts == 1).all()
    assert tops == sorted(tops)
    assert len(tops) > 1
