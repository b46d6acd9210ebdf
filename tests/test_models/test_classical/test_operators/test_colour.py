"""Colour spaces of floating-point pictures."""

from __future__ import annotations

import colorsys

import cv2
import numpy as np
import torch

from mmenlighten.models.classical.operators.colour import (
    hsv_value,
    lab_to_rgb,
    replace_value,
    rgb_to_lab,
)


def colours() -> torch.Tensor:
    return torch.rand(1, 3, 12, 15, generator=torch.Generator().manual_seed(0))


def test_value_changes_and_hue_and_saturation_stay() -> None:
    image = colours().double()
    value = hsv_value(image) * 0.5
    changed = replace_value(image, value)
    for before, after, v in zip(image.flatten(2)[0].T, changed.flatten(2)[0].T, value.flatten()):
        hue, saturation, _ = colorsys.rgb_to_hsv(*before.tolist())
        expected = torch.tensor([hue, saturation, v.item()], dtype=torch.float64)
        actual = torch.tensor(colorsys.rgb_to_hsv(*after.tolist()), dtype=torch.float64)
        torch.testing.assert_close(actual, expected)


def test_black_becomes_grey() -> None:
    black = torch.zeros(1, 3, 2, 2, requires_grad=True)
    changed = replace_value(black, torch.full((1, 1, 2, 2), 0.25))
    assert torch.equal(changed, torch.full((1, 3, 2, 2), 0.25))
    changed.sum().backward()
    assert black.grad is not None
    assert black.grad.isfinite().all()


def test_lab_is_that_of_opencv() -> None:
    image = colours()
    lightness, ab = rgb_to_lab(image)
    expected = cv2.cvtColor(image[0].permute(1, 2, 0).numpy(), cv2.COLOR_RGB2LAB)
    actual = torch.cat([lightness, ab], 1)[0].permute(1, 2, 0).numpy()
    # OpenCV interpolates its tables.
    np.testing.assert_allclose(actual, expected, atol=0.3)


def test_lab_and_back_is_the_picture() -> None:
    image = torch.cat([colours(), colours() * 0.02, torch.zeros(1, 3, 12, 15)]).double()
    # 7.787 and 903.3 are rounded, so that the ends of the line do not quite meet.
    torch.testing.assert_close(lab_to_rgb(*rgb_to_lab(image)), image, atol=2e-4, rtol=0)


def test_white_is_l_of_100_without_colour() -> None:
    lightness, ab = rgb_to_lab(torch.ones(1, 3, 1, 1))
    torch.testing.assert_close(lightness, torch.full((1, 1, 1, 1), 100.0))
    assert ab.abs().max() < 0.01
