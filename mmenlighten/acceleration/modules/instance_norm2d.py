"""Instance norm that can be trained with the channels of a pixel side by side."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


class ChannelsLastInstanceNorm2d(nn.InstanceNorm2d):
    """Instance norm whose gradient is right in ``channels_last``, also of a single image.

    torch computes it as a batch norm of (1, N C, H, W). With N = 1 a gradient that lies in
    ``channels_last`` reaches a kernel that reads it as if it did not (seen with torch 2.13).
    """

    def forward(self, features: Tensor) -> Tensor:
        """Normalises (N, C, H, W)."""
        result: Tensor = _WithPlainGradient.apply(super().forward(features))
        return result


class _WithPlainGradient(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, features: Tensor) -> Tensor:
        # Not a view, which an activation in place could not overwrite.
        return features.detach()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        return gradients[0].contiguous()
