"""Which model a choice means, and what is said where it means none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mmenlighten.apis.enhancer import DEFAULT_MODEL, build_enhancer
from mmenlighten.apis.model import get_model
from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.photos import Photo
from mmenlighten.utils.errors import UserError
from mmenlighten.utils.tensor_image import to_model_range, to_uint8
from tests.test_cli.commands import make_model


@pytest.fixture(scope='module')
def own(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    options = make_model(tmp_path_factory.mktemp('model'))
    return dict(config=options[1], checkpoint=options[3])


def dark_photo() -> Photo:
    return Photo(np.random.default_rng(0).integers(0, 50, (48, 64, 3), np.uint8))


def test_without_a_choice_the_default_makes_dark_pictures_brighter() -> None:
    enhancer = build_enhancer(ModelChoice(device='cpu'), EnhanceOptions())
    photo = dark_photo()
    enhanced = enhancer.enhance(photo.pixels)
    assert enhanced.mean() > 2 * photo.pixels.mean()
    named = build_enhancer(ModelChoice(DEFAULT_MODEL, device='cpu'), EnhanceOptions())
    assert named.fingerprint() == enhancer.fingerprint()
    image = torch.from_numpy(photo.pixels).permute(2, 0, 1)[None]
    with torch.no_grad():
        result = to_uint8(get_model(DEFAULT_MODEL).enhance(to_model_range(image)))
    expected = result[0].permute(1, 2, 0).numpy()
    assert np.abs(enhanced.astype(int) - expected).max() <= 1


@pytest.mark.parametrize(
    'options', [{}, dict(denoise=1.0, colour=0.2), dict(tile=144), dict(guided=True)], ids=str
)
def test_onnxruntime_gives_what_torch_gives(options: dict[str, Any]) -> None:
    pytest.importorskip('onnxruntime')
    photo = Photo(np.random.default_rng(0).integers(0, 50, (170, 280, 3), np.uint8))
    results = [
        build_enhancer(ModelChoice(backend=backend, device='cpu'), EnhanceOptions(**options))
        .enhance(photo.pixels)
        .astype(int)
        for backend in ('torch', 'onnxruntime')
    ]
    assert np.abs(results[0] - results[1]).max() <= 1
    assert np.abs(results[0] - photo.pixels).max() > 20


def test_files_of_ones_own_are_taken(own: dict[str, str]) -> None:
    enhancer = build_enhancer(ModelChoice(**own, device='cpu'), EnhanceOptions())
    default = build_enhancer(ModelChoice(device='cpu'), EnhanceOptions())
    assert enhancer.fingerprint() != default.fingerprint()


@pytest.mark.parametrize(
    ('choice', 'words'),
    [
        (dict(model='no'), 'There is no model no'),
        (dict(model='enlightengan_lol'), 'No weights are published for enlightengan_lol'),
        (dict(config='tiny.py'), 'tiny.py'),
        (dict(checkpoint='tiny.pth'), 'tiny.pth alone do not tell'),
        (dict(model='enlightengan_free', config='tiny.py'), 'are two models'),
        (dict(backend='tensorrt'), 'backend=tensorrt is unknown'),
        (dict(model='enlightengan_free', checkpoint='a.onnx'), 'a.onnx is for onnxruntime'),
        (dict(backend='onnxruntime', checkpoint='tiny.pth'), 'tiny.pth is not for onnxruntime'),
        (dict(backend='onnxruntime', config='tiny.py'), 'checkpoint is missing'),
        (dict(backend='onnxruntime', model='enlightengan_lol'), 'No weights are published'),
        (dict(backend='onnxruntime', model='gamma'), 'gamma runs with torch only'),
        (dict(backend='onnxruntime', model='classic'), 'classic runs with torch only'),
    ],
)
def test_what_means_no_model_is_told_in_a_sentence(choice: dict[str, Any], words: str) -> None:
    with pytest.raises(UserError, match=words) as caught:
        build_enhancer(ModelChoice(**choice), EnhanceOptions())
    assert str(caught.value).count('\n') == 0


def test_published_model_without_an_export_is_told(
    own: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mmenlighten.apis import enhancer
    from mmenlighten.apis.model_index import ModelEntry

    entry = ModelEntry('tiny', Path(own['config']), weights=own['checkpoint'])
    monkeypatch.setattr(enhancer, 'find_model', lambda name: entry)
    with pytest.raises(UserError, match=r'leave out .*export FILE\.onnx --model tiny'):
        build_enhancer(ModelChoice('tiny', backend='onnxruntime'), EnhanceOptions())
