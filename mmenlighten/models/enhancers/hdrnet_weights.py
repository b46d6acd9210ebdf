"""Turns the weights of the official HDRNet into those of this package."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor

from mmenlighten.models.generators.hdrnet import LEVELS, HDRNet
from mmenlighten.utils.errors import CheckpointError

from .tensorflow_weights import weights_of_variables

SCOPE = 'inference/'

_PARTS = {
    'weight': 'weights',
    'bias': 'biases',
    'bn.bias': 'BatchNorm/beta',
    'bn.running_mean': 'BatchNorm/moving_mean',
    'bn.running_var': 'BatchNorm/moving_variance',
}
"""What parts of a layer are called in ``slim``."""


def official_names(names: Iterable[str]) -> dict[str, str]:
    """The TensorFlow variable of each parameter of an :class:`.HDRNet`."""
    result = {}
    for name in names:
        if name.endswith('num_batches_tracked'):
            continue
        words = name.replace('coefficients.scene.', 'coefficients.global.').split('.')
        layer = next((n for n, word in enumerate(words) if word.startswith(('conv', 'fc'))), None)
        if layer is None and 'channel_mixing' in words:
            layer = words.index('channel_mixing')
        if layer is not None:
            words = [*words[: layer + 1], _PARTS['.'.join(words[layer + 1 :])]]
        result[name] = SCOPE + '/'.join(words)
    return result


def options_of(variables: Mapping[str, Tensor], source: str) -> dict[str, Any]:
    """The arguments of the :class:`.HDRNet` that has such variables.

    Raises:
        CheckpointError: They are of another network.
    """

    def outputs_of(name: str, axis: int = -1) -> int:
        if (variable := variables.get(f'{SCOPE}{name}/weights')) is None:
            raise CheckpointError(
                f'{source} lacks {SCOPE}{name}/weights: give the variables of an official HDRNet '
                '(configs/hdrnet/README.md says how they are dumped).'
            )
        return variable.shape[axis]

    pyramid = f'{SCOPE}guide/level_0/conv1/weights' in variables
    pointwise = pyramid or f'{SCOPE}guide/conv1/weights' in variables
    bins = outputs_of('coefficients/prediction/conv1') // (12 * (LEVELS if pyramid else 1))
    base = outputs_of('coefficients/splat/conv1')
    halvings = sum(f'{SCOPE}coefficients/splat/conv{n}/weights' in variables for n in range(1, 12))
    spatial = 4 * math.isqrt(outputs_of('coefficients/global/fc1', 0) // (8 * base))
    options: dict[str, Any] = dict(
        guide='pointwise_nn' if pointwise else 'curves',
        pyramid=pyramid,
        batch_norm=f'{SCOPE}coefficients/splat/conv2/BatchNorm/beta' in variables,
        input_size=spatial << halvings,
        spatial_bin=spatial,
        luma_bins=bins,
        channel_multiplier=base // bins,
    )
    if pointwise:
        options['guide_complexity'] = outputs_of(f'guide/{"level_0/" * pyramid}conv1')
    return options


def convert_official_weights(
    variables: Mapping[str, Tensor], source: str
) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Renames and transposes the variables of an official checkpoint.

    Args:
        variables: Those of the checkpoint, by their names.
        source: Name of the file, for error messages.

    Returns:
        Complete state dict of the ``generator``, and the arguments of the generator.

    Raises:
        CheckpointError: A variable is missing, of another shape, or not finite.
    """
    options = options_of(variables, source)
    with torch.device('meta'):
        expected = HDRNet(**options).state_dict()
    remedy = 'give the variables of the whole network (configs/hdrnet/README.md)'
    weights = weights_of_variables(variables, official_names(expected), expected, source, remedy)
    return weights, options
