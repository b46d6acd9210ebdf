"""Total variation: how much neighbouring pixels differ."""

from __future__ import annotations

from torch import Tensor, nn

from mmenlighten.registry import MODELS


@MODELS.register_module()
class TotalVariationLoss(nn.Module):
    """``E[(x(i+1, j) - x(i, j))^2] + E[(x(i, j+1) - x(i, j))^2]``, E the mean of all elements.

    CinCGAN's against noise, with squares as in its ports.
    """

    def forward(self, image: Tensor, target: Tensor | None = None) -> Tensor:
        """Looks at images (N, C, H, W) alone, both sides at least 2 pixels; a scalar."""
        down, right = image.diff(dim=-2), image.diff(dim=-1)
        return down.square().mean() + right.square().mean()
