"""One convolution of a network, to be run alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class Convolution:
    """A convolution with bias and as many strides, dilations and groups as most have: one.

    Args:
        batch: Pictures.
        height: Of what it reads, without padding.
        width: Of what it reads, without padding.
        in_channels: Maps that it reads.
        out_channels: Maps that it writes.
        kernel: Side of its window.
        padding: Zeros on each side.
        passes_gradient: Whether training needs the gradient of what it reads.
    """

    batch: int
    height: int
    width: int
    in_channels: int
    out_channels: int
    kernel: int
    padding: int
    passes_gradient: bool

    @classmethod
    def of(
        cls, module: nn.Conv2d, shape: tuple[int, ...], passes_gradient: bool = True
    ) -> Convolution:
        """What a layer does with an input of a shape (N, C, H, W)."""
        if {*module.stride, *module.dilation, module.groups} != {1}:
            raise ValueError(f'{module} is of another kind than the generator has.')
        batch, in_channels, height, width = shape
        return cls(
            *(batch, height, width, in_channels, module.out_channels),
            *(module.kernel_size[0], int(module.padding[0]), passes_gradient),
        )

    def gflop(self, train: bool = False) -> float:
        """2 x multiply-adds; those of the backward pass too in training."""
        shrink = 2 * self.padding - self.kernel + 1
        pixels = self.batch * (self.height + shrink) * (self.width + shrink)
        forward = 2e-9 * pixels * self.in_channels * self.out_channels * self.kernel**2
        return forward * ((3 if self.passes_gradient else 2) if train else 1)

    def call(
        self, device: str, dtype: torch.dtype, layout: torch.memory_format, train: bool = False
    ) -> Callable[[], object]:
        """Runs it; in training the backward pass too, for all that has gradients."""
        image, weight, bias = self._tensors(device, dtype)
        image = image.contiguous(memory_format=layout)
        weight = weight.contiguous(memory_format=layout)
        if train:
            inputs = [weight.requires_grad_(), bias.requires_grad_()]
            if self.passes_gradient:
                inputs.append(image.requires_grad_())

            def both() -> object:
                result = F.conv2d(image, weight, bias, padding=self.padding)
                return torch.autograd.grad(result, inputs, result.detach())

            return both

        def forward() -> Tensor:
            with torch.inference_mode():
                return F.conv2d(image, weight, bias, padding=self.padding)

        return forward

    def packed_call(self, device: str, dtype: torch.dtype) -> Callable[[], object] | None:
        """Runs it with weights that oneDNN has put in order beforehand; None where it cannot."""
        if torch.device(device).type != 'cpu' or not torch.backends.mkldnn.is_available():
            return None
        image, weight, bias = self._tensors(device, dtype)
        image = image.contiguous(memory_format=torch.channels_last)
        twice = [self.padding] * 2, [1, 1], [1, 1]
        try:
            packed = torch._C._nn.mkldnn_reorder_conv2d_weight(
                weight.to_mkldnn(), *twice, 1, image.shape
            )
            convolve = torch.ops.mkldnn._convolution_pointwise
            convolve(image, packed, bias, *twice, 1, 'none', [], '')
        except (AttributeError, RuntimeError):  # not a public interface of torch
            return None

        def forward() -> Tensor:
            with torch.inference_mode():
                return convolve(image, packed, bias, *twice, 1, 'none', [], '')

        return forward

    def _tensors(self, device: str, dtype: torch.dtype) -> tuple[Tensor, Tensor, Tensor]:
        """Picture, weight and bias: of random numbers, since zeros would draw less power."""
        shapes = (
            (self.batch, self.in_channels, self.height, self.width),
            (self.out_channels, self.in_channels, self.kernel, self.kernel),
            (self.out_channels,),
        )
        image, weight, bias = (torch.randn(shape, device=device).to(dtype) for shape in shapes)
        return image, weight, bias
