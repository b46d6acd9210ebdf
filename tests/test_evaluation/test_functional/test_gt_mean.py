from __future__ import annotations

import numpy as np
import pytest

from mmenlighten.evaluation.functional import mean_brightness, psnr, scale_to_gt_mean
from mmenlighten.utils.errors import DatasetError
from tests.test_evaluation.pictures import noise


def test_mean_luma_becomes_that_of_the_ground_truth() -> None:
    gt = noise(0) // 2  # dark enough that nothing is clipped
    scaled = scale_to_gt_mean(gt // 3, gt)
    luma = scaled @ [0.299, 0.587, 0.114]
    assert luma.mean() == pytest.approx(mean_brightness(gt), rel=1e-12)


def test_result_is_neither_rounded_nor_out_of_range() -> None:
    enhanced = np.full((2, 2, 3), 100, np.uint8)
    gt = np.full((2, 2, 3), 101, np.uint8)
    enhanced[0, 0] = 255
    scaled = scale_to_gt_mean(enhanced, gt)
    factor = 101 / ((255 + 3 * 100) / 4)
    assert scaled[1, 1] == pytest.approx([100 * factor] * 3, rel=1e-12)
    assert scaled[0, 0] == pytest.approx([255 * factor] * 3, rel=1e-12)
    assert scale_to_gt_mean(enhanced, np.full_like(gt, 250)).max() == 255


def test_weights_are_in_the_order_of_rgb() -> None:
    enhanced = np.full((2, 2, 3), (10, 20, 40), np.uint8)
    gt = np.full((2, 2, 3), (80, 20, 40), np.uint8)
    factor = (0.299 * 80 + 0.587 * 20 + 0.114 * 40) / (0.299 * 10 + 0.587 * 20 + 0.114 * 40)
    assert scale_to_gt_mean(enhanced, gt)[0, 0, 0] == pytest.approx(10 * factor, rel=1e-12)


def test_black_stays_black() -> None:
    black = np.zeros((2, 2, 3), np.uint8)
    assert np.array_equal(scale_to_gt_mean(black, noise(0, 2, 2)), black)


def test_own_mean_changes_nothing() -> None:
    assert np.array_equal(scale_to_gt_mean(noise(0), noise(0)), noise(0))


def test_uint8_that_comes_out_of_it_would_score_otherwise() -> None:
    gt = noise(0)
    scaled = scale_to_gt_mean(gt // 7, gt)
    assert psnr(gt // 7, gt, gt_mean=True) != psnr(np.rint(scaled).astype(np.uint8), gt)


def test_refuses_other_sizes() -> None:
    with pytest.raises(DatasetError, match='31x24 pixels and its ground truth 30x24'):
        scale_to_gt_mean(noise(0), noise(0, width=30))
