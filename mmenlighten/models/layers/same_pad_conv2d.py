"""A convolution padded as TensorFlow's ``SAME``."""

from __future__ import annotations

from typing import Literal

import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.utils.checks import check_choice

MODES = dict(zeros='constant', reflect='reflect')
"""Names of paddings in ``F.pad``."""


class SamePadConv2d(nn.Conv2d):
    """``nn.Conv2d`` whose result has ``ceil(size / stride)`` pixels a side, as in TensorFlow.

    Where an odd number of pixels is missing, the one more is added to the bottom and right: a 3x3
    convolution of stride 2 pads even sides there alone, and odd sides on both ends. With stride 1
    and an odd kernel it is ``nn.Conv2d(padding=kernel_size // 2)``, which has fast forms.

    The padding depends on the size. In a trace it is that of the traced size, which is right for
    all sizes that are multiples of the stride, if the traced one is.

    Args:
        in_channels: Channels of the input.
        out_channels: Channels of the result.
        kernel_size: Side of the kernel.
        stride: Of the convolution.
        bias: Whether it has one.
        padding_mode: What is around the image: ``'zeros'``, or ``'reflect'`` for its reflection
            without the edge pixel.

    Raises:
        ConfigError: ``padding_mode`` is unknown.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        stride: int = 1,
        bias: bool = True,
        padding_mode: Literal['zeros', 'reflect'] = 'zeros',
    ) -> None:
        check_choice('SamePadConv2d.padding_mode', padding_mode, MODES)
        # The base class must not pad a second time, so it is not told of the mode.
        super().__init__(in_channels, out_channels, kernel_size, stride, bias=bias)
        self.mode = MODES[padding_mode]

    def forward(self, features: Tensor) -> Tensor:
        """Convolves (N, C, H, W) to (N, C', ceil(H / stride), ceil(W / stride))."""
        (kernel, _), (stride, _) = self.kernel_size, self.stride
        height, width = (int(side) for side in features.shape[-2:])
        padding = [*same_padding(width, kernel, stride), *same_padding(height, kernel, stride)]
        return super().forward(F.pad(features, padding, mode=self.mode))

    def extra_repr(self) -> str:
        """Says what the layer does besides a convolution."""
        return f'{super().extra_repr()}, padding=same, mode={self.mode}'


def same_padding(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Pixels that ``SAME`` adds before and after a side."""
    missing = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return missing // 2, missing - missing // 2
