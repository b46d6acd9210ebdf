"""What a model card says of the file of the weights."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from mmenlighten.apis.model import get_model
from mmenlighten.apis.model_index import ModelEntry, read_index
from mmenlighten.evaluation.report import markdown_table
from mmenlighten.utils.sha256 import sha256_of_file

NONE_YET = 'No weights are in the package yet.'


def facts_of(name: str) -> str:
    """A table of the packaged files of a model: sizes, hashes, and the number of parameters.

    The card is the admission test of weights: a test compares it with this.

    Args:
        name: Name of the model.
    """
    entry = read_index().get(name)
    if entry is None or entry.weights is None:
        return NONE_YET
    weights = Path(entry.weights)
    rows = [['fact', 'value'], ['parameters', f'{_parameters(entry):,}']]
    for path in sorted(weights.parent.glob(f'{weights.stem}.*')):
        rows.append([f'`{path.name}`', f'{path.stat().st_size:,} bytes'])
        rows.append(['its SHA-256', f'`{sha256_of_file(path)}`'])
    return markdown_table(rows)


def _parameters(entry: ModelEntry) -> int:
    enhancing = getattr(get_model(entry.name), 'generator', None)
    assert isinstance(enhancing, nn.Module)  # what has weights has a generator
    return sum(parameter.numel() for parameter in enhancing.parameters())
