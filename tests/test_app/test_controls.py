"""Sliders for models that have controls, and none for others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip('gradio')

from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.apis.model_index import ModelEntry
from mmenlighten.app import EnhanceService, offered_models
from mmenlighten.app.control_sliders import ControlSliders
from mmenlighten.app.offered_models import models_with_controls
from mmenlighten.app.task import Controls, Task
from mmenlighten.photos import read_photo
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.srgb import luma_of
from tests.test_inference.networks import Curves

from .page_server import Visitor, running
from .toys import Builder, lift, make_service, only_result, run, upload


@pytest.fixture(scope='module')
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EnhanceService]:
    builder = Builder(lift=lift, curves=Curves())
    builder.with_controls = {'curves'}
    made = make_service(tmp_path_factory.mktemp('controls') / 'shop', builder)
    yield made
    made.close()


@pytest.fixture(scope='module')
def visitor(service: EnhanceService) -> Iterator[Visitor]:
    service.prepare('curves')
    service.prepare('lift')
    with running(service) as address:
        yield Visitor(address)


def accordions(visitor: Visitor) -> dict[str, dict[str, Any]]:
    parts = [one for one in visitor.config['components'] if one['type'] == 'accordion']
    return {one['props']['label']: one for one in parts}


def test_a_ready_model_tells_what_it_has(service: EnhanceService, visitor: Visitor) -> None:
    assert (service.has_controls('curves'), service.has_controls('lift')) == (True, False)
    assert not service.has_controls('broken')
    assert accordions(visitor)['Advanced']['props']['visible'] is False  # 'lift' comes first


@pytest.mark.parametrize(('model', 'is_visible'), [('curves', True), ('lift', False)])
def test_sliders_follow_the_choice_of_the_model(
    visitor: Visitor, model: str, is_visible: bool
) -> None:
    number = visitor.number('select')
    token, _, *controls = visitor.arguments(number)
    lines = visitor.call(number, [token, model, *controls], event_data=dict(index=0))
    messages = [json.loads(line.removeprefix('data:')) for line in lines]
    (changes,) = [m['output']['data'] for m in messages if m['msg'] == 'process_generating']
    assert [one['visible'] for one in changes if one and 'visible' in one] == [is_visible]


@pytest.mark.parametrize(
    ('values', 'controls'),
    [
        ((True, 0.5, True, 0.45, 1), Controls()),
        ((False, 0, True, 0.45, 1), Controls(denoise=0)),
        ((True, 0.5, False, 0, 1), Controls(brightness=0)),
        ((False, 1, False, 0.7, 0.2), Controls(1, 0.7, 0.2)),
    ],
)
def test_what_is_left_to_the_model_is_not_chosen(
    values: tuple[Any, ...], controls: Controls
) -> None:
    assert ControlSliders.read(*values) == controls


def test_a_model_with_controls_makes_other_results(service: EnhanceService, tmp_path: Path) -> None:
    session = service.open_session()
    photo = upload(tmp_path / 'a.png')
    means = []
    for brightness in (0.2, 0.3, None):
        steps = run(
            service, session, photo, model='curves', controls=Controls(brightness=brightness)
        )
        pixels = read_photo(service.write(only_result(steps), 1)).pixels
        means.append(luma_of(pixels / 255).mean())
    assert means == pytest.approx([0.2, 0.3, means[2]], abs=0.015)
    # What was there is enhanced again, and the slider of strength still blends it.
    list(service.again(session, 'curves', Controls(brightness=0.4)))
    results = [read_photo(service.write(result, 1)).pixels for result in session.results]
    assert [luma_of(one / 255).mean() for one in results] == pytest.approx([0.4] * 3, abs=0.015)
    original = read_photo(photo.path).pixels
    assert np.array_equal(read_photo(service.write(session.results[0], 0)).pixels, original)


def test_a_model_without_controls_says_so(service: EnhanceService, tmp_path: Path) -> None:
    session = service.open_session()
    photo = upload(tmp_path / 'a.png')
    (*_, end) = run(service, session, photo, model='lift', controls=Controls(denoise=0.5))
    assert end.refusal.startswith('a.png cannot be enhanced: denoise=0.5 is for models that')
    assert session.results == []


def test_tasks_carry_them_to_other_processes() -> None:
    task = Task('enhance', Path('a'), controls=Controls(0.0, 0.5, 0.25))
    assert Task.from_json(json.loads(json.dumps(task.to_json()))) == task


def test_metafiles_tell_of_models_that_are_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = {
        name: ModelEntry(name, Path('a.py'), has_controls=has)
        for name, has in (('curves', True), ('gamma', False))
    }
    monkeypatch.setattr(offered_models, 'read_index', lambda: entries)
    choices = {
        'first': ModelChoice('curves', checkpoint='own.pth'),
        'second': ModelChoice('gamma'),
        'own': ModelChoice(config='own.py'),
        'gone': ModelChoice('gone'),
    }
    assert models_with_controls(choices) == {'first': True, 'second': False}


def test_without_metafiles_nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_index() -> None:
        raise ConfigError('model-index.yml is not installed.')

    monkeypatch.setattr(offered_models, 'read_index', read_index)
    assert models_with_controls({'a': ModelChoice('gamma')}) == {}
