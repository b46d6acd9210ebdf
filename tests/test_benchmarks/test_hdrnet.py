"""What the tables of HDRNet are made of."""

from __future__ import annotations

from argparse import Namespace

from benchmarks import hdrnet


def test_rows_are_measured() -> None:
    options = Namespace(megapixels=[0.01], repeats=1, only='curves')
    row = hdrnet.measure_whole(options)
    assert len(row['times']) == 6
    assert min(row['times']) >= 0
    slices = hdrnet.measure_slices(options)
    assert set(slices['seconds']) == set(hdrnet.SLICES)
    assert 0 < slices['difference'] < 1e-4
