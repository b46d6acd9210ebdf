"""Turns the weights of SICE-net's authors into those of this package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from mmenlighten.models.generators.sice_net import BLOCK, SICENet
from mmenlighten.utils.errors import CheckpointError, some_of

MARKS = {'conv_g17': 1, 'conv_g12': 2, 'RIR': 3}
"""A layer by which each variant is known; the first two are asked for in this order."""

PARTS = ('weight', 'bias')


def convert_official_weights(
    layers: Mapping[str, Sequence[Tensor]], source: str, upright: bool = True
) -> tuple[dict[str, Tensor], int]:
    """Renames the weights of a caffemodel.

    The authors' programs hand pictures from MATLAB to Caffe, which takes their rows for columns: so
    they train and test with pictures on their side.

    Args:
        layers: Kernels and biases of each layer.
        source: Name of the file, for error messages.
        upright: Whether kernels are turned over, so that upright pictures give what the authors'
            programs give; else they stay as stored.

    Returns:
        Complete state dict of the ``generator``, and the variant of :class:`.SICENet`.

    Raises:
        CheckpointError: A layer is missing, of another shape, or not finite.
    """
    variant = next((number for name, number in MARKS.items() if name in layers), None)
    if variant is None:
        raise CheckpointError(
            f'{source} is of another network: give a caffemodel of https://github.com/csjcai/SICE.'
        )
    with torch.device('meta'):
        expected = SICENet(variant).state_dict()  # type: ignore[arg-type]
    stored = {
        f'{name}.{part}': array
        for name, arrays in layers.items()
        for part, array in zip(PARTS, arrays)
    }
    if missing := sorted(expected.keys() - stored.keys()):
        raise CheckpointError(
            f'{source} lacks {some_of(missing)}: give the file as the authors have it.'
        )
    weights = {}
    for name, shape in ((name, value.shape) for name, value in expected.items()):
        value = stored[name]
        if name.endswith('bias'):
            value = value.flatten()  # of early files (1, 1, 1, out)
        if value.shape != shape:
            raise CheckpointError(
                f'{source} is of a changed network: {name} has the shape {tuple(value.shape)} '
                f'instead of {tuple(shape)}.'
            )
        if not value.isfinite().all():
            raise CheckpointError(f'{source} is unusable: {name} holds values that are not finite.')
        value = turned_over(name, value, variant) if upright else value
        weights[f'generator.{name}'] = value.contiguous()
    return weights, variant


def turned_over(name: str, value: Tensor, variant: int) -> Tensor:
    """What upright pictures need in place of a tensor that was trained with transposed ones."""
    if value.ndim == 4:
        value = value.transpose(2, 3)
    if variant == 3:
        # Channels that are blocks of pixels, c * 16 + y * 4 + x, are transposed as well.
        if name.startswith('RIR'):
            value = value.unflatten(0, (-1, BLOCK, BLOCK)).transpose(1, 2).flatten(0, 2)
        elif name in ('conv_gA1.weight', 'conv_gB1.weight'):
            value = value.unflatten(1, (-1, BLOCK, BLOCK)).transpose(2, 3).flatten(1, 3)
    return value
