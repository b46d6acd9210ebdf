"""A 3x3 convolution in the form that trains fastest."""

from __future__ import annotations

from torch import Tensor, nn

from mmenlighten.acceleration.cpu import trained_winograd
from mmenlighten.acceleration.gpu.conv3x3 import conv3x3


class FastConv3x3(nn.Conv2d):
    """A 3x3 convolution that keeps the size, or that of an image with a border of one pixel.

    On a CPU, many channels are trained by Winograd's algorithm
    (:mod:`~mmenlighten.acceleration.cpu.trained_winograd`); on a GPU in half precision, few
    channels are computed on packed pixels (:mod:`~mmenlighten.acceleration.gpu.conv3x3`).
    """

    @staticmethod
    def fits(module: nn.Conv2d) -> bool:
        """Whether a convolution is one of kernel 3 and stride 1, with a bias and zeros around."""
        return (
            module.kernel_size == (3, 3)
            and module.padding in ((0, 0), (1, 1))
            and module.stride == module.dilation == (1, 1)
            and module.groups == 1
            and module.padding_mode == 'zeros'
            and module.bias is not None
        )

    def forward(self, features: Tensor) -> Tensor:
        """Convolves (N, C, H, W): (N, C', H, W), without padding (N, C', H - 2, W - 2)."""
        assert self.bias is not None
        padding = int(self.padding[0])
        if trained_winograd.suits(features, self.weight, padding):
            return trained_winograd.conv3x3_by_winograd(features, self.weight, self.bias, padding)
        if not padding:
            return super().forward(features)
        return conv3x3(features, self.weight, self.bias)
