from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.app import offered_models as module
from mmenlighten.app.offered_models import offered_models


def test_the_default_is_the_demo_and_is_called_so() -> None:
    choice = ModelChoice(device='cpu', precision='bfloat16')
    offered = offered_models(choice)
    assert next(iter(offered.values())) == choice
    assert 'demo' in next(iter(offered))


def test_that_of_the_command_line_comes_first(tmp_path: Path) -> None:
    choice = ModelChoice(config='c/own.py', checkpoint=str(tmp_path / 'own.pth'), device='cpu')
    offered = offered_models(choice)
    assert next(iter(offered)) == 'own.pth of own'
    demo = list(offered.values())[1]
    assert demo == ModelChoice(model='enlightengan_demo', device='cpu')


def test_what_would_have_to_be_fetched_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    index = {
        name: dataclasses.replace(entry, weights='https://example.org/a.pth')
        for name, entry in module.read_index().items()
    }
    monkeypatch.setattr(module, 'read_index', lambda: index)
    assert len(offered_models(ModelChoice(config='a.py', checkpoint='a.pth'))) == 1
