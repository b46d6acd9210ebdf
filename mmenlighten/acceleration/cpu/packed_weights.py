"""Weights that stay as they are, in the order that oneDNN multiplies with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from .conv_leaky_relu import HAS_FUSED_CONVOLUTION

HAS_PACKED_WEIGHTS = HAS_FUSED_CONVOLUTION and hasattr(torch._C._nn, 'mkldnn_reorder_conv2d_weight')
"""The operators are for code that torch compiles; where they are gone, weights are sorted anew."""

KEPT_ORDERS = 2
"""Training has two sizes, images and windows; an image in tiles has one."""


class PackedWeights:
    """Weights of a convolution of stride 1, sorted beforehand; without gradients.

    The order depends on the shape of what is convolved. They are kept so for the shapes that were
    there last: in another order they would be sorted back value by value, which takes a hundred
    times as long.

    Args:
        make: Makes the weights (G C', C, k, k); asked again whenever they are sorted anew, so that
            they are not in memory once more.
        groups: G.
    """

    def __init__(self, make: Callable[[], Tensor], groups: int = 1) -> None:
        self.make = make
        self.groups = groups
        self._packed: dict[tuple[int, ...], Tensor] = {}

    def __call__(self, image: Tensor) -> Tensor:
        """The weights for (N, G C, H, W); sorted if these are in float32 and torch can do so."""
        shape = tuple(image.shape)
        packed = self._packed.get(shape)
        if packed is None:
            packed = self._pack(shape)
            # Another thread may do so for its own shape meanwhile: each has a dict of its own.
            kept = list(self._packed.items())[1 - KEPT_ORDERS :]
            self._packed = dict([*kept, (shape, packed)])
        return packed

    def convolve(self, image: Tensor, bias: Tensor | None) -> Tensor:
        """Convolves (N, G C, H, W): (N, G C', h, w)."""
        weight = self(image)
        if not weight.is_mkldnn:
            return F.conv2d(image, weight, bias, groups=self.groups)
        padding, ones = [0, 0], [1, 1]
        result: Tensor = torch.ops.mkldnn._convolution_pointwise(
            image, weight, bias, padding, ones, ones, self.groups, 'none', [], ''
        )
        return result

    def _pack(self, shape: tuple[int, ...]) -> Tensor:
        weight = self.make()
        if not HAS_PACKED_WEIGHTS or weight.dtype != torch.float32:
            return weight
        padding, ones = [0, 0], [1, 1]
        reorder = getattr(torch._C._nn, 'mkldnn_reorder_conv2d_weight')  # noqa: B009
        packed: Tensor = reorder(  # torch's own types are those of an earlier signature
            weight.to_mkldnn(), padding, ones, ones, self.groups, list(shape)
        )
        return packed

    def __getstate__(self) -> dict[str, Any]:
        return dict(self.__dict__, _packed={})  # cannot be pickled, and is soon made
