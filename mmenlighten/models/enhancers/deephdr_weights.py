"""Turns the weights of the official DeepHDR into those of this package."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor

from mmenlighten.models.generators import DeepHDR
from mmenlighten.utils.errors import CheckpointError

from .tensorflow_weights import weights_of_variables

SCOPE = 'generator/'
FIRST = f'{SCOPE}encoder1/g_e1_conv/w'
REMEDY = 'give the variables of an official DeepHDR (configs/deephdr/README.md says how)'

_CONVOLUTION = dict(weight='w', bias='biases')
_NORM = dict(weight='gamma', bias='beta', running_mean='moving_mean', running_var='moving_variance')
"""What parts of a layer are called officially."""


def official_names(names: Iterable[str]) -> dict[str, str]:
    """The TensorFlow variable of each parameter of a :class:`.DeepHDR`."""
    result = {}
    for name in names:
        part, layer, kind = name.split('.')
        if kind != 'num_batches_tracked':
            kinds = _NORM if '_bn' in layer else _CONVOLUTION
            result[name] = f'{SCOPE}{part}/{layer}/{kinds[kind]}'
    return result


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
    first = variables.get(FIRST)
    if first is None or first.ndim != 4:
        raise CheckpointError(f'{source} lacks {FIRST}: {REMEDY}.')
    blocks = [name for name in variables if re.fullmatch(rf'{SCOPE}merger/g_r\d+_c1/w', name)]
    options: dict[str, Any] = dict(base_channels=first.shape[-1], num_blocks=len(blocks))
    with torch.device('meta'):
        expected = DeepHDR(**options).state_dict()
    names = official_names(expected)
    weights = weights_of_variables(variables, names, expected, source, REMEDY)
    counters = {f'generator.{name}': torch.tensor(0) for name in expected.keys() - names.keys()}
    return weights | counters, options
