"""A convolution that keeps the size, in the form that is fastest."""

from __future__ import annotations

from torch import Tensor, nn

from . import trained_winograd
from .narrow_convolution import convolve_narrow


class SameConvolution(nn.Conv2d):
    """A 3x3 convolution, padded with zeros.

    On a GPU in half precision, few channels are computed on groups of pixels
    (:func:`convolve_narrow`); on a CPU, many channels are trained by Winograd's algorithm
    (:mod:`~mmenlighten.models.convolutions.trained_winograd`).

    Args:
        in_channels: Channels of the input.
        out_channels: Channels of the result.
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__(in_channels, out_channels, kernel_size=3, padding=1)

    def forward(self, features: Tensor) -> Tensor:
        """Convolves (N, C, H, W): (N, C', H, W)."""
        assert self.bias is not None
        if trained_winograd.suits(features, self.weight):
            return trained_winograd.convolve_trained(features, self.weight, self.bias)
        return convolve_narrow(features, self.weight, self.bias)
