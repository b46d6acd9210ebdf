"""Arguments of networks, read off the names and shapes of their weights.

What these do not tell is as in this package's configs.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from torch import Tensor

Weights = Mapping[str, Tensor]
"""By their names in the network."""

OFFICIAL_WIDTH = 32
"""Of EnlightenGAN's network, whose weights are of a time when corners were aligned."""

LEVELS_OF_PYRAMID = 3


def attention_unet(weights: Weights) -> dict[str, Any]:
    """Of :class:`.AttentionUNet`: width, attention and norm.

    ``align_corners`` is taken to be True for networks of the official width, False for others.
    """
    width, channels = weights['conv1_1.weight'].shape[:2]
    norm = 'none'
    if 'bn1_1.weight' in weights:
        norm = 'batch' if 'bn1_1.running_var' in weights else 'instance'
    return dict(
        base_channels=width,
        attention=channels == 4,
        norm=norm,
        align_corners=width == OFFICIAL_WIDTH,
    )


def bilateral_curve_net(weights: Weights) -> dict[str, Any]:
    """Of :class:`.BilateralCurveNet`: widths and bins; 16 cells and a denoising of 0.45."""
    layers = (f'refinement.encoder{name}.weight' for name in ('1.0', '2.0', '3.0.0'))
    return dict(
        grid_width=len(weights['grid.conv1.weight']),
        refinement_widths=tuple(len(weights[layer]) for layer in layers),
        bins=len(weights['grid.exponents.weight']) // 3,
    )


def hdrnet(weights: Weights) -> dict[str, Any]:
    """Of :class:`.HDRNet`: all."""
    pyramid = 'guide.level_0.conv1.weight' in weights
    first = f'guide.{"level_0." * pyramid}conv1.weight'
    pointwise = first in weights
    levels = LEVELS_OF_PYRAMID if pyramid else 1
    bins = len(weights['coefficients.prediction.conv1.weight']) // (12 * levels)
    base = len(weights['coefficients.splat.conv1.weight'])
    side = math.isqrt(weights['coefficients.scene.fc1.weight'].shape[1] // (8 * base))
    settings: dict[str, Any] = dict(
        guide='pointwise_nn' if pointwise else 'curves',
        batch_norm='coefficients.scene.fc1.bn.bias' in weights,
        pyramid=pyramid,
        input_size=4 * side << _count(weights, r'coefficients\.splat\.conv\d+\.weight'),
        spatial_bin=4 * side,
        luma_bins=bins,
        channel_multiplier=base // bins,
    )
    return settings | (dict(guide_complexity=len(weights[first])) if pointwise else {})


def cincgan_generator(weights: Weights) -> dict[str, Any]:
    """Of :class:`.CinCGANGenerator`: width and blocks; it is one that keeps the size."""
    return dict(
        base_channels=len(weights['conv_input.0.weight']),
        num_blocks=_count(weights, r'residual\.\d+\.conv1\.weight'),
    )


def resnet_generator(weights: Weights) -> dict[str, Any]:
    """Of :class:`.ResnetGenerator`: all, but that no norm is not told from instance norm."""
    blocks = _count(weights, r'model\.\d+\.conv_block\.1\.weight')
    width = len(weights['model.1.weight'])
    # The first layer that doubles the size. Transposed convolutions have inputs before outputs.
    is_transposed = len(weights[f'model.{10 + blocks}.weight']) == 4 * width
    return dict(
        base_channels=width,
        num_blocks=blocks,
        norm='batch' if 'model.2.weight' in weights else 'instance',
        upsampling='transposed' if is_transposed else 'bilinear',
    )


def _count(weights: Weights, pattern: str) -> int:
    return sum(re.fullmatch(pattern, name) is not None for name in weights)
