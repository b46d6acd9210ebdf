"""How far the generator sees, by changing single pixels."""

from __future__ import annotations

import pytest
import torch

from mmenlighten.models.generators.receptive_field import (
    pixels_seen,
    receptive_field_radius,
    tile_halo,
)

from .networks import build, make_every_tap_count

SIZE = 512


def reach(pixel: int, axis: int) -> tuple[int, int]:
    """First and last output pixel that changes with an input pixel."""
    generator = make_every_tap_count(build()).double().eval()
    plain = torch.full((1, 3, SIZE, 16) if axis == 2 else (1, 3, 16, SIZE), -0.5).double()
    differs = torch.zeros(plain.shape, dtype=torch.bool)
    # Large, that round-off hides nothing; up and down, since pooling passes on only the maximum.
    for change in (1e6, -1e6):
        changed = plain.clone()
        changed.select(axis, pixel)[:] += change
        with torch.inference_mode():
            differs |= generator(changed) != generator(plain)
    positions = differs.nonzero()[:, axis]
    return int(positions.min()), int(positions.max())


def range_of(first: int, last: int) -> range:
    return range(first, last + 1)


@pytest.mark.parametrize('axis', [2, 3])
def test_radius_is_what_single_pixels_reach(axis: int) -> None:
    radius = build().traits.receptive_field_radius
    distances = []
    for pixel in range(248, 264):
        first, last = reach(pixel, axis)
        sees = [p for p in range(SIZE) if pixel in range_of(*pixels_seen(p, p, 4))]
        assert (first, last) == (sees[0], sees[-1])
        distances += [pixel - first, last - pixel]
    assert max(distances) == radius == 137


def test_declared_values() -> None:
    for channels in (1, 8):
        traits = build(base_channels=channels, norm='none').traits
        assert (traits.receptive_field_radius, traits.tile_halo) == (137, 126)
    for options in (dict(align_corners=True), dict(norm='instance')):
        traits = build(**options).traits
        assert traits.receptive_field_radius is traits.tile_halo is None


def test_shallow_networks() -> None:
    assert pixels_seen(0, 0, 0) == (-2, 2)  # two convolutions
    assert receptive_field_radius(0) == 2
    assert tile_halo(0) == 3
    assert pixels_seen(0, 0, 1) == (-10, 11)
