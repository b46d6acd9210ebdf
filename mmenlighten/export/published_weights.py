"""Weights as they are published: only what enhances, in a small file."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping
from dataclasses import asdict

import numpy as np
import torch
from torch import Tensor, nn

from mmenlighten.inference.generator import generator_of
from mmenlighten.models.architecture import architecture_of
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.network_protocols import traits_of
from mmenlighten.utils.option_names import option
from mmenlighten.utils.safetensors_file import ENDING, safetensors_bytes
from mmenlighten.version import __version__

from .check import make_pictures
from .modules import enhance_finished

INTERFACE = dict(colour_order='RGB', layout='NCHW', value_range='[-1, 1]')
"""Of all networks, as in the metadata of exported files."""

MOST_LEVELS = 1
"""By how much half the precision of weights may change finished pictures."""

SHAPE = (2, 96, 128)


def halve_precision(generator: nn.Module) -> float:
    """Rounds weights to those that 16 bits can tell, in place.

    Returns:
        Share of the values of finished pictures that this changes, each by one level.

    Raises:
        ConfigError: It changes some of them by more.
    """
    pictures = torch.from_numpy(make_pictures(SHAPE, finished=True))
    multiple = traits_of(generator).size_multiple
    before = _finished(generator, pictures, multiple)
    generator.load_state_dict(
        {name: _half(value).to(value.dtype) for name, value in generator.state_dict().items()}
    )
    changed = np.abs(_finished(generator, pictures, multiple) - before)
    if changed.max() > MOST_LEVELS:
        raise ConfigError(
            f'Weights of half the precision change pictures by {changed.max()} levels: leave out '
            f'{option("half")}.'
        )
    return float((changed > 0).mean())


def weights_bytes(
    generator: nn.Module,
    path: str | os.PathLike[str],
    half: bool = False,
    metadata: Mapping[str, str] | None = None,
) -> bytes:
    """The content of a file that serves wherever a checkpoint does.

    Args:
        generator: What enhances.
        path: The file: ``*.safetensors``, or any other name for one of torch.
        half: Whether numbers take 2 bytes instead of 4, see :func:`halve_precision`.
        metadata: For the header of safetensors, see :func:`about_weights`.
    """
    state = {
        f'generator.{name}': _half(value) if half else value
        for name, value in generator.state_dict().items()
    }
    if os.fspath(path).lower().endswith(ENDING):
        return safetensors_bytes(state, metadata)
    buffer = io.BytesIO()
    torch.save(dict(state_dict=state), buffer)
    return buffer.getvalue()


def about_weights(enhancer: nn.Module, name: str, **facts: str) -> dict[str, str]:
    """What the header of a file says of its weights, in texts by key.

    ``architecture`` and ``traits`` are JSON. The network takes and gives images as
    ``colour_order``, ``layout`` and ``value_range`` say.

    Args:
        enhancer: The model.
        name: What it is called.
        facts: More of them, such as ``license``.

    Raises:
        ConfigError: The network of the model cannot be told as JSON.
    """
    traits = asdict(traits_of(generator_of(enhancer)))
    return dict(
        architecture=json.dumps(architecture_of(enhancer), sort_keys=True),
        model=name,
        mmenlighten_version=__version__,
        traits=json.dumps(traits, sort_keys=True),
        **INTERFACE,
        **facts,
    )


def _half(value: Tensor) -> Tensor:
    return value.half() if value.is_floating_point() else value


def _finished(generator: nn.Module, pictures: Tensor, multiple: int) -> np.ndarray:
    with torch.no_grad():
        return enhance_finished(generator, pictures, multiple, False).numpy().astype(int)
