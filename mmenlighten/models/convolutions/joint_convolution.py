"""Convolutions of two kinds of pictures in one batch, with a way back to one kind alone."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from .unshuffled_convolution import UnshuffledConvolution


def convolve_jointly(
    convolution: nn.Conv2d, every: Tensor, last: Tensor, slope: float = 1.0
) -> tuple[Tensor, Tensor]:
    """A convolution and a leaky ReLU, computed once for two graphs.

    A discriminator's own loss goes back to its weights, from all pictures; the generator's goes
    back to the enhanced pictures alone. In one graph of the whole batch, the latter would also
    compute gradients of the real pictures, which nothing needs.

    Args:
        convolution: Its weights get a gradient from the first result alone.
        every: Features (N, C, H, W) of all pictures.
        last: Those of the last n pictures, equal in value, in a graph of their own.
        slope: Of the leaky ReLU; 1 is none.

    Returns:
        Results of all (N, C', h, w), and of the last n, which can be differentiated once.
    """
    weight = convolution.weight
    stride, padding = convolution.stride, convolution.padding
    if isinstance(convolution, UnshuffledConvolution):
        every, weight = convolution.unshuffle(every)
        last, _ = convolution.unshuffle(last)
        stride, padding = (1, 1), (0, 0)
    results: tuple[Tensor, Tensor] = _JointConvolution.apply(
        every, last, weight, convolution.bias, (stride, padding), slope
    )
    return results


class _JointConvolution(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        every: Tensor,
        last: Tensor,
        weight: Tensor,
        bias: Tensor,
        geometry: tuple[tuple[int, ...], tuple[int, ...]],
        slope: float,
    ) -> tuple[Tensor, Tensor]:
        ctx.geometry, ctx.slope, ctx.number = geometry, slope, len(last)
        ctx.set_materialize_grads(False)
        every = every.contiguous(memory_format=_layout(weight))
        results = F.conv2d(every, weight, bias, *geometry)
        if slope != 1:
            F.leaky_relu_(results, slope)
        ctx.save_for_backward(every, weight, results)
        return results, results[-len(last) :]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, of_every: Tensor | None, of_last: Tensor | None) -> tuple[Any, ...]:
        every, weight, results = ctx.saved_tensors
        to_every = to_last = to_weight = to_bias = None
        if of_every is not None:
            needed = ctx.needs_input_grad[0], *ctx.needs_input_grad[2:4]
            to_every, to_weight, to_bias = _gradients(ctx, of_every, every, weight, results, needed)
        if of_last is not None:
            every, results = every[-ctx.number :], results[-ctx.number :]
            needed = True, False, False
            to_last, _, _ = _gradients(ctx, of_last, every, weight, results, needed)
        return to_every, to_last, to_weight, to_bias, None, None


def _layout(weight: Tensor) -> torch.memory_format:
    """The layout of features that spares the weights from being laid out anew."""
    is_last = weight.is_contiguous(memory_format=torch.channels_last)
    return torch.channels_last if is_last else torch.contiguous_format


def _gradients(
    ctx: Any,
    gradient: Tensor,
    features: Tensor,
    weight: Tensor,
    results: Tensor,
    needed: tuple[bool, bool, bool],
) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
    """Those of features, weights and bias which are needed."""
    if ctx.slope != 1:  # its result has the sign of its input
        gradient = torch.ops.aten.leaky_relu_backward(gradient, results, ctx.slope, True)
    stride, padding = ctx.geometry
    gradients: tuple[Tensor | None, Tensor | None, Tensor | None]
    gradients = torch.ops.aten.convolution_backward(
        gradient,
        features,
        weight,
        [len(weight)],
        stride,
        padding,
        [1, 1],
        False,
        [0, 0],
        1,
        needed,
    )
    return gradients
