from __future__ import annotations

from pathlib import Path

import pytest

from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.apis.model_files import DEFAULT_MODEL
from mmenlighten.apis.model_index import ModelEntry
from mmenlighten.app import offered_models as module
from mmenlighten.app.offered_models import offered_models


def test_the_default_comes_first_and_once() -> None:
    choice = ModelChoice(device='cpu', precision='bfloat16')
    offered = offered_models(choice)
    assert next(iter(offered.values())) == choice
    assert next(iter(offered)).startswith(f'{DEFAULT_MODEL}: ')
    assert sum(words.startswith(DEFAULT_MODEL) for words in offered) == 1
    assert any(words.startswith('classic: ') for words in offered)


def test_that_of_the_command_line_comes_first(tmp_path: Path) -> None:
    choice = ModelChoice(config='c/own.py', checkpoint=str(tmp_path / 'own.pth'), device='cpu')
    offered = offered_models(choice)
    assert next(iter(offered)) == 'own.pth of own'
    assert ModelChoice(model='enlightengan_free', device='cpu') in offered.values()


def test_what_must_be_trained_or_fetched_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    def entry(name: str, weights: str | None, parameters: int) -> ModelEntry:
        return ModelEntry(name, Path('a.py'), parameters=parameters, weights=weights, note='n; m')

    entries = [
        entry('fetched', 'https://example.org/a.pth', 5),
        entry('trained', None, 5),
        entry('ready', __file__, 5),
        entry('formula', None, 0),
    ]
    monkeypatch.setattr(module, 'read_index', lambda: {one.name: one for one in entries})
    own = ModelChoice(config='a.py', checkpoint='a.pth')
    assert list(offered_models(own)) == ['a.pth of a', 'ready: n', 'formula: n']
