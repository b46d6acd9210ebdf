"""The models that metafiles describe; needs neither torch nor mmengine."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from mmenlighten.utils.errors import ConfigError

PACKED = 'model-index.json'
"""All that the metafiles say of models, in wheels: reading it needs no PyYAML."""


@dataclass(frozen=True)
class ModelEntry:
    """A model as a metafile describes it.

    Args:
        name: Its name.
        config: Its config.
        training_data: What it learns from.
        parameters: Number of parameters of what enhances; None if not told.
        weights: Address or file of published weights; None if there are none.
        sha256: Hash of their file, where it is told.
        onnx_sha256: Hash of the file for onnxruntime beside it, where it is told.
        note: What a user should know of it.
        has_controls: Whether ``denoise``, ``brightness`` and ``colour`` can be chosen.
    """

    name: str
    config: Path
    training_data: str = ''
    parameters: int | None = None
    weights: str | None = None
    sha256: str | None = None
    onnx_sha256: str | None = None
    note: str = ''
    has_controls: bool = False


def index_root() -> Path:
    """The folder with ``model-index.yml``, beside which the configs are.

    Raises:
        ConfigError: It is not there.
    """
    package = Path(__file__).resolve().parents[1]
    # Packages on MMEngine carry their configs in .mim; in a checkout they are beside the package.
    for folder in (package / '.mim', package.parent):
        if (folder / 'model-index.yml').is_file():
            return folder
    raise ConfigError(
        'model-index.yml is not installed: run from a checkout, or give a config and a checkpoint.'
    )


def read_index() -> dict[str, ModelEntry]:
    """All models by their names, in the order of the metafiles.

    Raises:
        ConfigError: A metafile is missing or damaged.
    """
    root = index_root()
    packed = root / PACKED
    models = _read_packed(packed) if packed.is_file() else _read_metafiles(root)
    site = Path(__file__).resolve().parents[2]  # what the package is in: the checkout, if in one
    entries = {}
    for model in models:
        about = model.get('Metadata') or {}
        entries[model['Name']] = ModelEntry(
            name=model['Name'],
            config=root / model['Config'],
            training_data=str(about.get('Training Data', '')),
            parameters=about.get('Parameters'),
            weights=_place(model.get('Weights'), site),
            sha256=model.get('SHA256'),
            onnx_sha256=model.get('ONNX SHA256'),
            note=str(about.get('Note', '')),
            has_controls=bool(about.get('Controls', False)),
        )
    return entries


def list_models(pattern: str = '*') -> list[str]:
    """Names of models, in alphabetical order.

    Args:
        pattern: Which of them, with ``*``, ``?`` and ``[...]`` as in names of files.
    """
    return sorted(name for name in read_index() if fnmatchcase(name, pattern))


def find_model(name: str) -> ModelEntry:
    """The model of this name.

    Raises:
        ConfigError: There is none.
    """
    entries = read_index()
    if name not in entries:
        close = difflib.get_close_matches(name, entries, n=1)
        hint = f'did you mean {close[0]}?' if close else '`mmenlighten models` lists them.'
        raise ConfigError(f'There is no model {name}; {hint}')
    return entries[name]


def _place(weights: str | None, site: Path) -> str | None:
    """Weights are an address, or a file of the package, such as ``mmenlighten/weights/x.pth``."""
    if weights is None or '://' in weights:
        return weights
    return str(site / weights)


def _read_packed(path: Path) -> list[dict[str, Any]]:
    try:
        return list(json.loads(path.read_text(encoding='utf-8')))
    except (OSError, ValueError) as error:
        raise ConfigError(f'{path} cannot be read: install mmenlighten again.') from error


def _read_metafiles(root: Path) -> list[dict[str, Any]]:
    import yaml

    loader = getattr(yaml, 'CSafeLoader', yaml.SafeLoader)  # ten times as fast, if libyaml is there
    models: list[dict[str, Any]] = []
    path = root / 'model-index.yml'
    try:
        for metafile in yaml.load(path.read_text(encoding='utf-8'), loader)['Import']:
            path = root / metafile
            models += yaml.load(path.read_text(encoding='utf-8'), loader)['Models']
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ConfigError(f'{path} cannot be read: install mmenlighten again.') from error
    return models
