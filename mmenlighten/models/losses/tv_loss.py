"""Total variation as in the style transfer of Johnson et al."""

from __future__ import annotations

from torch import Tensor, nn

from mmenlighten.registry import MODELS


@MODELS.register_module()
class TVLoss(nn.Module):
    """``1/2 sum[(x(i, j+1) - x(i, j))^2 + (x(i+1, j) - x(i, j))^2]``, i < H - 1 and j < W - 1.

    The loss whose gradient the released program of Johnson et al. (2016) adds; it is a sum over
    batch, channels and positions, so its weight is small: 1e-6 for batches of 4 images of 256
    pixels in [0, 255] there. :class:`TotalVariationLoss` takes means instead.
    """

    def forward(self, image: Tensor, target: Tensor | None = None) -> Tensor:
        """Looks at images (N, C, H, W) alone, whatever the target; a scalar."""
        right = image[..., :-1, 1:] - image[..., :-1, :-1]
        down = image[..., 1:, :-1] - image[..., :-1, :-1]
        return (right.square() + down.square()).sum() / 2
