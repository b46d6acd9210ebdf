"""3x3 convolutions in forms that suit the matrix units of GPUs."""

from __future__ import annotations

from functools import cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from .pixel_packing import fill_channels, pack_pixels, pack_weight, unpack_pixels


def packed_conv3x3(features: Tensor, weight: Tensor, pack: int) -> Tensor:
    """A 3x3 convolution on packed pixels, padded with zeros, without bias.

    There are more products, with zeros, but matrix units are filled by them. Above all the
    gradient of few weights, a small matrix that all pixels are summed up in, is faster so.

    Args:
        features: (N, C, H, W), best in ``channels_last``.
        weight: (C', C, 3, 3), of the same type.
        pack: Pixels that are seen as one; W must be a multiple.

    Returns:
        (N, C', H, W), in ``channels_last``.
    """
    result: Tensor = _convolve(features, _prepared(weight, pack), None, pack)
    return result


def conv_relu(features: Tensor, weight: Tensor, bias: Tensor, pack: int = 1) -> Tensor:
    """The ReLU of such a convolution with a bias (C'); weight and bias get no gradient.

    On a GPU both are applied to what is still in registers; each by itself would read and write
    the whole map once more.
    """
    result: Tensor = _convolve(features, _prepared(weight, pack), bias.repeat(pack), pack)
    return result


def _prepared(weight: Tensor, pack: int) -> Tensor:
    if pack > 1:
        weight = pack_weight(weight, pack)
    return fill_channels(weight).contiguous(memory_format=torch.channels_last)


# Operators of their own: torch's compiler would copy maps to see them with packed pixels.


@torch.library.custom_op(
    'mmenlighten::packed_conv3x3',
    mutates_args=(),
    schema='(Tensor features, Tensor weight, Tensor? bias, int pack) -> Tensor',
)
def _convolve(features: Tensor, weight: Tensor, bias: Tensor | None, pack: int) -> Tensor:
    features = features.contiguous(memory_format=torch.channels_last)
    packed = fill_channels(pack_pixels(features, pack))
    if bias is None:
        result = F.conv2d(packed, weight, padding=1)
    elif has_fused_relu(features.device):
        # Stride, padding and dilation are 1 in both directions; the last number are the groups.
        ones = [1, 1]
        result = torch.cudnn_convolution_relu(packed, weight, bias, ones, ones, ones, 1)
    else:
        result = F.relu_(F.conv2d(packed, weight, bias, padding=1))
    return unpack_pixels(result.contiguous(memory_format=torch.channels_last), pack)


@cache
def has_fused_relu(device: torch.device) -> bool:
    """Whether cuDNN has one operator for convolution, bias and ReLU: from Ampere on."""
    if device.type != 'cuda' or torch.version.cuda is None:
        return False
    return torch.cuda.get_device_capability(device) >= (8, 0)


@_convolve.register_fake
def _(features: Tensor, weight: Tensor, bias: Tensor | None, pack: int) -> Tensor:
    return _empty_channels_last(features, len(weight) // pack)


@torch.library.custom_op(
    'mmenlighten::packed_conv3x3_backward',
    mutates_args=(),
    schema='(Tensor gradient, Tensor features, Tensor weight, int pack, bool[] mask)'
    ' -> (Tensor, Tensor)',
)
def _differentiate(
    gradient: Tensor, features: Tensor, weight: Tensor, pack: int, mask: list[bool]
) -> tuple[Tensor, Tensor]:
    """Gradients of features and weights; empty where the mask has False."""
    channels = features.shape[1]
    gradient, features = (
        each.contiguous(memory_format=torch.channels_last) for each in (gradient, features)
    )
    # The gradient of the packed weight: autograd goes on through `pack_weight`, which sums up its
    # copies of each tap and drops what is at its zeros.
    of_packed, of_weight, _ = torch.ops.aten.convolution_backward(
        pack_pixels(gradient, pack),
        fill_channels(pack_pixels(features, pack)),
        weight,
        bias_sizes=None,
        stride=[1, 1],
        padding=[1, 1],
        dilation=[1, 1],
        transposed=False,
        output_padding=[0, 0],
        groups=1,
        output_mask=[*mask, False],
    )
    if mask[0]:
        # Channels of zeros, by which the input was filled up, are cut off again.
        of_packed = of_packed[:, : pack * channels].contiguous(memory_format=torch.channels_last)
        of_features = unpack_pixels(of_packed, pack)
    else:
        of_features = gradient.new_empty(0)  # an operator has to return a tensor
    if mask[1]:
        of_weight = of_weight.contiguous(memory_format=torch.channels_last)
    else:
        of_weight = gradient.new_empty(0)
    return of_features, of_weight


@_differentiate.register_fake
def _(
    gradient: Tensor, features: Tensor, weight: Tensor, pack: int, mask: list[bool]
) -> tuple[Tensor, Tensor]:
    return (
        _empty_channels_last(features, features.shape[1]) if mask[0] else gradient.new_empty(0),
        _empty_channels_last(weight, weight.shape[1]) if mask[1] else gradient.new_empty(0),
    )


def _keep_for_gradient(
    ctx: Any, inputs: tuple[Tensor, Tensor, Tensor | None, int], output: Tensor
) -> None:
    features, weight, bias, ctx.pack = inputs
    # The features rather than their size: as those of the layer before they are kept anyway.
    ctx.save_for_backward(features, weight, *([] if bias is None else [output]))


def _gradients(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor | None, None, None]:
    features, weight, *rectified = ctx.saved_tensors
    if rectified:
        # The ReLU is open where its result is positive: the map before it need not be kept.
        gradient = torch.where(rectified[0] > 0, gradient, 0)
    mask = list(ctx.needs_input_grad[:2])
    gradients = _differentiate(gradient, features, weight, ctx.pack, mask)
    of_features, of_weight = (each if wanted else None for each, wanted in zip(gradients, mask))
    return of_features, of_weight, None, None


_convolve.register_autograd(_gradients, setup_context=_keep_for_gradient)


def _empty_channels_last(features: Tensor, channels: int) -> Tensor:
    """For values of (N, C', H, W), as (N, C, H, W) are given."""
    number, _, height, width = features.shape
    return features.new_empty(number, height, width, channels).permute(0, 3, 1, 2)
