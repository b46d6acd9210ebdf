"""Upsampling and the convolution behind it, in the form that enhances fastest."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.acceleration.cpu.conv_before_upsample import write_conv_before_upsample
from mmenlighten.acceleration.devices import is_eager_on_cpu

from .folded_conv3x3 import FoldedConv3x3


class FoldedUpsampleConv2d(nn.Module):
    """Bilinear upsampling by two and a 3x3 convolution, written to where the next one reads.

    Args:
        convolution: The convolution behind the upsampling.
        align_corners: See :func:`torch.nn.functional.interpolate`.
        convolves_first: Whether small pixels are multiplied, and only products upsampled, where
            that is faster: see :mod:`~mmenlighten.acceleration.cpu.conv_before_upsample`.
    """

    def __init__(
        self, convolution: FoldedConv3x3, align_corners: bool, convolves_first: bool
    ) -> None:
        super().__init__()
        self.convolution = convolution
        self.align_corners = align_corners
        self.convolves_first = convolves_first

    @property
    def prepared_bytes(self) -> int:
        """Memory of weights in other forms; products of small pixels need none that are kept."""
        return 0 if self.convolves_first else self.convolution.prepared_bytes

    def forward(self, features: Tensor, out: Tensor, first_row: int = 0) -> None:
        """Writes the result of (N, C, H, W), or a band of its rows.

        Args:
            features: (N, C, H, W), all of them.
            out: (N, C', 2 h, 2 W), of h small rows; of fewer than H if :meth:`has_bands`.
            first_row: The first of these.
        """
        height, last_row = features.shape[2], first_row + out.shape[2] // 2
        if not self._convolves_first(features):
            reach = 2  # small rows: one for the upsampling, one for the convolution
            seen = slice(max(first_row - reach, 0), min(last_row + reach, height))
            upsampled = F.interpolate(
                features[:, :, seen],
                scale_factor=2,
                mode='bilinear',
                align_corners=self.align_corners,
            )
            start = 2 * (first_row - seen.start)
            # Rows at the ends of the part saw padding where the image goes on; they are left out.
            out.copy_(self.convolution(upsampled)[:, :, start : start + out.shape[2]])
            return
        weight, bias = self.convolution.weight, self.convolution.bias
        write_conv_before_upsample(features, weight, bias, self.align_corners, out, first_row)
        # The norm's shift, upsampled, is the same everywhere: only the padding needs mending.
        self.convolution.correct_edges(out, first_row == 0, last_row == height)

    def has_bands(self, features: Tensor) -> bool:
        """Whether a part of the rows can be computed, for such features.

        With ``align_corners`` the grid of upsampled rows depends on the number of all rows, which
        only the products know.
        """
        return self._convolves_first(features) or not self.align_corners

    def _convolves_first(self, features: Tensor) -> bool:
        return self.convolves_first and is_eager_on_cpu(features)
