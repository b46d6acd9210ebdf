from __future__ import annotations

import pytest
import torch

from mmenlighten.models import SSIMLoss


def test_equal_pictures_have_none_and_opposite_ones_more_than_one() -> None:
    image = torch.rand(2, 3, 16, 16, generator=torch.Generator().manual_seed(0)).double()
    assert SSIMLoss()(image, image).item() == pytest.approx(0, abs=1e-9)
    assert SSIMLoss()(image, 1 - image).item() > 1


def test_one_window_by_hand() -> None:
    a = torch.arange(49.0, dtype=torch.float64).view(1, 1, 7, 7) / 49
    b = 0.5 * a + 0.2
    mean_a, mean_b = a.mean(), b.mean()
    variance_a, variance_b = a.var(correction=0), b.var(correction=0)
    covariance = ((a - mean_a) * (b - mean_b)).mean()
    expected = (2 * mean_a * mean_b + 1e-4) * (2 * covariance + 9e-4)
    expected = expected / (mean_a**2 + mean_b**2 + 1e-4) / (variance_a + variance_b + 9e-4)
    assert SSIMLoss()(a, b).item() == pytest.approx(1 - expected.item())
