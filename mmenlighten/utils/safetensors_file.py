"""Reads and writes weights as safetensors: names and numbers, nothing that could run code."""

from __future__ import annotations

import os
from collections.abc import Mapping

from torch import Tensor

from .errors import CheckpointError, error_reason
from .foreign_file import is_safetensors_head, what_is_not_weights

ENDING = '.safetensors'
METADATA = {'format': 'pt'}
"""By which libraries know that the tensors are those of torch."""


def is_safetensors(path: str | os.PathLike[str]) -> bool:
    """Whether a file is called ``*.safetensors``, or is one under another name."""
    path = os.fspath(path)
    if path.lower().endswith(ENDING):
        return True
    try:
        with open(path, 'rb') as file:
            return is_safetensors_head(file.read(10))
    except OSError:
        return False


def read_safetensors(path: str | os.PathLike[str]) -> dict[str, Tensor]:
    """The tensors of a file by their names, on the CPU and of the types that the file has.

    Raises:
        CheckpointError: The file is damaged, or of another kind.
    """
    from safetensors.torch import load

    path = os.fspath(path)
    try:
        # Not mapped: a file that is replaced while its weights are in use must not change them.
        with open(path, 'rb') as file:
            return load(file.read())
    except Exception as error:  # the package has its own, and raises those of Python too
        what = what_is_not_weights(path, 'safetensors')
        if what is None:
            what = f'it is damaged, copy or download it again ({error_reason(error)})'
        raise CheckpointError(f'{path} cannot be loaded as a checkpoint: {what}.') from error


def safetensors_bytes(tensors: Mapping[str, Tensor]) -> bytes:
    """The content of a file; the same tensors always give the same."""
    from safetensors.torch import save

    # More texts than one would come in any order.
    content: bytes = save({name: value.contiguous() for name, value in tensors.items()}, METADATA)
    return content
