"""Turns the weights of the released RetinexNet into those of this package."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from mmenlighten.models.generators.retinexnet_generator import RetinexNetGenerator

from .tensorflow_weights import weights_of_variables

_RELIGHT = ('conv0', 'conv1', 'conv2', 'conv3', 'deconv1', 'deconv2', 'deconv3', 'fusion', 'output')
"""Layers in the order in which the official program makes them; TensorFlow numbers them."""


def official_names() -> dict[str, str]:
    """The TensorFlow variable of each parameter of a :class:`.RetinexNetGenerator`."""
    with torch.device('meta'):
        names = list(RetinexNetGenerator().state_dict())
    layers = {f'relight.{layer}': f'conv2d_{n}' for n, layer in enumerate(_RELIGHT)}
    layers['relight.conv0'] = 'conv2d'
    result = {}
    for name in names:
        layer, _, kind = name.rpartition('.')
        network = 'DecomNet' if name.startswith('decom.') else 'RelightNet'
        variable = layers.get(layer, layer.removeprefix('decom.'))
        result[name] = f'{network}/{variable}/{"kernel" if kind == "weight" else "bias"}'
    return result


def convert_official_weights(variables: Mapping[str, Tensor], source: str) -> dict[str, Tensor]:
    """Renames and transposes the variables of the official checkpoints.

    Args:
        variables: Those of both networks; what the optimizer keeps beside them is left out.
        source: Name of the files, for error messages.

    Returns:
        Complete state dict of the ``generator`` of ``RetinexNet``.

    Raises:
        CheckpointError: A variable is missing, of another shape, or not finite.
    """
    with torch.device('meta'):
        expected = RetinexNetGenerator().state_dict()
    remedy = (
        'give the dumps of both official checkpoints, of Decom and of Relight '
        '(configs/retinexnet/README.md says how they are made)'
    )
    return weights_of_variables(variables, official_names(), expected, source, remedy)
