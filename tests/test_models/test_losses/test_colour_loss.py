from __future__ import annotations

import pytest
import torch

from mmenlighten.models import ColourLoss


def picture(*rgb: float) -> torch.Tensor:
    return torch.tensor(rgb, dtype=torch.float64).view(1, 3, 1, 1).expand(1, 3, 8, 8)


def test_brightness_is_free_and_hue_is_not() -> None:
    loss = ColourLoss(dark=0.0)
    assert loss(picture(0.2, 0.4, 0.1), picture(0.4, 0.8, 0.2)).item() == pytest.approx(0, abs=1e-9)
    assert loss(picture(1, 0, 0), picture(0, 1, 0)).item() == pytest.approx(1)
    assert loss(picture(1, 1, 0), picture(1, 0, 0)).item() == pytest.approx(1 - 2**-0.5)


def test_colours_near_black_count_little() -> None:
    dark = ColourLoss()(picture(0.002, 0, 0), picture(0, 0.002, 0))
    light = ColourLoss()(picture(0.5, 0, 0), picture(0, 0.5, 0))
    assert dark < 0.01 * light
