"""Gamma correction."""

from __future__ import annotations

from typing import ClassVar

import pytest
import torch

from mmenlighten.models.classical.gamma_correction import GammaCorrection
from mmenlighten.utils.errors import ConfigError

from .classical_tester import ClassicalTester


class TestGammaCorrection(ClassicalTester):
    config: ClassVar = dict(type='GammaCorrection')
    is_differentiable = True

    def test_values(self) -> None:
        levels = torch.tensor([0, 0.04, 0.25, 1]).expand(1, 3, 1, 4)
        light = GammaCorrection(gamma=0.5).enhance_light(levels)
        torch.testing.assert_close(light[0, 0, 0], torch.tensor([0, 0.2, 0.5, 1]))

    def test_gamma_of_one_changes_nothing(self) -> None:
        image = torch.rand(1, 3, 5, 6)
        torch.testing.assert_close(GammaCorrection(gamma=1).enhance_light(image), image)

    def test_gradient_at_black_is_finite(self) -> None:
        image = torch.zeros(1, 3, 2, 2, requires_grad=True)
        GammaCorrection().enhance_light(image).sum().backward()
        assert image.grad is not None
        assert image.grad.isfinite().all()
        assert (image.grad > 100).all()

    def test_gamma_must_be_positive(self) -> None:
        with pytest.raises(ConfigError, match='gamma=0 must be positive'):
            GammaCorrection(gamma=0)
