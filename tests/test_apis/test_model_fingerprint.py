"""Models are told apart by their files, before they are loaded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mmenlighten.apis import model_fingerprint as module
from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.apis.model_fingerprint import model_fingerprint


@pytest.fixture
def choice(tmp_path: Path) -> ModelChoice:
    (tmp_path / 'c.py').write_text('model = dict(a=1)')
    (tmp_path / 'w.pth').write_bytes(b'weights')
    return ModelChoice(config=str(tmp_path / 'c.py'), checkpoint=str(tmp_path / 'w.pth'))


def test_it_is_that_of_the_files_wherever_they_lie(choice: ModelChoice, tmp_path: Path) -> None:
    first = model_fingerprint(choice)
    assert first is not None
    copy = tmp_path / 'copy.pth'
    copy.write_bytes(b'weights')
    assert model_fingerprint(replace(choice, checkpoint=str(copy))) == first
    assert model_fingerprint(replace(choice, device='cuda:1')) == first  # which does not count


@pytest.mark.parametrize('change', ['weights', 'no weights', 'config', 'precision', 'version'])
def test_whatever_counts_changes_it(
    change: str, choice: ModelChoice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = model_fingerprint(choice)
    if change == 'weights':
        (tmp_path / 'w.pth').write_bytes(b'other weights')
    elif change == 'no weights':
        choice = replace(choice, checkpoint=None)
    elif change == 'config':
        (tmp_path / 'c.py').write_text('model = dict(a=2)')
    elif change == 'precision':
        choice = replace(choice, precision='bfloat16')
    else:
        monkeypatch.setattr(module, '__version__', '0')
    assert model_fingerprint(choice) not in (first, None)


def test_models_by_name_differ() -> None:
    names = (None, 'gamma', 'lime', 'enlightengan_free')
    found = [model_fingerprint(ModelChoice(name)) for name in names]
    assert None not in found
    assert len(set(found)) == len(names)


@pytest.mark.parametrize(
    'change',
    [
        dict(checkpoint='https://example.org/w.pth'),
        dict(checkpoint='missing.pth'),
        dict(config='missing.py'),
        dict(precision='auto'),
        dict(device='tpu'),
        dict(model='gamma'),
        dict(backend='onnxruntime'),
        dict(checkpoint='w.onnx'),
    ],
    ids=str,
)
def test_what_only_loading_can_tell_has_none(change: dict[str, str], choice: ModelChoice) -> None:
    assert model_fingerprint(replace(choice, **change)) is None
    assert model_fingerprint(ModelChoice('enlightengan_lol')) is None  # which has no weights
    assert model_fingerprint(ModelChoice('no such model')) is None


def test_exported_files_have_one(tmp_path: Path) -> None:
    (tmp_path / 'm.onnx').write_bytes(b'export')
    choice = ModelChoice(checkpoint=str(tmp_path / 'm.onnx'), backend='onnxruntime')
    first = model_fingerprint(choice)
    (tmp_path / 'm.onnx').write_bytes(b'another')
    assert model_fingerprint(choice) not in (first, None)
