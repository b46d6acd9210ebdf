from __future__ import annotations

import torch

from mmenlighten.models import LuminanceAdjustment
from mmenlighten.utils.tensor_image import attention_map


def test_brightness_of_each_image_is_that_of_the_generated_one() -> None:
    random = torch.Generator().manual_seed(0)
    real = torch.rand((2, 3, 8, 8), generator=random) - 0.5
    generated = torch.rand((2, 3, 8, 8), generator=random, requires_grad=True) * 0.4 - 0.9
    adjusted = LuminanceAdjustment()(real, generated)
    means = [attention_map(image).mean(dim=(1, 2, 3)) for image in (adjusted, generated)]
    torch.testing.assert_close(*means)
    assert not adjusted.requires_grad


def test_what_would_be_brighter_than_white_is_white_and_black_stays_black() -> None:
    real = torch.zeros(1, 3, 4, 4)
    real[..., 0] = 0.9
    assert LuminanceAdjustment()(real, torch.ones(1, 3, 4, 4)).max() == 1
    black = torch.full((1, 3, 4, 4), -1.0)
    assert torch.equal(LuminanceAdjustment()(black, real), black)
