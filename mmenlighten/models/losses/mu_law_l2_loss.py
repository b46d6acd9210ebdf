"""Squared error of merged exposures after the mu-law tone curve."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_positive
from mmenlighten.utils.mu_law import MU, mu_law


@MODELS.register_module()
class MuLawL2Loss(nn.Module):
    """Mean squared error of tone-mapped light; T(x) = log(1 + mu x) / log(1 + mu), x in [0, 1].

    In linear light, errors in the shadows would hardly count.

    Args:
        mu: Steepness of the curve.
        signed: Whether light is in [-1, 1] and so are tone-mapped values, as in Wu et al. (2018):
            four times the loss of [0, 1]. Set ``unit_range=False`` of the model with it.

    Raises:
        ConfigError: ``mu`` is not positive.
    """

    def __init__(self, mu: float = MU, signed: bool = False) -> None:
        super().__init__()
        check_positive('MuLawL2Loss', mu=mu)
        self.mu, self.signed = mu, signed

    def forward(self, merged: Tensor, target: Tensor) -> Tensor:
        """Compares light (N, 3, H, W)."""
        return F.mse_loss(self._tone(merged), self._tone(target))

    def _tone(self, light: Tensor) -> Tensor:
        return mu_law((light + 1) / 2, self.mu) * 2 - 1 if self.signed else mu_law(light, self.mu)
