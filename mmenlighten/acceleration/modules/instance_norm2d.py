"""Instance norm that can be trained with the channels of a pixel side by side."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.acceleration.devices import is_eager_on_cpu


class ChannelsLastInstanceNorm2d(nn.InstanceNorm2d):
    """Instance norm that is right, and on a CPU fast, in ``channels_last``.

    torch computes it as a batch norm of (1, N C, H, W), for which it copies into another layout.
    With N = 1 a gradient that lies in ``channels_last`` then reaches a kernel that reads it as if
    it did not (seen with torch 2.13). On a CPU each image has a batch norm of its own instead,
    which knows the layout.
    """

    def forward(self, features: Tensor) -> Tensor:
        """Normalises (N, C, H, W)."""
        is_alone = not self.track_running_stats and features.dim() == 4
        is_last = features.is_contiguous(memory_format=torch.channels_last)
        if is_alone and is_last and is_eager_on_cpu(features):
            images = [
                F.batch_norm(image, None, None, self.weight, self.bias, training=True, eps=self.eps)
                for image in features.split(1)
            ]
            return images[0] if len(images) == 1 else torch.cat(images)
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
