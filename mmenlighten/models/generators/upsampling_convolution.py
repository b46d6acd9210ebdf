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

    def forward(self, features: Tensor, out: Tensor, first_row: int = 0) -> None:
        """Writes the result of (N, C, H, W), or a band of its rows.

        Args:
            features: (N, C, H, W), all of them.
            out: (N, C', 2 h, 2 W), of h small rows; of fewer than H if :meth:`has_bands`.
            first_row: The first of these.
        """
        height, last_row = features.shape[2], first_row + out.shape[2] // 2
        if not self._multiplies(features):
            reach = 2  # small rows: one for the doubling, one for the convolution
            seen = slice(max(first_row - reach, 0), min(last_row + reach, height))
            doubled = F.interpolate(
                features[:, :, seen],
                scale_factor=2,
                mode='bilinear',
                align_corners=self.align_corners,
            )
            start = 2 * (first_row - seen.start)
            out.copy_(self.convolution(doubled)[:, :, start : start + out.shape[2]])
            return
        weight, bias = self.convolution.weight, self.convolution.bias
        write_convolved(features, weight, bias, self.align_corners, out, first_row)
        self.convolution.correct_edges(out, first_row == 0, last_row == height)

    def has_bands(self, features: Tensor) -> bool:
        """Whether a part of the rows can be computed, for such features.

        With ``align_corners`` the grid of doubled rows depends on the number of all rows, which
        only the products know.
        """
        return self._multiplies(features) or not self.align_corners

    def _multiplies(self, features: Tensor) -> bool:
        return self.multiplies_first and is_eager_on_cpu(features)
