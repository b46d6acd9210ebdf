from __future__ import annotations

import numpy as np
import pytest

from mmenlighten.camera import develop, draw_s_curve, s_curve, undo_s_curve


@pytest.mark.parametrize('amount', [0.0, 0.3, 0.8])
def test_the_s_curve_is_undone(amount: float) -> None:
    values = np.linspace(0, 1, 101, dtype=np.float32)
    np.testing.assert_allclose(s_curve(undo_s_curve(values, amount), amount), values, atol=1e-3)
    curve = s_curve(values, amount)
    assert (np.diff(curve) > 0).all()
    assert curve[[0, 50, 100]] == pytest.approx([0, 0.5, 1])


def test_amounts_are_in_their_range_and_often_none() -> None:
    random = np.random.default_rng(0)
    amounts = np.array([draw_s_curve(random) for _ in range(1000)])
    assert amounts.min() == 0
    assert 0.7 < amounts.max() <= 0.8
    assert np.mean(amounts == 0) == pytest.approx(0.4, abs=0.05)


def test_files_are_rounded_to_8_bits_or_go_through_jpeg() -> None:
    values = np.random.default_rng(0).random((16, 16, 3)).astype(np.float32) * 1.4 - 0.2
    plain = develop(values, None)
    assert plain.dtype == np.uint8
    np.testing.assert_array_equal(plain, np.rint(values.clip(0, 1) * 255))
    assert not np.array_equal(develop(values, 80), plain)
