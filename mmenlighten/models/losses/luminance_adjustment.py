"""Real images at the brightness of generated ones, before a discriminator compares them."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mmenlighten.registry import MODELS
from mmenlighten.utils.srgb import LUMA_WEIGHTS


@MODELS.register_module()
class LuminanceAdjustment(nn.Module):
    """Multiplies real images so that their mean luma is that of generated ones.

    The discriminator then cannot tell them apart by brightness. From UD-GAN (Jin et al., ICIP
    2019), as we read its abstract; no code is public. Where brightness is the task, as for
    low light, it must not be the input of the only discriminator.
    """

    @torch.no_grad()
    def forward(self, real: Tensor, generated: Tensor) -> Tensor:
        """Takes RGB images (N, 3, H, W) in [-1, 1], as many of both; without gradient.

        Returns:
            The real images at the brightness of the generated ones, clamped to [-1, 1].
        """
        real, generated = (real + 1) / 2, (generated + 1) / 2
        gain = _mean_luma(generated) / _mean_luma(real).clamp(min=1e-3)
        return (real * gain.clamp(min=0)).clamp(0, 1) * 2 - 1


def _mean_luma(image: Tensor) -> Tensor:
    """Of images (N, 3, H, W): (N, 1, 1, 1)."""
    weights = image.new_tensor(LUMA_WEIGHTS).view(3, 1, 1)
    return (image * weights).sum(dim=1, keepdim=True).mean(dim=(2, 3), keepdim=True)
