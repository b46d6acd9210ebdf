"""The card is the admission test of weights: what it says of the files is so."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from mmenlighten.apis.model_index import read_index
from mmenlighten.evaluation.model_card import FilledPage, facts_of
from mmenlighten.evaluation.model_card.facts import NONE_YET
from tests.small_run import REPOSITORY

CARDS = sorted((REPOSITORY / 'docs' / 'model_zoo').glob('*.md'))
FACTS = [
    pytest.param(name.removeprefix('facts '), text, id=name)
    for card in CARDS
    for name, text in FilledPage(card).parts.items()
    if name.startswith('facts ')
]


@pytest.mark.parametrize(('name', 'text'), FACTS)
def test_cards_tell_hash_and_parameters_of_the_packaged_files(name: str, text: str) -> None:
    assert text == facts_of(name).strip() + '\n', 'run tools/misc/fill_model_cards.py'
    entry = read_index().get(name)
    if entry is not None and entry.weights is not None:
        assert f'| parameters | {entry.parameters:,} |' in ' '.join(text.split())


def test_facts_are_those_of_the_files() -> None:
    entry = next(entry for entry in read_index().values() if entry.weights is not None)
    text, weights = facts_of(entry.name), Path(entry.weights or '')
    for path in weights.parent.glob(f'{weights.stem}.*'):
        assert f'`{path.name}`' in text
        assert hashlib.sha256(path.read_bytes()).hexdigest() in text
    assert f'{entry.parameters:,}' in text


@pytest.mark.parametrize('name', ['enlightengan_lol', 'nothing'])
def test_models_without_weights_say_so(name: str) -> None:
    assert facts_of(name) == NONE_YET
