"""Many products with fixed matrices at once, by oneDNN where torch has it."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from .packed_weights import PackedWeights


class PackedProducts:
    """Multiplies rows of G groups by G matrices, as a convolution of kernel 1 in groups.

    Args:
        make: Makes the matrices (G, C', C); see :class:`PackedWeights`.
        groups: G.
    """

    def __init__(self, make: Callable[[], Tensor], groups: int) -> None:
        self.make = make
        self.weights = PackedWeights(self._make_weight, groups=groups)

    def __call__(self, values: Tensor, bias: Tensor | None) -> Tensor:
        """Products (rows, G, C') of (rows, G, C), plus a bias (G C'); without gradient."""
        rows, groups, channels = values.shape
        image = values.view(1, rows, 1, groups * channels).permute(0, 3, 1, 2)
        if values.dtype != torch.float32:
            weight = self.weights(image).view(groups, -1, channels).transpose(1, 2)
            products = torch.bmm(values.transpose(0, 1), weight).transpose(0, 1)
            return products if bias is None else products + bias.view(groups, -1)
        products = self.weights.convolve(image, bias)
        return products.permute(0, 2, 3, 1).reshape(rows, groups, -1)

    def _make_weight(self) -> Tensor:
        matrices = self.make()
        return matrices.view(-1, matrices.shape[-1], 1, 1)
