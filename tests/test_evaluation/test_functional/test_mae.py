from __future__ import annotations

import numpy as np
import pytest

from mmenlighten.evaluation.functional import mae, scale_to_gt_mean
from mmenlighten.utils.errors import DatasetError
from tests.test_evaluation.pictures import noise


def test_is_the_mean_of_absolute_differences() -> None:
    one, other = noise(0), noise(1)
    expected = np.abs(one.astype(float) - other).mean()
    assert mae(one, other) == pytest.approx(expected, rel=1e-12)
    assert mae(one, other) == mae(other, one)
    assert mae(one, one) == 0


def test_range_ends_at_255() -> None:
    black = np.zeros((2, 2, 3), np.uint8)
    assert mae(black, np.full_like(black, 255)) == 255


def test_gt_mean_scales_first() -> None:
    gt = noise(0)
    expected = np.abs(scale_to_gt_mean(gt // 2, gt) - gt).mean()
    assert mae(gt // 2, gt, gt_mean=True) == pytest.approx(expected, rel=1e-12)


def test_refuses_other_sizes() -> None:
    with pytest.raises(DatasetError, match='its ground truth'):
        mae(noise(0), noise(0, width=30))
