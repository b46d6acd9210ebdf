"""Reads and writes weights as safetensors: names and numbers, nothing that could run code."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .errors import CheckpointError, error_reason
from .foreign_file import is_safetensors_head, what_is_not_weights

if TYPE_CHECKING:
    from torch import Tensor

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


def read_metadata(path: str | os.PathLike[str]) -> dict[str, str]:
    """What the header of a file says of its weights, by key; nothing if it is of another kind.

    Neither torch nor the safetensors package is needed.
    """
    try:
        with open(path, 'rb') as file:
            head = file.read(10)
            if not is_safetensors_head(head):
                return {}
            file.seek(8)
            header = json.loads(file.read(int.from_bytes(head[:8], 'little')))
    except (OSError, ValueError, RecursionError):
        return {}
    metadata = header.get('__metadata__') if isinstance(header, dict) else None
    return metadata if isinstance(metadata, dict) else {}


def read_architecture(path: str | os.PathLike[str]) -> dict[str, Any] | None:
    """The config of the network of a file's weights; None if its header does not tell it."""
    try:
        config = json.loads(read_metadata(path)['architecture'])
    except (KeyError, TypeError, ValueError, RecursionError):
        return None
    return config if isinstance(config, dict) and 'type' in config else None


def safetensors_bytes(
    tensors: Mapping[str, Tensor], metadata: Mapping[str, str] | None = None
) -> bytes:
    """The content of a file; the same tensors and metadata always give the same.

    Args:
        tensors: By their names.
        metadata: Texts for the header, besides :data:`METADATA`.
    """
    from safetensors.torch import save

    content: bytes = save({name: value.contiguous() for name, value in tensors.items()})
    # The package writes texts in any order, so the header is written anew; places of tensors
    # count from its end.
    end = 8 + int.from_bytes(content[:8], 'little')
    texts = dict(sorted({**METADATA, **(metadata or {})}.items()))
    header: dict[str, Any] = {'__metadata__': texts, **json.loads(content[8:end])}
    text = json.dumps(header, separators=(',', ':'), ensure_ascii=False).encode()
    text += b' ' * (-len(text) % 8)
    return len(text).to_bytes(8, 'little') + text + content[end:]
