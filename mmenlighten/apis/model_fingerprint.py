"""Tells a model by its files, without loading it; needs neither torch nor mmengine."""

from __future__ import annotations

import hashlib
import os
import re

from mmenlighten.utils.errors import UserError
from mmenlighten.utils.sha256 import sha256_of_file
from mmenlighten.version import __version__

from .model_choice import ModelChoice
from .model_files import find_files
from .plain_config import plain_config_hash

_DEVICES = re.compile(r'auto|cpu|cuda(:\d+)?|mps')


def model_fingerprint(choice: ModelChoice) -> str | None:
    """A hash of all that decides of which network and weights a model is made.

    Returns:
        None if that is not known before the model is loaded: weights have an address, the config
        is more than text, the precision is that of the device; or if the choice cannot work, of
        which loading tells.
    """
    is_export = (choice.checkpoint or '').endswith('.onnx')
    if (
        choice.precision == 'auto'
        or not _DEVICES.fullmatch(choice.device)
        or (choice.model is not None and choice.config is not None)
        or is_export != (choice.backend == 'onnxruntime')
    ):
        return None
    try:
        parts = _parts_of_export(choice) if is_export else _parts(choice)
    except (UserError, OSError, ValueError):
        return None
    if parts is None:
        return None
    words = [__version__, choice.backend, choice.precision, *parts]
    return hashlib.sha256('\n'.join(words).encode()).hexdigest()


def _parts(choice: ModelChoice) -> list[str] | None:
    config, weights = find_files(
        choice.model if choice.config is None else choice.config, choice.checkpoint
    )
    if not isinstance(config, str | os.PathLike) or (weights and not os.path.isfile(weights)):
        return None
    text = plain_config_hash(os.path.expanduser(config))
    if text is None:
        return None
    return [text, sha256_of_file(weights) if weights else 'no weights']


def _parts_of_export(choice: ModelChoice) -> list[str]:
    return [sha256_of_file(os.path.expanduser(choice.checkpoint or ''))]
