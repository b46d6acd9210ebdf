"""Reads weight files of other projects, from disk or from the internet."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlparse

import numpy as np
import torch
from torch import Tensor

from .distributed import main_process_first
from .errors import CheckpointError, error_reason
from .foreign_file import wanted_of, what_is_not_weights
from .safetensors_file import is_safetensors, read_safetensors

Weights = dict[str, Tensor]


def read_weights(path: str, remedy: str = '') -> Weights:
    """Reads a state dict on the CPU, without code.

    It comes from ``.npz``, safetensors, or any file of ``torch.save``.

    Args:
        path: The file.
        remedy: A sentence for the error message that says how to get the file.

    Raises:
        CheckpointError: The file is missing or is not a dict of tensors.
    """
    if not os.path.isfile(path):
        raise CheckpointError(f'The weight file {path} does not exist. {remedy}'.rstrip())
    if is_safetensors(path):
        return read_safetensors(path)
    try:
        if path.endswith('.npz'):
            with np.load(path, allow_pickle=False) as arrays:
                return {key: torch.from_numpy(arrays[key]) for key in arrays.files}
        content = torch.load(path, map_location='cpu', weights_only=True)
    except Exception as error:  # torch and NumPy raise many types for a damaged file
        what = what_is_not_weights(path)
        reason = '' if what else f' ({error_reason(error)})'
        raise CheckpointError(
            f'{path} cannot be read as a weight file{reason}: {what or "it is damaged or not one"}.'
        ) from error
    if not isinstance(content, dict) or not all(isinstance(v, Tensor) for v in content.values()):
        raise CheckpointError(f'{path} does not hold a plain dict of tensors.')
    return content


def download_weights(url: str, remedy: str) -> Weights:
    """Downloads a state dict once into torch's cache, checked by the hash in its file name.

    In distributed training the main process downloads and the others wait and read the cache.

    Args:
        url: Address whose file name ends in ``-<start of sha256>.pth``.
        remedy: A sentence for the error message that says what to do without internet.

    Raises:
        CheckpointError: The download failed or its hash is wrong.
    """

    def load() -> Weights:
        return torch.hub.load_state_dict_from_url(
            url, map_location='cpu', check_hash=True, weights_only=True
        )

    try:
        return main_process_first(load)
    except Exception as error:  # of the network, the hash, or a damaged file in the cache
        reason = drop_what_is_not_weights(url) or error_reason(error)
        raise CheckpointError(f'{url} could not be downloaded ({reason}). {remedy}') from error


def drop_what_is_not_weights(url: str) -> str | None:
    """Removes from torch's cache what came from an address in place of weights.

    Otherwise it would be found there for ever, and the address never asked again.

    Returns:
        What it was, as of :func:`~mmenlighten.utils.foreign_file.what_is_not_weights`; None if
        nothing is there, or nothing that is known to be no weights.
    """
    cached = cached_download(url)
    what = what_is_not_weights(cached, wanted_of(cached)) if os.path.isfile(cached) else None
    if what is not None:
        Path(cached).unlink()
    return what


def cached_download(url: str) -> str:
    """Where torch's cache has, or will have, what comes from an address."""
    name = os.path.basename(urlparse(url).path)
    return os.path.join(torch.hub.get_dir(), 'checkpoints', name)
