"""The models to choose from on the page."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.apis.model_files import DEFAULT_MODEL
from mmenlighten.apis.model_index import read_index
from mmenlighten.utils.errors import ConfigError


def offered_models(choice: ModelChoice) -> dict[str, ModelChoice]:
    """The models that have weights on this machine, by the words that visitors read.

    Args:
        choice: What the command line says; it comes first. Without a model and files this is the
            demo's own.
    """
    offered = {_words_of(choice): choice}
    try:
        entries = read_index().values()
    except ConfigError:  # not installed; what the command line names does not need it
        entries = {}.values()
    for entry in entries:
        if entry.weights is None or not Path(entry.weights).is_file():
            continue  # what would have to be fetched is only taken if the command line asks for it
        other = dataclasses.replace(
            choice, model=entry.name, config=None, checkpoint=None, backend='torch'
        )
        offered.setdefault(_words_of(other), other)
    return offered


def _words_of(choice: ModelChoice) -> str:
    if choice.checkpoint is not None:
        return f'{Path(choice.checkpoint).name} of {choice.model or Path(choice.config or "").stem}'
    if choice.is_default or choice.model == DEFAULT_MODEL:
        return 'Small model of the demo, trained on few pictures'
    return choice.model or ''
