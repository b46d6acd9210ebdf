"""A distance of pixels that forgives single large errors."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mmenlighten.registry import MODELS


@MODELS.register_module()
class CharbonnierLoss(nn.Module):
    """``mean sqrt((a - b)^2 + eps^2)``, the smooth L1 distance (Charbonnier et al., 1994).

    Args:
        eps: Differences well below it count as squares.
    """

    def __init__(self, eps: float = 1e-3) -> None:
        super().__init__()
        self.eps = eps

    def forward(self, result: Tensor, target: Tensor) -> Tensor:
        """Compares tensors of one shape and range; a scalar."""
        return torch.sqrt((result - target) ** 2 + self.eps**2).mean()
