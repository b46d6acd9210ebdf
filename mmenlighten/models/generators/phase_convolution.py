"""A convolution of a doubled picture that never makes the doubled picture."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.models.convolutions import FrozenConvolution

from .folded_convolution import FoldedConvolution

SEEN = torch.tensor(
    [
        [[0.75, 0.25, 0], [0.25, 0.75, 0], [0, 0.75, 0.25]],
        [[0.25, 0.75, 0], [0, 0.75, 0.25], [0, 0.25, 0.75]],
    ],
    dtype=torch.float64,
)
"""Weights of the small positions i - 1, i, i + 1 (last axis) in the large positions around 2 i and
2 i + 1 (first axis): before, at and after it (middle axis)."""

BORDER = 2
"""Large positions at a border that see beyond it."""


class PhaseConvolution(nn.Module):
    """Bilinear doubling (``align_corners=False``) and a 3x3 convolution in one.

    Both are linear. A result at an even or odd row and column sees 3x3 small pixels, with weights
    that depend on the phase alone. So one convolution of the small picture gives all four phases,
    which are then put between one another. It takes as many multiplications, and neither time nor
    memory for the doubled picture. At the border, where doubling repeats the outermost pixel and
    the convolution sees zeros, two rows and columns are computed in the plain way.

    Args:
        convolution: The convolution behind the doubling.
    """

    weight: Tensor
    bias: Tensor

    def __init__(self, convolution: FoldedConvolution) -> None:
        super().__init__()
        self.convolution = convolution
        weight = convolution.weight
        seen = SEEN.to(weight.device)
        phases = torch.einsum('oiyx,pya,qxb->pqoiab', weight.double(), seen, seen)
        self.register_buffer('weight', phases.flatten(0, 2).to(weight.dtype))
        self.register_buffer('bias', convolution.bias.repeat(4))
        self._frozen: FrozenConvolution | None = None

    def forward(self, features: Tensor, out: Tensor) -> None:
        """Writes the result of (N, C, H, W), to (N, C', 2 H, 2 W)."""
        phases = self.frozen(features)
        phases = phases.unflatten(1, (2, 2, out.shape[1]))
        for row in range(2):
            for column in range(2):
                out[:, :, row::2, column::2] = phases[:, row, column]
        del phases
        near = BORDER // 2 + 2  # small rows for two large ones, and what those see
        out[:, :, :BORDER] = self._plain(features[:, :, :near])[:, :, :BORDER]
        out[:, :, -BORDER:] = self._plain(features[:, :, -near:])[:, :, -BORDER:]
        out[..., :BORDER] = self._plain(features[..., :near])[..., :BORDER]
        out[..., -BORDER:] = self._plain(features[..., -near:])[..., -BORDER:]
        self.convolution.correct_edges(out)

    @property
    def frozen(self) -> FrozenConvolution:
        """The convolution of the small picture."""
        if self._frozen is None or self._frozen.weight is not self.weight:
            self._frozen = FrozenConvolution(self.weight, self.bias, self.convolution.by_winograd)
        return self._frozen

    def _plain(self, features: Tensor) -> Tensor:
        doubled = F.interpolate(features, scale_factor=2, mode='bilinear', align_corners=False)
        return F.conv2d(doubled, self.convolution.weight, self.convolution.bias, padding=1)
