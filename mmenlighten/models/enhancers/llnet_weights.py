"""Turns the weights that the authors' LLNet writes into those of this package."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from mmenlighten.models.generators.llnet import LLNet

from .tensorflow_weights import weights_of_variables


def official_names() -> dict[str, str]:
    """What ``configs/llnet/README.md`` calls each parameter of an :class:`.LLNet` in a dump."""
    kinds = dict(weight='weights', bias='biases')
    with torch.device('meta'):
        names = [name.rpartition('.') for name in LLNet().state_dict()]
    return {f'{layer}.{kind}': f'{layer}/{kinds[kind]}' for layer, _, kind in names}


def convert_official_weights(variables: Mapping[str, Tensor], source: str) -> dict[str, Tensor]:
    """Renames and transposes the arrays of an official file.

    Args:
        variables: Weights (inputs, outputs), as Theano has them, and biases.
        source: Name of the file, for error messages.

    Returns:
        Complete state dict of the ``generator`` of a :class:`.StackedDenoisingAutoencoder`.

    Raises:
        CheckpointError: An array is missing, of another shape, or not finite.
    """
    with torch.device('meta'):
        expected = LLNet().state_dict()
    remedy = "give a dump of the authors' file (configs/llnet/README.md says how it is made)"
    return weights_of_variables(variables, official_names(), expected, source, remedy)
