from __future__ import annotations

import numpy as np
import pytest

from mmenlighten.raw import BAYER, XTRANS, make_raw
from mmenlighten.utils.errors import ConfigError

GRAY = np.full((60, 60, 3), 255, np.uint8)


def test_light_is_divided_by_white_balance_and_ratio() -> None:
    raw = make_raw(GRAY, ratio=100, black=500, white=10_500)
    assert raw.mosaic.dtype == np.uint16
    planes = BAYER.pack(raw.mosaic)
    assert [set(planes[..., plane].ravel()) for plane in range(4)] == [{550}, {600}, {562}, {600}]
    assert (raw.pattern, raw.black, raw.white) == ('RGGB', 500, 10_500)


def test_16_bits_are_the_same_light() -> None:
    np.testing.assert_array_equal(make_raw(GRAY).mosaic, make_raw(GRAY * np.uint16(257)).mosaic)


def test_matrix_mixes_colours_before_the_filters() -> None:
    red_only = np.zeros((6, 6, 3), np.uint8)
    red_only[..., 0] = 255
    matrix = [[0.5, 0, 0], [0.5, 0, 0], [0, 0, 0]]
    raw = make_raw(red_only, BAYER, gains=(1, 1, 1), matrix=np.array(matrix), black=0, white=1000)
    assert [int(value) for value in BAYER.pack(raw.mosaic)[0, 0]] == [500, 500, 0, 500]


def test_noise_has_the_variance_of_photons_and_of_reading_out() -> None:
    shot, read, white = 1 / 1000, 0.02, 60_000
    raw = make_raw(
        GRAY.repeat(3, axis=0), XTRANS, 2, shot, read, (1, 1, 1), black=20_000, white=white
    )
    light = (raw.mosaic.astype(float) - 20_000) / (white - 20_000)
    assert light.mean() == pytest.approx(0.5, abs=2e-3)
    assert light.var() == pytest.approx(0.5 * shot + read**2, rel=0.1)


@pytest.mark.parametrize('options', [dict(ratio=0.5), dict(shot=-1), dict(read=-1)])
def test_impossible_light_is_refused(options: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match=f'make_raw {next(iter(options))}='):
        make_raw(GRAY, **options)
