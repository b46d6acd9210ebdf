"""Weights wherever they are: a file, a folder with one, an address; without torch or mmengine."""

from __future__ import annotations

import os
from pathlib import Path

from mmenlighten.utils.errors import CheckpointError
from mmenlighten.utils.foreign_file import wanted_of, what_is_not_weights
from mmenlighten.utils.safetensors_file import ENDING
from mmenlighten.utils.sha256 import sha256_of_file
from mmenlighten.utils.weights_address import choose_weights, is_address

METAFILES = ('metafile.yml', 'metafile.yaml')


def existing_weights(weights: str | os.PathLike[str], sha256: str | None = None) -> str:
    """The path of weights, which are fetched if they have an address.

    Args:
        weights: A file; a folder with a ``*.safetensors``, whose hash a metafile beside it may
            tell; or an address, see :mod:`mmenlighten.utils.weights_address`.
        sha256: Their hash, where it is known.

    Raises:
        CheckpointError: They are not there, or are not those of the hash.
    """
    name = os.fspath(weights)
    if is_address(name):
        from mmenlighten.utils.download import fetch_weights  # urllib takes a while to load

        return fetch_weights(name, sha256)
    path = Path(name).expanduser()
    if path.is_dir():
        hashes = _hashes(path)
        there = [file.name for file in path.iterdir() if file.is_file()]
        listed = [file for file in there if file in hashes and file.lower().endswith(ENDING)]
        path = path / choose_weights(listed or there, str(path))
        sha256 = sha256 or hashes.get(path.name)
    if not path.is_file():
        raise CheckpointError(f'{path} does not exist: give a file of weights.')
    if sha256 is not None and sha256_of_file(path) != sha256:
        what = what_is_not_weights(path, wanted_of(path))
        raise CheckpointError(
            f'{path} is not what its metafile tells: {what or "its SHA-256 is another one"}; get '
            'the file again.'
        )
    return str(path)


def _hashes(folder: Path) -> dict[str, str]:
    """SHA-256 by the names of files, as the metafile in a folder tells them."""
    path = next((folder / name for name in METAFILES if (folder / name).is_file()), None)
    if path is None:
        return {}
    import yaml

    try:
        models = yaml.safe_load(path.read_text(encoding='utf-8'))['Models']
        return {
            os.path.basename(model['Weights']): str(model['SHA256']).lower()
            for model in models
            if 'Weights' in model and 'SHA256' in model
        }
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        raise CheckpointError(
            f'{path} is no metafile: mend it, or give the file of weights in place of its folder.'
        ) from error
