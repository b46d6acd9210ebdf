"""Many products with fixed matrices at once, by oneDNN where torch has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from .fused_activation import HAS_FUSED_CONVOLUTION

HAS_PACKED_WEIGHTS = HAS_FUSED_CONVOLUTION and hasattr(torch._C._nn, 'mkldnn_reorder_conv2d_weight')
"""The operators are for code that torch compiles; where they are gone, weights are sorted anew."""

KEPT_ORDERS = 2
"""Training has two sizes, pictures and windows; a picture in tiles has one."""


class PackedProducts:
    """Multiplies rows of G groups by G matrices, as a convolution of kernel 1 in groups.

    For this oneDNN sorts the matrices in an order that depends on the number of rows. They are
    kept so for the numbers that were there last: in another order they would be sorted back value
    by value, which takes a hundred times as long.

    Args:
        make: Makes the matrices (G, C', C); asked again whenever they are sorted anew, so that
            they are not in memory once more.
    """

    def __init__(self, make: Callable[[], Tensor]) -> None:
        self.make = make
        self._packed: dict[int, Tensor] = {}

    def __call__(self, values: Tensor, bias: Tensor | None) -> Tensor:
        """Products (rows, G, C') of (rows, G, C), plus a bias (G C'); without gradient."""
        rows, groups, channels = values.shape
        image = values.view(1, rows, 1, groups * channels).permute(0, 3, 1, 2)
        packed = self._packed.get(rows)
        if packed is None:
            packed = self._pack(image)
            # Another thread may do the same for its own rows meanwhile: each has a dict of its own.
            kept = list(self._packed.items())[1 - KEPT_ORDERS :]
            self._packed = dict([*kept, (rows, packed)])
        if packed.is_mkldnn:
            none, ones = [0, 0], [1, 1]
            products = torch.ops.mkldnn._convolution_pointwise(
                image, packed, bias, none, ones, ones, groups, 'none', [], ''
            )
        elif values.dtype == torch.float32:
            products = F.conv2d(image, packed, bias, groups=groups)
        else:
            weight = packed.view(groups, -1, channels).transpose(1, 2)
            products = torch.bmm(values.transpose(0, 1), weight).transpose(0, 1)
            return products if bias is None else products + bias.view(groups, -1)
        return products.permute(0, 2, 3, 1).reshape(rows, groups, -1)

    def _pack(self, image: Tensor) -> Tensor:
        matrices = self.make()
        groups, _, channels = matrices.shape
        weight = matrices.view(-1, channels, 1, 1)
        if not HAS_PACKED_WEIGHTS or weight.dtype != torch.float32:
            return weight
        none, ones = [0, 0], [1, 1]
        reorder = getattr(torch._C._nn, 'mkldnn_reorder_conv2d_weight')  # noqa: B009
        packed: Tensor = reorder(  # torch's own types are those of an earlier signature
            weight.to_mkldnn(), none, ones, ones, groups, list(image.shape)
        )
        return packed

    def __getstate__(self) -> dict[str, Any]:
        return dict(self.__dict__, _packed={})  # cannot be pickled, and is soon made
