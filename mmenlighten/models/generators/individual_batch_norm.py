"""Batch norm that keeps other statistics for another kind of input."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class BiasedBatchNorm2d(nn.BatchNorm2d):
    """Batch norm whose running variance is the mean of biased ones, as TensorFlow has it.

    That of torch is of the unbiased variance, with which the batch itself is *not* normalised: of
    two maps of 2 x 2 positions it is 8/7 of that. Momentum and epsilon are equal in both.
    """

    def forward(self, features: Tensor) -> Tensor:
        """Normalises (N, C, H, W)."""
        if not self.training:
            return super().forward(features)
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        assert self.momentum is not None
        mean, variance = torch.zeros_like(self.running_mean), torch.zeros_like(self.running_var)
        # With a momentum of 1 the two become what this batch has.
        normalized = F.batch_norm(
            features,
            mean,
            variance,
            self.weight,
            self.bias,
            training=True,
            momentum=1.0,
            eps=self.eps,
        )
        self.num_batches_tracked += 1
        count = features.numel() / features.shape[1]
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance * (1 - 1 / count), self.momentum)
        return normalized


class IndividualBatchNorm2d(nn.ModuleList):
    """One batch norm for each kind of input (Section 4 of the paper: iBN).

    Real images and those that the other generator made differ in their statistics, while the
    convolutions before are the same.

    Args:
        channels: Of the feature maps.
        number: Kinds of inputs; with 1 all share one batch norm.
    """

    def __init__(self, channels: int, number: int) -> None:
        super().__init__(BiasedBatchNorm2d(channels) for _ in range(number))

    def forward(self, features: Tensor, kind: int) -> Tensor:
        """Normalises (N, C, H, W) as inputs of this kind are."""
        normalized: Tensor = self[min(kind, len(self) - 1)](features)
        return normalized
