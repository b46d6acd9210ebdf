from __future__ import annotations

import math

import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio

from mmenlighten.evaluation.functional import mean_brightness, psnr
from mmenlighten.utils.errors import DatasetError
from tests.test_evaluation.pictures import gamma_correction, lol_pairs, needs_lol_eval, noise, noisy


@pytest.mark.parametrize('size', [(24, 31), (1, 1), (11, 200)])
def test_agrees_with_scikit_image(size: tuple[int, int]) -> None:
    gt = noise(0, *size)
    enhanced = noisy(gt)
    expected = peak_signal_noise_ratio(gt, enhanced, data_range=255)
    assert psnr(enhanced, gt) == pytest.approx(expected, rel=0, abs=1e-10)


def test_is_the_formula_on_a_difference_known_in_advance() -> None:
    gt = np.full((4, 5, 3), 100, np.uint8)
    assert psnr(gt + np.uint8(10), gt) == pytest.approx(20 * math.log10(25.5), abs=1e-12)
    # The unsigned difference does not wrap around: brighter and darker count alike.
    assert psnr(gt - np.uint8(10), gt) == psnr(gt + np.uint8(10), gt)


def test_all_pixels_and_channels_count_alike() -> None:
    gt = np.zeros((16, 16, 3), np.uint8)
    scores = set()
    for place in [(0, 0, 0), (0, 0, 1), (8, 8, 2), (15, 15, 2)]:
        enhanced = gt.copy()
        enhanced[place] = 255
        scores.add(psnr(enhanced, gt))
    [score] = scores
    assert score == pytest.approx(10 * math.log10(16 * 16 * 3), abs=1e-12)


def test_is_infinite_for_equal_pictures() -> None:
    assert psnr(noise(0), noise(0)) == math.inf


def test_refuses_other_sizes_and_names_both() -> None:
    with pytest.raises(DatasetError, match=r'has 31x24 pixels and its ground truth 30x24'):
        psnr(noise(0), noise(0, width=30))


@pytest.mark.parametrize(
    'image', [noise(0) / 255.0, noise(0)[..., 0], noise(0)[..., :1], noise(0).transpose(2, 0, 1)]
)
def test_refuses_what_is_not_a_finished_picture(image: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r'Expected uint8 \(H, W, 3\)'):
        psnr(image, noise(0))
    with pytest.raises(ValueError, match=r'Expected uint8 \(H, W, 3\)'):
        psnr(noise(0), image)


@needs_lol_eval
def test_means_over_lol_pairs() -> None:
    # Computed with Pillow and NumPy alone. On all fifteen pairs: 7.773 and 12.329 (rounded).
    pairs = lol_pairs()
    inputs = np.mean([psnr(low, gt) for low, gt in pairs])
    brightened = np.mean([psnr(gamma_correction(low), gt) for low, gt in pairs])
    assert inputs == pytest.approx(5.516799172067428, abs=1e-10)
    assert brightened == pytest.approx(8.949671848787183, abs=1e-10)


def test_agrees_with_torchmetrics() -> None:
    # torchmetrics 1.9.0, which computes in float32 at the end.
    gt = noise(0, 176, 192)
    assert psnr(noisy(gt), gt) == pytest.approx(26.900703955069048, abs=1e-6)
    assert psnr(noisy(gt, 60), gt) == pytest.approx(14.119742224643158, abs=1e-6)


def test_gt_mean_scales_first() -> None:
    gt = noise(0)
    scaled = np.clip((gt // 3) * (mean_brightness(gt) / mean_brightness(gt // 3)), 0, 255)
    expected = 10 * math.log10(255**2 / np.mean((scaled - gt) ** 2))
    assert psnr(gt // 3, gt, gt_mean=True) == pytest.approx(expected, abs=1e-10)


@needs_lol_eval
def test_rounding_truncation_and_gt_mean_over_lol_pairs() -> None:
    # Gamma 0.5; on all fifteen pairs 12.329 rounded, 12.260 truncated and 23.247 with GT-mean.
    rounded, truncated, scaled = [], [], []
    for low, gt in lol_pairs():
        rounded.append(psnr(gamma_correction(low), gt))
        truncated.append(psnr((255 * np.sqrt(low / 255)).astype(np.uint8), gt))
        scaled.append(psnr(gamma_correction(low), gt, gt_mean=True))
    assert 0.04 < np.mean(rounded) - np.mean(truncated) < 0.08
    assert np.mean(scaled) - np.mean(rounded) > 10
