"""A doubling and the convolution behind it, in the form that enhances fastest."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.models.convolutions import is_eager_on_cpu, write_convolved

from .folded_convolution import FoldedConvolution


class UpsamplingConvolution(nn.Module):
    """Bilinear doubling and a 3x3 convolution, written to where the next one reads.

    Args:
        convolution: The convolution behind the doubling.
        align_corners: See :func:`~mmenlighten.models.resampling.double_size`.
        multiplies_first: Whether small pixels are multiplied, and only products doubled, where
            that is faster: see :class:`~mmenlighten.models.convolutions.DoublingConvolution`.
    """

    def __init__(
        self, convolution: FoldedConvolution, align_corners: bool, multiplies_first: bool
    ) -> None:
        super().__init__()
        self.convolution = convolution
        self.align_corners = align_corners
        self.multiplies_first = multiplies_first

    @property
    def prepared_bytes(self) -> int:
        """Memory of weights in other forms; products of small pixels need none that are kept."""
        return 0 if self.multiplies_first else self.convolution.prepared_bytes

    def forward(self, features: Tensor, out: Tensor) -> None:
        """Writes the result of (N, C, H, W), to (N, C', 2 H, 2 W)."""
        if not (self.multiplies_first and is_eager_on_cpu(features)):
            doubled = F.interpolate(
                features, scale_factor=2, mode='bilinear', align_corners=self.align_corners
            )
            out.copy_(self.convolution(doubled))
            return
        weight, bias = self.convolution.weight, self.convolution.bias
        write_convolved(features, weight, bias, self.align_corners, out)
        self.convolution.correct_edges(out)
