"""Weights tell their network in their header, and nothing else is needed to enhance with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from mmenlighten.apis.model import get_model, init_model, list_models, load_model
from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.apis.model_files import find_files
from mmenlighten.apis.model_fingerprint import model_fingerprint
from mmenlighten.export.published_weights import about_weights, weights_bytes
from mmenlighten.inference.generator import generator_of
from mmenlighten.models import EnlightenGAN, TrainedEnhancer
from mmenlighten.models.architecture import architecture_of, enhancer_of
from mmenlighten.utils.errors import CheckpointError, ConfigError, UserError
from mmenlighten.utils.safetensors_file import (
    read_architecture,
    read_metadata,
    read_safetensors,
    safetensors_bytes,
)
from tests.golden import REPOSITORY

SMALL = dict(type='AttentionUNet', base_channels=2, align_corners=False, attention=False)
PACKAGED = sorted((REPOSITORY / 'mmenlighten' / 'weights').glob('*.safetensors'))


def publish(path: Path, **changes: str) -> EnlightenGAN:
    """Writes weights of a small network, with changes of their header; the model."""
    torch.manual_seed(5)
    model = EnlightenGAN(generator=SMALL).eval()
    about = about_weights(model, 'small', license='CC0-1.0') | changes
    path.write_bytes(weights_bytes(generator_of(model), path, metadata=about))
    return model


def enhance(model: Any) -> torch.Tensor:
    torch.manual_seed(6)
    with torch.no_grad():
        return model.enhance(torch.rand(1, 3, 32, 48) * 2 - 1)


@pytest.mark.parametrize('load', [load_model, get_model, lambda path: load_model(None, path)])
def test_a_file_alone_makes_the_model(tmp_path: Path, load: Any) -> None:
    path = tmp_path / 'small.safetensors'
    expected = publish(path)
    model = load(str(path))
    assert not model.training
    assert torch.equal(enhance(model), enhance(expected))
    assert model.cfg.model.generator.base_channels == 2
    again = load_model(model.cfg, path)
    assert torch.equal(enhance(again), enhance(expected))


def test_the_header_tells_all_arguments_and_what_the_network_takes(tmp_path: Path) -> None:
    path = tmp_path / 'small.safetensors'
    publish(path)
    assert read_architecture(path) == {
        **SMALL,
        'norm': 'batch',
        'half_above_width': None,
        'times_residual': True,
    }
    about = read_metadata(path)
    assert json.loads(about['traits'])['size_multiple'] == 16
    assert about['format'] == 'pt'
    assert (about['model'], about['license'], about['value_range']) == (
        'small',
        'CC0-1.0',
        '[-1, 1]',
    )
    assert list(about) == sorted(about)


@pytest.mark.parametrize('path', PACKAGED, ids=lambda path: path.stem)
def test_packaged_files_equal_what_their_configs_build(path: Path) -> None:
    named, alone = get_model(path.stem), load_model(path)
    assert architecture_of(named) == read_architecture(path)
    assert read_metadata(path)['model'] == path.stem
    assert {'license', 'training_data'} <= read_metadata(path).keys()
    state = read_safetensors(path)
    rebuilt = weights_bytes(
        generator_of(alone),
        path,
        half=any(value.dtype == torch.float16 for value in state.values()),
        metadata=read_metadata(path),
    )
    assert rebuilt == path.read_bytes()
    assert torch.equal(enhance(named), enhance(alone))


@pytest.mark.parametrize(
    'name', [name for name in list_models() if name.endswith(('demo', '_lol', 'sony', 'brackets'))]
)
def test_every_trained_network_can_be_told(name: str) -> None:
    model = get_model(name, pretrained=False)
    if not isinstance(model, TrainedEnhancer):
        pytest.skip('It has no weights.')
    rebuilt = enhancer_of(json.loads(json.dumps(architecture_of(model))), 'a.safetensors')
    shapes = [
        {key: value.shape for key, value in each.generator.state_dict().items()}
        for each in (model, rebuilt)
    ]
    assert shapes[0] == shapes[1]
    assert architecture_of(rebuilt) == architecture_of(model)


@pytest.mark.parametrize(
    ('architecture', 'told'),
    [
        (dict(type='AttentionUnet'), 'did you mean AttentionUNet'),
        (dict(type='FutureNet'), "'FutureNet', which mmenlighten .* install the mmenlighten"),
        (dict(type='os.system'), "network 'os.system'"),
        (dict(type='torch.nn.Identity'), "network 'torch.nn.Identity'"),
        (dict(type='mmengine.BaseDataPreprocessor'), "network 'mmengine"),
        (dict(type=['AttentionUNet']), 'which mmenlighten'),
        (dict(type='AttentionUNet', depth=3), 'cannot build .*depth.*9.9'),
        (dict(type='AttentionUNet', norm='other'), 'cannot build'),
        (dict(type='AttentionUNet', base_channels='x'), 'cannot build'),
        (dict(type='RetinexNetGenerator', decom=dict(type='subprocess.Popen')), 'subprocess'),
        (dict(type='RetinexNetGenerator', decom=dict(a=1)), 'cannot build'),
        (dict(type='EnlightenGAN', generator=SMALL), 'no network, but what trains one'),
        (dict(type='AttentionUNet', base_channels=4), 'does not fit the model'),
    ],
)
def test_networks_that_are_not_there_are_told(
    tmp_path: Path, architecture: dict[str, Any], told: str
) -> None:
    path = tmp_path / 'small.safetensors'
    publish(path, architecture=json.dumps(architecture), mmenlighten_version='9.9')
    with pytest.raises(CheckpointError, match=told) as caught:
        load_model(path)
    assert str(path) in str(caught.value)
    assert '\n' not in str(caught.value)


@pytest.mark.parametrize('text', ['', '[]', '{', '7', '{"base_channels": 2}', '[' * 99999])
def test_headers_that_tell_no_network_are_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / 'small.safetensors'
    publish(path, architecture=text)
    with pytest.raises(ConfigError, match=r'alone do not tell their network.*give its name'):
        load_model(None, path)
    with pytest.raises(CheckpointError, match='does not tell its network'):
        init_model(None, path)


def test_what_lies_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / 'small.safetensors'
    path.write_bytes(b'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 34\n')
    with pytest.raises(CheckpointError, match='it is a Git LFS pointer'):
        load_model(path)
    with pytest.raises(UserError, match='does not exist'):
        load_model(tmp_path / 'none.safetensors')
    with pytest.raises(ConfigError, match='are two files of weights'):
        find_files(path, path)
    with pytest.raises(ConfigError, match='leave it out'):
        get_model(str(path), pretrained=False)
    with pytest.raises(ConfigError, match='neither a config nor'):
        init_model(None)


def test_files_are_told_apart(tmp_path: Path) -> None:
    first, second = tmp_path / 'a.safetensors', tmp_path / 'b.safetensors'
    publish(first)
    publish(second, license='other')
    one = model_fingerprint(ModelChoice(checkpoint=str(first)))
    assert one is not None
    assert model_fingerprint(ModelChoice(model=str(first))) == one
    assert model_fingerprint(ModelChoice(checkpoint=str(second))) != one


def test_arguments_that_no_file_can_tell_are_refused() -> None:
    model = EnlightenGAN(generator=dict(SMALL, half_above_width=object()))
    with pytest.raises(ConfigError, match=r'model\.generator has an argument'):
        architecture_of(model)
    with pytest.raises(ConfigError, match='Identity has no generator'):
        architecture_of(torch.nn.Identity())


def test_texts_stay_in_order_and_tensors_in_place() -> None:
    tensors = dict(b=torch.arange(6.0), a=torch.ones(2, dtype=torch.float16))
    texts = dict(z='ä', model='x')
    first = safetensors_bytes(tensors, texts)
    assert safetensors_bytes(tensors, dict(reversed(texts.items()))) == first
    assert int.from_bytes(first[:8], 'little') % 8 == 0
    assert first.endswith(safetensors_bytes(tensors)[-28:])
