from __future__ import annotations

import numpy as np
import pytest

from mmenlighten.evaluation.functional import delta_e_2000
from mmenlighten.utils.errors import DatasetError
from tests.test_evaluation.pictures import noise


def flat(*colour: int) -> np.ndarray:
    return np.full((3, 4, 3), colour, np.uint8)


def test_black_and_white_are_a_hundred_apart() -> None:
    assert delta_e_2000(flat(0, 0, 0), flat(255, 255, 255)) == pytest.approx(100, abs=1e-3)


def test_of_known_colours() -> None:
    # Red and green of sRGB: Lab (53.24, 80.09, 67.20) and (87.74, -86.18, 83.18).
    assert delta_e_2000(flat(255, 0, 0), flat(0, 255, 0)) == pytest.approx(86.6, abs=0.05)


def test_is_the_mean_over_pixels() -> None:
    one, other = flat(50, 60, 70), flat(50, 60, 70)
    one[0, 0] = (90, 60, 70)
    single = delta_e_2000(flat(90, 60, 70), flat(50, 60, 70))
    assert delta_e_2000(one, other) == pytest.approx(single / 12, rel=1e-9)


def test_gt_mean_scales_first() -> None:
    assert delta_e_2000(flat(50, 50, 50), flat(100, 100, 100)) > 10
    assert delta_e_2000(flat(50, 50, 50), flat(100, 100, 100), True) == pytest.approx(0, abs=1e-9)


def test_refuses_other_sizes() -> None:
    with pytest.raises(DatasetError, match='its ground truth'):
        delta_e_2000(noise(0), noise(0, width=30))
