"""Scores of real and enhanced images in one batch, with a way back to the enhanced ones alone."""

from __future__ import annotations

from typing import Any, TypeGuard

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from mmenlighten.models import PatchDiscriminator
from mmenlighten.models.discriminators.patch_discriminator import SLOPE


def can_score_jointly(discriminator: nn.Module) -> TypeGuard[PatchDiscriminator]:
    """Whether a discriminator is convolutions and leaky ReLUs, with nothing between them."""
    return type(discriminator) is PatchDiscriminator and all(
        isinstance(layer, (nn.Conv2d, nn.LeakyReLU)) for layer in discriminator.model
    )


def score_jointly(
    discriminator: PatchDiscriminator, real: Tensor, enhanced: Tensor
) -> tuple[Tensor, Tensor]:
    """Scores real and enhanced images (N, 3, H, W) at once.

    Returns:
        Scores of both in one batch, which give gradients to the weights alone; and those of the
        enhanced images, which give gradients to these alone, once.
    """
    both, again = torch.cat([real, enhanced.detach()]), enhanced
    for layer in discriminator.model:
        features, both = both, layer(both)
        if isinstance(layer, nn.Conv2d):
            convolution, convolved = layer, features
            continue
        # The activation has overwritten what the convolution had written: both are one step back.
        again = _way_back(again, convolved, convolution, both, SLOPE)
    return both, _way_back(again, convolved, convolution, both)


def _way_back(
    enhanced: Tensor, features: Tensor, convolution: nn.Conv2d, results: Tensor, slope: float = 1.0
) -> Tensor:
    """The results of the enhanced images, in a graph that knows nothing of the weights."""
    again: Tensor = _WayBack.apply(
        enhanced, features.detach(), convolution, results.detach(), slope
    )
    return again


class _WayBack(torch.autograd.Function):
    """A convolution and a leaky ReLU whose results are there: only a gradient is computed."""

    @staticmethod
    def forward(
        ctx: Any,
        enhanced: Tensor,
        features: Tensor,
        convolution: nn.Conv2d,
        results: Tensor,
        slope: float,
    ) -> Tensor:
        number = len(enhanced)
        ctx.convolution, ctx.slope = convolution, slope
        ctx.save_for_backward(features[-number:], convolution.weight, results[-number:])
        return results[-number:]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None, None, None]:
        features, weight, results = ctx.saved_tensors
        if ctx.slope != 1:  # its result has the sign of its input
            gradient = torch.ops.aten.leaky_relu_backward(gradient, results, ctx.slope, True)
        to_features, _, _ = torch.ops.aten.convolution_backward(
            gradient,
            features,
            weight,
            [len(weight)],
            ctx.convolution.stride,
            ctx.convolution.padding,
            [1, 1],
            False,
            [0, 0],
            1,
            (True, False, False),
        )
        return to_features, None, None, None, None
