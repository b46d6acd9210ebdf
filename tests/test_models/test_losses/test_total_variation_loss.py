from __future__ import annotations

import pytest
import torch

from mmenlighten.models import TotalVariationLoss


def test_mean_square_of_both_differences() -> None:
    image = torch.zeros(1, 1, 3, 5, dtype=torch.float64)
    image[..., 2:] = 0.5  # one step in each row: 3 of 12 differences
    assert TotalVariationLoss()(image).item() == pytest.approx(0.25 / 4)
    assert TotalVariationLoss()(image.transpose(-1, -2)).item() == pytest.approx(0.25 / 4)
