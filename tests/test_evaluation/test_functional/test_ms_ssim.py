from __future__ import annotations

import numpy as np
import pytest

from mmenlighten.evaluation.functional import ms_ssim, scale_to_gt_mean, ssim
from mmenlighten.evaluation.functional.ssim import EXPONENTS, mean_of_fours, mean_similarity
from mmenlighten.utils.errors import DatasetError
from tests.test_evaluation.pictures import noise, noisy


def test_agrees_with_piq() -> None:
    # piq.multi_scale_ssim 0.8.0 in float64. Where a scale has odd sides piq pads the other edge.
    gt = noise(0, 176, 192)
    assert ms_ssim(noisy(gt), gt) == pytest.approx(0.9604099817847954, abs=1e-12)
    assert ms_ssim(noisy(gt, 60), gt) == pytest.approx(0.6227820824497702, abs=1e-12)
    assert ms_ssim(gt // 3, gt) == pytest.approx(0.7206446602461839, abs=1e-12)


def test_channels_are_measured_alone_and_averaged() -> None:
    gt = noise(0, 161, 170)
    enhanced = noisy(gt, 30)
    values = [
        ms_ssim(np.repeat(enhanced[..., c : c + 1], 3, 2), np.repeat(gt[..., c : c + 1], 3, 2))
        for c in range(3)
    ]
    assert ms_ssim(enhanced, gt) == pytest.approx(np.mean(values), abs=1e-12)


def test_exponents_sum_to_one() -> None:
    assert sum(EXPONENTS) == pytest.approx(1, abs=1e-3)


def test_negative_similarity_counts_as_zero() -> None:
    gt = noise(0, 161, 161)
    assert mean_similarity(255.0 - gt, gt.astype(float), luminance=False).mean() < 0
    assert ms_ssim(255 - gt, gt) == 0


def test_odd_last_row_and_column_count_twice() -> None:
    image = np.arange(9.0).reshape(3, 3, 1)
    assert mean_of_fours(image)[..., 0].tolist() == [[2, 3.5], [6.5, 8]]
    assert mean_of_fours(image[:2, :2])[..., 0].tolist() == [[2]]


def test_is_one_for_equal_pictures() -> None:
    assert ms_ssim(noise(0, 161, 170), noise(0, 161, 170)) == pytest.approx(1, abs=1e-12)


def test_only_the_last_scale_looks_at_luminance() -> None:
    gt = noise(0, 161, 161) // 2
    brighter = gt + np.uint8(60)
    floats = brighter.astype(float), gt.astype(float)
    assert mean_similarity(*floats, luminance=False) == pytest.approx([1, 1, 1], abs=1e-12)
    assert ssim(brighter, gt) < 0.9
    assert ssim(brighter, gt) < ms_ssim(brighter, gt) < 1


def test_gt_mean_scales_first() -> None:
    gt = np.full((161, 161, 3), 200, np.uint8)
    assert ms_ssim(gt // 2, gt) < 0.99
    assert scale_to_gt_mean(gt // 2, gt).mean() == pytest.approx(200)
    assert ms_ssim(gt // 2, gt, gt_mean=True) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize('size', [(160, 300), (300, 160)])
def test_refuses_pictures_whose_last_scale_is_smaller_than_the_window(
    size: tuple[int, int],
) -> None:
    with pytest.raises(DatasetError, match='MS-SSIM needs pictures of at least 161x161 pixels'):
        ms_ssim(noise(0, *size), noise(0, *size))
