"""Turns the released weights of Learning to See in the Dark into those of this package."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mmenlighten.models.generators import SeeInTheDarkUNet
from mmenlighten.raw import LAYOUTS
from mmenlighten.utils.errors import CheckpointError, some_of
from mmenlighten.version import __version__

_NO_WEIGHT = re.compile(r'.*/Adam(_1)?|beta\d_power.*|Variable(_\d)?/Adam(_1)?|global_step')
"""What TensorFlow saves besides for going on with training."""


def read_tensorflow_dump(path: str) -> dict[str, Any]:
    """Reads the variables of a TensorFlow checkpoint, saved as ``.npz``, as a checkpoint.

    Returns:
        ``meta`` and ``state_dict``, whose keys begin with ``generator.``.

    Raises:
        CheckpointError: The file is missing, damaged, or of another network.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            variables = dict(file)
    except FileNotFoundError as error:
        raise CheckpointError(
            f'The file {path} does not exist: give the .npz that configs/sid/README.md tells how '
            'to make of the released checkpoint.'
        ) from error
    except Exception as error:
        # What NumPy and zip files raise for damaged content is not limited to any list.
        raise CheckpointError(
            f'{path} is not an .npz file of plain arrays: make it anew as configs/sid/README.md '
            'tells.'
        ) from error
    weights = from_tensorflow(variables, path)
    meta = dict(mmenlighten_version=__version__, converted_from=os.path.basename(path))
    return dict(
        meta=meta, state_dict={f'generator.{name}': value for name, value in weights.items()}
    )


def official_name(name: str) -> str:
    """The TensorFlow variable of a parameter of :class:`.SeeInTheDarkUNet`."""
    layer, _, kind = name.partition('.')
    if not layer.startswith('up'):
        return f'{layer}/{dict(weight="weights", bias="biases")[kind]}'
    # They have no scope: TensorFlow counts them from the second on.
    number = int(layer.removeprefix('up')) - 6
    return f'Variable_{number}' if number else 'Variable'


def from_tensorflow(variables: Mapping[str, np.ndarray], source: str) -> dict[str, Tensor]:
    """Renames variables and turns their axes.

    Kernels (height, width, in, out), of transposed convolutions (height, width, out, in), become
    (out, in, height, width) and (in, out, height, width).

    Args:
        variables: Arrays by the names of TensorFlow, with or without ``:0``.
        source: Name of the file, for error messages.

    Returns:
        State dict of a :class:`.SeeInTheDarkUNet`.

    Raises:
        CheckpointError: These are not the weights of the official network.
    """
    arrays = {name.removesuffix(':0'): array for name, array in variables.items()}
    arrays = {name: array for name, array in arrays.items() if not _NO_WEIGHT.fullmatch(name)}
    first = arrays.get('g_conv1_1/weights')
    if first is None or first.ndim != 4:
        raise CheckpointError(
            f'{source} is not the network of Learning to See in the Dark: it lacks '
            f'g_conv1_1/weights (it has {some_of(sorted(arrays), 3)}).'
        )
    layouts = {layout.planes: name for name, layout in LAYOUTS.items()}
    planes, width = first.shape[2:]
    if planes not in layouts:
        raise CheckpointError(
            f'{source} is of a network that takes {planes} planes: only those for Bayer (4) and '
            'X-Trans (9) are known.'
        )
    with torch.device('meta'):  # only names and shapes are needed
        expected = SeeInTheDarkUNet(layouts[planes], width).state_dict()
    official = {name: official_name(name) for name in expected}
    for verb, names in (
        ('lacks', set(official.values()) - arrays.keys()),
        ('also has', arrays.keys() - set(official.values())),
    ):
        if names:
            raise CheckpointError(
                f'{source} is not the official network: it {verb} {some_of(sorted(names), 3)}.'
            )
    return {
        name: _converted(arrays[official[name]], tuple(value.shape), official[name], source)
        for name, value in expected.items()
    }


def _converted(array: np.ndarray, shape: tuple[int, ...], name: str, source: str) -> Tensor:
    wanted = (*shape[2:], *shape[1::-1]) if len(shape) == 4 else shape
    if array.shape != wanted:
        raise CheckpointError(
            f'{source} is of a changed network: {name} has the shape {array.shape} instead of '
            f'{wanted}.'
        )
    if not np.isfinite(array).all():
        raise CheckpointError(f'{source} is unusable: {name} holds values that are not finite.')
    turned = array.transpose(3, 2, 0, 1) if array.ndim == 4 else array
    return torch.from_numpy(np.ascontiguousarray(turned, np.float32))
