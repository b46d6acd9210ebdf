"""Weights as they are published: only what enhances, in a small file."""

from __future__ import annotations

import io
import os

import numpy as np
import torch
from torch import Tensor, nn

from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.network_protocols import traits_of
from mmenlighten.utils.safetensors_file import ENDING, safetensors_bytes

from .check import make_pictures
from .modules import enhance_finished

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
            '--half.'
        )
    return float((changed > 0).mean())


def weights_bytes(generator: nn.Module, path: str | os.PathLike[str], half: bool = False) -> bytes:
    """The content of a file that serves wherever a checkpoint does.

    Args:
        generator: What enhances.
        path: The file: ``*.safetensors``, or any other name for one of torch.
        half: Whether numbers take 2 bytes instead of 4, see :func:`halve_precision`.
    """
    state = {
        f'generator.{name}': _half(value) if half else value
        for name, value in generator.state_dict().items()
    }
    if os.fspath(path).lower().endswith(ENDING):
        return safetensors_bytes(state)
    buffer = io.BytesIO()
    torch.save(dict(state_dict=state), buffer)
    return buffer.getvalue()


def _half(value: Tensor) -> Tensor:
    return value.half() if value.is_floating_point() else value


def _finished(generator: nn.Module, pictures: Tensor, multiple: int) -> np.ndarray:
    with torch.no_grad():
        return enhance_finished(generator, pictures, multiple, False).numpy().astype(int)
