"""Learned perceptual image patch similarity."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from mmenlighten.utils.errors import CheckpointError
from mmenlighten.utils.weights import Weights

from .backbones import BACKBONES
from .brightness import scale_to_gt_mean
from .checks import check_pair, check_size

HEADS = Path(__file__).parents[1] / 'data' / 'lpips_heads_v0.1.npz'
MEAN, DEVIATION = (-0.030, -0.088, -0.188), (0.458, 0.448, 0.450)
SMALLEST_SIDE = 32
EPSILON = 1e-10


def lpips(
    enhanced: np.ndarray,
    gt: np.ndarray,
    weights: Weights,
    backbone: str = 'alex',
    gt_mean: bool = False,
) -> float:
    """LPIPS version 0.1 of Zhang et al. (2018) with linear heads; lower is better, 0 is equal.

    RGB in [-1, 1], whole picture, in float32. Each place's features after five activations of the
    backbone are brought to length one; their squared differences are weighted by the head, averaged
    over the picture, and summed over the five. Values of the two backbones cannot be compared:
    ``'alex'`` is usual in low-light enhancement.

    Args:
        enhanced: uint8 RGB (H, W, 3), rounded.
        gt: The normal-light picture, likewise.
        weights: The convolutions of the backbone, see :func:`check_backbone`.
        backbone: ``'alex'`` or ``'vgg'``.
        gt_mean: Whether to apply :func:`scale_to_gt_mean` first.

    Raises:
        DatasetError: The sizes differ, or a side is shorter than 32 pixels.
    """
    check_pair(enhanced, gt)
    check_size(gt, 'LPIPS', SMALLEST_SIDE, SMALLEST_SIDE)
    scaled = scale_to_gt_mean(enhanced, gt) if gt_mean else enhanced
    with torch.inference_mode():
        features = BACKBONES[backbone](torch.cat([_prepare(scaled), _prepare(gt)]), weights)
        total = 0.0
        for feature, head in zip(features, lpips_heads(backbone)):
            norm = feature.square().sum(dim=1, keepdim=True).sqrt()
            one, other = feature / (norm + EPSILON)
            weighted = torch.einsum('chw,c->hw', (one - other).square(), head)
            total += float(weighted.mean(dtype=torch.float64))
    return total


@cache
def lpips_heads(backbone: str) -> tuple[Tensor, ...]:
    """The published weights of the channels at each of the five layers."""
    with np.load(HEADS, allow_pickle=False) as heads:
        return tuple(torch.from_numpy(heads[f'{backbone}.{layer}']) for layer in range(5))


def check_backbone(weights: Weights, backbone: str, source: str) -> Weights:
    """Picks the convolutions of a backbone from a state dict with torchvision's keys.

    Args:
        weights: ``features.<number>.weight`` and ``.bias``; other keys are ignored.
        backbone: ``'alex'`` or ``'vgg'``.
        source: The file, for the message.

    Raises:
        CheckpointError: A convolution is missing or has another shape.
    """
    shapes = BACKBONES[backbone].shapes
    for key, shape in shapes.items():
        if key not in weights or tuple(weights[key].shape) != shape:
            raise CheckpointError(
                f"{source} is not a file of torchvision's {BACKBONES[backbone].file}: its {key} is "
                f'missing or not of shape {shape}.'
            )
    return {key: weights[key].float() for key in shapes}


def _prepare(image: np.ndarray) -> Tensor:
    tensor = torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1))).float()
    mean, deviation = (torch.tensor(values).view(3, 1, 1) for values in (MEAN, DEVIATION))
    return ((tensor / 127.5 - 1 - mean) / deviation)[None]
