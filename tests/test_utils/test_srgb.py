from __future__ import annotations

import numpy as np
import pytest

from mmenlighten.utils.srgb import linear_to_srgb, srgb_to_linear


def test_srgb_curve_is_that_of_the_standard() -> None:
    values = srgb_to_linear(np.array([0.0, 0.04045, 0.5, 1.0]))
    assert values[[0, 3]].tolist() == [0.0, 1.0]
    assert values[1] == pytest.approx(0.04045 / 12.92)
    assert values[2] == pytest.approx(0.21404114, abs=1e-8)


def test_curves_undo_each_other() -> None:
    values = np.linspace(0, 1, 1001)
    np.testing.assert_allclose(linear_to_srgb(srgb_to_linear(values)), values, atol=1e-6)
