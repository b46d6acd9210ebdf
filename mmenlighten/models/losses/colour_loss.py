"""The angle between colours."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.registry import MODELS


@MODELS.register_module()
class ColourLoss(nn.Module):
    """``1 - cos`` of the angle between colours of small squares, whatever their brightness.

    As in DeepUPE (Wang et al., "Underexposed Photo Enhancement Using Deep Illumination
    Estimation", CVPR 2019, equation 5), on means of squares, which noise disturbs less.

    Args:
        square: Side of the squares in pixels.
        dark: Added to all channels: near black there is no colour.
    """

    def __init__(self, square: int = 4, dark: float = 0.02) -> None:
        super().__init__()
        self.square, self.dark = square, dark

    def forward(self, result: Tensor, target: Tensor) -> Tensor:
        """Compares RGB images (N, 3, H, W) in [0, 1]; a scalar."""
        colour = F.avg_pool2d(result, self.square) + self.dark
        wanted = F.avg_pool2d(target, self.square) + self.dark
        return (1 - F.cosine_similarity(colour, wanted, dim=1)).mean()
