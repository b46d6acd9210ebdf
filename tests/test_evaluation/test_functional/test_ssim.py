from __future__ import annotations

import numpy as np
import pytest
from skimage.metrics import structural_similarity

from mmenlighten.evaluation.functional import ssim
from mmenlighten.utils.errors import DatasetError
from tests.test_evaluation.pictures import gamma_correction, lol_pairs, needs_lol_eval, noise, noisy


def reference(one: np.ndarray, other: np.ndarray) -> float:
    """Equation 13 of Wang et al. (2004), window by window."""
    offsets = np.arange(-5, 6)
    weights = np.exp(-(offsets[:, None] ** 2 + offsets[None] ** 2) / (2 * 1.5**2))
    weights /= weights.sum()
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    values = []
    for channel in range(3):
        for top in range(one.shape[0] - 10):
            for left in range(one.shape[1] - 10):
                window = (slice(top, top + 11), slice(left, left + 11), channel)
                x, y = one[window].astype(np.float64), other[window].astype(np.float64)
                mean_x, mean_y = (weights * x).sum(), (weights * y).sum()
                variance_x = (weights * (x - mean_x) ** 2).sum()
                variance_y = (weights * (y - mean_y) ** 2).sum()
                covariance = (weights * (x - mean_x) * (y - mean_y)).sum()
                values.append(
                    (2 * mean_x * mean_y + c1)
                    * (2 * covariance + c2)
                    / ((mean_x**2 + mean_y**2 + c1) * (variance_x + variance_y + c2))
                )
    return float(np.mean(values))


@pytest.mark.parametrize('size', [(24, 31), (11, 11), (11, 20)])
def test_agrees_with_the_definition(size: tuple[int, int]) -> None:
    gt = noise(0, *size)
    for enhanced in (noisy(gt), noise(1, *size), gt // 3):
        assert ssim(enhanced, gt) == pytest.approx(reference(enhanced, gt), rel=0, abs=1e-10)


def test_agrees_with_scikit_image_and_its_right_flags() -> None:
    gt = noise(0, 150, 90)  # more than one strip
    for enhanced in (noisy(gt), gt // 3):
        expected = structural_similarity(
            enhanced,
            gt,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
            data_range=255,
            channel_axis=2,
        )
        assert ssim(enhanced, gt) == pytest.approx(expected, abs=1e-10)


def test_agrees_with_torchmetrics_where_the_window_fits() -> None:
    # torchmetrics 1.9.0 in float64, its full map without the five pixels at each edge.
    gt = noise(0, 176, 192)
    assert ssim(noisy(gt), gt) == pytest.approx(0.9250658799612849, abs=1e-10)
    assert ssim(noisy(gt, 60), gt) == pytest.approx(0.485056541992951, abs=1e-10)
    assert ssim(gt // 3, gt) == pytest.approx(0.37070588328079535, abs=1e-10)


def test_gt_mean_scales_first() -> None:
    gt = np.full((20, 20, 3), 200, np.uint8)
    assert ssim(gt // 2, gt) < 0.9
    assert ssim(gt // 2, gt, gt_mean=True) == pytest.approx(1, abs=1e-9)


def test_is_one_for_equal_pictures() -> None:
    assert ssim(noise(0), noise(0)) == pytest.approx(1, abs=1e-12)


def test_all_channels_count_alike() -> None:
    gt = np.repeat(noise(0)[..., :1], 3, axis=2)
    scores = []
    for channel in range(3):
        enhanced = gt.copy()
        enhanced[..., channel] = noisy(gt)[..., 0]
        scores.append(ssim(enhanced, gt))
    assert scores[0] < 0.99
    assert scores[1:] == pytest.approx(scores[:1] * 2, abs=1e-12)


def test_refuses_other_sizes_and_names_both() -> None:
    with pytest.raises(DatasetError, match=r'has 31x24 pixels and its ground truth 31x23'):
        ssim(noise(0), noise(0, height=23))


@pytest.mark.parametrize('size', [(10, 30), (30, 10)])
def test_refuses_pictures_smaller_than_its_window(size: tuple[int, int]) -> None:
    with pytest.raises(DatasetError, match=f'at least 11x11 pixels; this one has {size[1]}x'):
        ssim(noise(0, *size), noise(0, *size))


def test_refuses_what_is_not_a_finished_picture() -> None:
    with pytest.raises(ValueError, match=r'Expected uint8 \(H, W, 3\)'):
        ssim(noise(0) / 255.0, noise(0))


@needs_lol_eval
def test_means_over_lol_pairs() -> None:
    # Computed with Pillow and NumPy alone. On all fifteen pairs: .1952 and .5626.
    pairs = lol_pairs()
    inputs = np.mean([ssim(low, gt) for low, gt in pairs])
    brightened = np.mean([ssim(gamma_correction(low), gt) for low, gt in pairs])
    assert inputs == pytest.approx(0.15612350592377763, abs=1e-10)
    assert brightened == pytest.approx(0.5049079057361565, abs=1e-10)
