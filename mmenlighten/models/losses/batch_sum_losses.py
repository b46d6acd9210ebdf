"""Losses of Caffe: sums over all values of an image, means over the batch."""

from __future__ import annotations

from torch import Tensor, nn

from mmenlighten.registry import MODELS


@MODELS.register_module()
class EuclideanLoss(nn.Module):
    """Half of the summed squares, ``sum (x - y)^2 / (2 N)``."""

    def forward(self, result: Tensor, target: Tensor) -> Tensor:
        """Compares images (N, C, H, W); a scalar that grows with their size."""
        return (result - target).square().sum() / (2 * len(result))


@MODELS.register_module()
class AbsoluteSumLoss(nn.Module):
    """The summed differences, ``sum |x - y| / N``: the L1 loss of SICE-net's authors."""

    def forward(self, result: Tensor, target: Tensor) -> Tensor:
        """Compares images (N, C, H, W); a scalar that grows with their size."""
        return (result - target).abs().sum() / len(result)
