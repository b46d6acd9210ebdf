"""``denoise``, ``brightness`` and ``colour``: who has them, and what a model without them says."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mmengine.config import Config

from mmenlighten.apis.enhance_low_light import EnhanceLowLight
from mmenlighten.apis.enhancer import build_enhancer
from mmenlighten.apis.inferencer import EnlightenInferencer
from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.apis.model_index import read_index
from mmenlighten.enhancing.bulk.bulk_worker import BulkWorker
from mmenlighten.enhancing.bulk.worker_plan import WorkerPlan
from mmenlighten.enhancing.job import EnhanceJob
from mmenlighten.enhancing.manifest import Manifest
from mmenlighten.enhancing.options import MODEL_WITH_CONTROLS, EnhanceOptions, ModelFacts
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.enhancing.sidecar_manifest import SidecarManifest, prepare
from mmenlighten.enhancing.task import Task
from mmenlighten.inference import NetworkTraits
from mmenlighten.photos import MAX_PIXELS
from mmenlighten.registry import MODELS
from mmenlighten.utils.errors import ConfigError
from mmenlighten.version import __version__
from tests.test_enhancing.test_bulk.clusters import write_album
from tests.test_inference.networks import Curves

WITHOUT = NetworkTraits(receptive_field_radius=0)
WITH = replace(WITHOUT, thumbnail_size=64)
CHOSEN = [dict(denoise=0.5), dict(brightness=0.0), dict(colour=0.25), dict(denoise=0, colour=0)]
SENTENCES = [
    'denoise=0.5 is for models that have such controls, and this one has none: leave it out, or ',
    'brightness=0 is for models that have such controls, and this one has none: leave it out, or ',
    'colour=0.25 is for models that have such controls, and this one has none: leave it out, or ',
    'denoise=0 and colour=0 are for models that have such controls, and this one has none: leave '
    'them out, or ',
]
USE = f'use the model {MODEL_WITH_CONTROLS}.'
REFUSED = list(zip(CHOSEN, [sentence + USE for sentence in SENTENCES]))


def make(traits: NetworkTraits, **controls: Any) -> PhotoEnhancer:
    return PhotoEnhancer(lambda images: images, traits, EnhanceOptions(**controls), {})


@pytest.mark.parametrize(('controls', 'sentence'), REFUSED)
def test_a_model_without_them_refuses_them(controls: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError) as at_once:
        make(WITHOUT, **controls)
    chosen = {'denoise': None, 'brightness': None, 'colour': 1.0} | controls
    with pytest.raises(ConfigError) as later:
        make(WITHOUT).with_controls(**chosen)
    assert str(at_once.value) == str(later.value) == sentence


@pytest.mark.parametrize('controls', CHOSEN)
def test_a_model_with_them_makes_other_results(controls: dict[str, Any]) -> None:
    plain = make(WITH)
    chosen = {'denoise': None, 'brightness': None, 'colour': 1.0} | controls
    other = plain.with_controls(**chosen)
    assert (
        other.fingerprint()
        == make(WITH, **controls).fingerprint()
        == plain.fingerprint() | controls
    )
    assert plain.options == EnhanceOptions()
    assert other.network is plain.network
    with pytest.raises(ConfigError, match='out of range'):
        plain.with_controls(**chosen | {'colour': 2.0})


@pytest.mark.parametrize('kind', [Manifest, SidecarManifest])
@pytest.mark.parametrize('controls', CHOSEN)
def test_a_second_run_knows_results_by_their_controls(
    controls: dict[str, Any], kind: type[Manifest], tmp_path: Path
) -> None:
    album, out = write_album(tmp_path / 'album', 2), tmp_path / 'out'
    tasks = [Task(path, Path(path.name)) for path in sorted(album.iterdir())]

    def run(**controls: Any) -> list[str]:
        enhancer = PhotoEnhancer(Curves(), WITH, EnhanceOptions(**controls), {})
        prepare(out)
        record = kind(out, enhancer.fingerprint())
        return [outcome.status for outcome in EnhanceJob(enhancer, out, manifest=record).run(tasks)]

    assert run() == ['enhanced'] * 2
    assert run(colour=1) == ['up to date'] * 2
    assert run(**controls) == ['conflict'] * 2
    assert run(**controls, overwrite=True) == ['enhanced'] * 2
    assert run(**controls) == ['up to date'] * 2


@pytest.mark.parametrize('controls', [{}, dict(denoise=None, brightness=None, colour=1)])
def test_what_the_model_judges_is_for_all_models(controls: dict[str, Any]) -> None:
    assert not make(WITHOUT, **controls).has_controls
    assert make(WITH, **controls).has_controls
    assert make(WITHOUT).with_controls(None, None, 1).fingerprint() == make(WITHOUT).fingerprint()


@pytest.mark.parametrize('has_controls', [True, False])
def test_the_record_tells_who_has_them(has_controls: bool) -> None:
    facts = make(WITH if has_controls else WITHOUT).facts
    assert facts.has_controls == has_controls
    assert ModelFacts.from_json(facts.to_json()) == facts


@pytest.mark.parametrize(
    ('change', 'known'),
    [
        (dict(), ModelFacts({'a': 'b'}, True)),  # of a version without controls
        (dict(has_controls=True), ModelFacts({'a': 'b'}, True, has_controls=True)),
        (dict(has_controls='yes'), None),
        (dict(has_controls=None), None),
        (dict(depends_on_tiles=1), None),
    ],
)
def test_records_of_all_versions_are_read(change: dict[str, Any], known: ModelFacts | None) -> None:
    content = dict(identity={'a': 'b'}, depends_on_tiles=True) | change
    assert ModelFacts.from_json(content) == known


def test_metafiles_tell_who_has_them() -> None:
    for entry in read_index().values():
        model = Config.fromfile(entry.config).model
        generator = model.get('generator', model)
        has_controls = False
        if hasattr(MODELS.get(generator.type), 'enhance_part'):
            has_controls = MODELS.build(generator).traits.has_controls
        assert entry.has_controls == has_controls, entry.name


@pytest.mark.parametrize(('controls', 'sentence'), REFUSED[:2])
def test_the_inferencer_says_so_before_a_picture_is_given(
    controls: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        EnlightenInferencer('gamma', device='cpu', **controls)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(('controls', 'sentence'), REFUSED[1:3])
def test_the_transform_says_so_at_the_first_picture(
    controls: dict[str, Any], sentence: str
) -> None:
    transform = EnhanceLowLight('gamma', **controls)
    with pytest.raises(ConfigError) as caught:
        transform(dict(img=np.zeros((16, 16, 3), np.uint8)))
    assert str(caught.value) == sentence
    (name, value), *_ = controls.items()
    assert f'{name}={value}' in repr(transform)


@pytest.mark.parametrize(('controls', 'sentence'), REFUSED[2:])
def test_a_worker_says_so(controls: dict[str, Any], sentence: str, tmp_path: Path) -> None:
    prepare(tmp_path)
    worker = BulkWorker(
        partial(build_enhancer, ModelChoice('gamma')),
        EnhanceOptions(**controls),
        tmp_path,
        MAX_PIXELS,
        WorkerPlan(1, 1, 0, 4),
        __version__,
    )
    for name, value in controls.items():  # workers answer a command line
        sentence = sentence.replace(f'{name}={value:g}', f'--{name} {value:g}')
    assert worker.problem == sentence


@pytest.mark.parametrize('build', [EnlightenInferencer, EnhanceLowLight])
@pytest.mark.parametrize('name', ['denoise', 'brightness', 'colour'])
def test_python_refuses_what_is_out_of_range_before_a_model_is_built(
    build: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ('mmenlighten.apis.inferencer.load_model', 'mmenlighten.apis.model.init_model'):
        monkeypatch.setattr(module, None)
    with pytest.raises(ConfigError, match=rf'^{name}=2 is out of range: use 0 to 1'):
        build('gamma', **{name: 2})
