"""The half of the attention-guided U-Net that goes down."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from mmenlighten.models.resampling import halve_size


def contract(
    image: Tensor,
    attention: Tensor,
    level: Callable[[Tensor, int], tuple[Tensor, Tensor]],
    unit: Callable[[Tensor, str], Tensor],
    is_guided: bool,
) -> tuple[Tensor, list[Tensor], list[Tensor]]:
    """Goes down to the bottleneck (Section 3.1), whatever a level and a unit are.

    Args:
        image: Padded RGB pictures (N, 3, H, W).
        attention: Their attention maps (N, 1, H, W).
        level: Two units, by number; and their result, halved.
        unit: Convolution, activation and norm, by name.
        is_guided: Whether the attention map is an input channel and weighs the bottleneck.

    Returns:
        Features of the bottleneck; skips and attention maps of each level, the largest first.
    """
    attentions = [attention]
    for _ in range(4):
        attentions.append(halve_size(attentions[-1]))

    features = torch.cat([image, attention], dim=1) if is_guided else image
    skips = []
    for number in range(1, 5):
        skip, features = level(features, number)
        skips.append(skip)

    features = unit(features, '5_1')
    if is_guided:
        features = features * attentions[4]
    return unit(features, '5_2'), skips, attentions
