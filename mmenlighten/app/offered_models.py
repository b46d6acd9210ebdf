"""The models to choose from on the page."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from mmenlighten.apis.backend_choice import default_backend, missing_for_torch
from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.apis.model_files import DEFAULT_MODEL, is_weights
from mmenlighten.apis.model_index import ModelEntry, find_model, read_index
from mmenlighten.utils.errors import ConfigError


def offered_models(choice: ModelChoice) -> dict[str, ModelChoice]:
    """The models that are ready on this machine, by the words that visitors read.

    Args:
        choice: What the command line says; it comes first. Without a model and files this is
            `DEFAULT_MODEL`.

    Raises:
        ConfigError: It names a model that does not exist.
    """
    offered = {_words_of_choice(choice): choice}
    try:
        entries = list(read_index().values())
    except ConfigError:  # not installed; what the command line names may not need it
        entries = []
    has_torch = not missing_for_torch()
    for entry in entries:
        if _is_ready(entry):
            other = dataclasses.replace(choice, model=entry.name, config=None, checkpoint=None)
            other = dataclasses.replace(other, backend=default_backend(other))
            if other.backend == 'torch' and not has_torch:
                continue
            offered.setdefault(_words_of(entry), other)
    return offered


def models_with_controls(models: Mapping[str, ModelChoice]) -> dict[str, bool]:
    """Whether models have controls, as far as metafiles say; they know nothing of own configs.

    Args:
        models: The models, by any words.
    """
    try:
        entries = read_index()
    except ConfigError:
        return {}
    named = {
        words: choice.model or DEFAULT_MODEL
        for words, choice in models.items()
        if choice.config is None and (choice.model is not None or choice.checkpoint is None)
    }
    return {words: entries[name].has_controls for words, name in named.items() if name in entries}


def _is_ready(entry: ModelEntry) -> bool:
    """Whether nothing has to be trained or fetched; the latter only the command line may ask."""
    if entry.weights is None:
        return not entry.parameters
    return Path(entry.weights).is_file()


def _words_of_choice(choice: ModelChoice) -> str:
    if choice.checkpoint is not None:
        network = choice.model or Path(choice.config or '').stem
        return Path(choice.checkpoint).name + (f' of {network}' if network else '')
    if choice.config is not None:
        return Path(choice.config).stem
    if choice.model is not None and is_weights(choice.model):
        return Path(choice.model).name or choice.model
    return _words_of(find_model(choice.model or DEFAULT_MODEL))


def _words_of(entry: ModelEntry) -> str:
    what = entry.note.partition(';')[0]
    return f'{entry.name}: {what}' if what else entry.name
