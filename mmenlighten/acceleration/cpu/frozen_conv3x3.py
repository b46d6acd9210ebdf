"""3x3 convolutions whose weights stay as they are."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from . import winograd
from .conv_leaky_relu import conv_leaky_relu, has_fused_activation


class FrozenConv3x3:
    """A 3x3 convolution, padded with zeros, whose weights get no gradient.

    On a CPU, in float32 or float64 and with many channels, it is computed by Winograd's algorithm
    (:mod:`~mmenlighten.acceleration.cpu.winograd`), forward and back. The transformed weights
    are made when they are needed first, and kept; for each direction they take four times the
    memory of the weights. Images that are too small for it are convolved as usual.

    Args:
        weight: (C', C, 3, 3).
        bias: (C').
        by_winograd: Whether that algorithm may be used.
    """

    def __init__(self, weight: Tensor, bias: Tensor, by_winograd: bool = True) -> None:
        self.weight = weight
        self.bias = bias
        self.by_winograd = by_winograd and winograd.suits_weight(weight)
        self._kernels = winograd.TransformedKernels(weight)
        self._gradient_kernels = winograd.TransformedKernels(weight, for_gradient=True)

    def __call__(
        self, features: Tensor, slope: float | None = None, pads_rows: bool = True
    ) -> Tensor:
        """Convolves (N, C, H, W).

        Args:
            features: What is convolved.
            slope: Of the leaky ReLU that the result goes through, or None; not for gradients.
            pads_rows: Whether there are zeros above and below; else the result has two rows less;
                not for gradients.
        """
        is_alike = self.by_winograd and winograd.is_alike(features, self.weight)
        if is_alike and winograd.has_enough_tiles(features):
            return self._by_winograd(features, slope, pads_rows)
        if slope is not None and has_fused_activation(features):
            return conv_leaky_relu(features, self.weight, self.bias, slope, pads_rows)
        result = F.conv2d(features, self.weight, self.bias, padding=(int(pads_rows), 1))
        return result if slope is None else F.leaky_relu_(result, slope)

    @property
    def prepared_bytes(self) -> int:
        """Memory that the transformed weights take, or will take, without those for gradients."""
        return self._kernels.nbytes if self.by_winograd else 0

    def _by_winograd(self, features: Tensor, slope: float | None, pads_rows: bool) -> Tensor:
        if not (features.requires_grad and torch.is_grad_enabled()):
            return winograd.convolve_tiles(features, self._kernels, self.bias, slope, pads_rows)
        result: Tensor = _Convolution.apply(
            features, self._kernels, self._gradient_kernels, self.bias
        )
        return result


class _Convolution(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        features: Tensor,
        kernels: winograd.TransformedKernels,
        gradient_kernels: winograd.TransformedKernels,
        bias: Tensor,
    ) -> Tensor:
        ctx.gradient_kernels = gradient_kernels
        return winograd.convolve_tiles(features, kernels, bias)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None, None]:
        return winograd.convolve_tiles(gradient, ctx.gradient_kernels), None, None, None
