"""Models from a folder, an address, and Hugging Face, in Python and on the command line."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from mmengine.runner import load_checkpoint

from mmenlighten.apis import model_index
from mmenlighten.apis.enhancer import build_enhancer
from mmenlighten.apis.model import get_model, load_model
from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.apis.model_files import is_weights
from mmenlighten.apis.model_fingerprint import model_fingerprint
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.models.enhancers.base_enhancer import BaseEnhancer
from mmenlighten.photos import Photo, write_photo
from mmenlighten.utils.errors import CheckpointError, ConfigError, UserError
from tests.golden import REPOSITORY
from tests.hub_server import LFS, PAGE, HubServer, digest, serve
from tests.test_cli.commands import run_here

WEIGHTS = REPOSITORY / 'mmenlighten' / 'weights'
NET = (WEIGHTS / 'enlightengan_free.safetensors').read_bytes()


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    with serve(tmp_path / 'cache', monkeypatch) as server:
        server.files = {'README.md': b'# card', 'model.safetensors': NET}
        server.pages = {
            '/w/v1/net.safetensors': NET,
            '/w/v1/net.onnx': (WEIGHTS / 'bilateral_curves_s.onnx').read_bytes(),
            '/w/v1/page.onnx': PAGE,
        }
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two files of weights, of which the metafile lists one."""
    place = tmp_path / 'published'
    place.mkdir()
    (place / 'net.safetensors').write_bytes(NET)
    (place / 'older.safetensors').write_bytes(NET[:-1] + b'\1')
    entry = dict(Name='net', Weights='weights/net.safetensors', SHA256=digest(NET))
    (place / 'metafile.yml').write_text(yaml.safe_dump(dict(Models=[dict(Name='x'), entry])))
    return place


def is_the_packaged(model: BaseEnhancer) -> bool:
    expected = get_model('enlightengan_free').generator.state_dict()
    return all(torch.equal(value, expected[k]) for k, value in model.generator.state_dict().items())


def test_trainings_begin_from_an_address(hub: HubServer) -> None:
    model = get_model('enlightengan_free', pretrained=False)
    assert not is_the_packaged(model)
    load_checkpoint(model, 'hf://owner/net')  # as the Runner does with load_from
    assert is_the_packaged(model)


@pytest.mark.parametrize(
    'name',
    ['owner/net', 'hf://owner/net/model.safetensors', '{url}/w/v1/net.safetensors', 'folder'],
)
def test_a_model_is_whatever_holds_weights(
    hub: HubServer, folder: Path, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    name = str(folder) if name == 'folder' else name.format(url=hub.url)
    assert is_the_packaged(get_model(name))
    assert is_the_packaged(load_model(name))
    assert is_the_packaged(load_model(None, name))
    assert is_the_packaged(get_model('enlightengan_free', pretrained='hf://owner/net'))
    monkeypatch.chdir(tmp_path)
    write_photo(Photo(np.full((40, 56, 3), 40, np.uint8)), tmp_path / 'a.png')
    for number, option in enumerate(('--model', '--checkpoint')):
        result = run_here('enhance', 'a.png', option, name, '--out', str(number))
        assert result.status == 0, result.errors
        assert (tmp_path / str(number) / 'a.png').is_file()


def test_nothing_is_asked_before_weights_are_needed(hub: HubServer, folder: Path) -> None:
    assert model_fingerprint(ModelChoice('owner/net')) is None
    assert model_fingerprint(ModelChoice(checkpoint='hf://owner/net')) is None
    choice = ModelChoice('bilateral_curves_s', checkpoint=f'{hub.url}/w/v1/net.safetensors')
    assert model_fingerprint(choice) is None
    assert hub.asked == []
    assert model_fingerprint(ModelChoice(str(folder))) is not None


def test_folder_is_verified_by_its_metafile(folder: Path) -> None:
    (folder / 'net.safetensors').write_bytes(NET[:-1] + b'\1')
    with pytest.raises(CheckpointError, match='is not what its metafile tells: its SHA-256 is ano'):
        get_model(str(folder))
    (folder / 'net.safetensors').write_bytes(LFS)
    with pytest.raises(CheckpointError, match='tells: it is a Git LFS pointer'):
        get_model(str(folder))
    (folder / 'metafile.yml').unlink()
    with pytest.raises(CheckpointError, match=r'has net\.safetensors, older\.safetensors: give'):
        get_model(str(folder))
    (folder / 'older.safetensors').unlink()
    with pytest.raises(CheckpointError, match='it is a Git LFS pointer'):
        get_model(str(folder))
    (folder / 'net.safetensors').write_bytes(NET)
    assert is_the_packaged(get_model(str(folder)))
    (folder / 'metafile.yml').write_text('[')
    with pytest.raises(CheckpointError, match='is no metafile: mend it'):
        get_model(str(folder))


def test_named_weights_are_verified(
    folder: Path, hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = str(REPOSITORY / 'configs' / 'enlightengan_free.py')
    weights = f'{hub.url}/w/v1/net.safetensors'
    entries = [
        dict(Name='good', Config=config, Weights=weights, SHA256=digest(NET)),
        dict(Name='bad', Config=config, Weights=weights, SHA256='0' * 64),
        dict(
            Name='local',
            Config=config,
            Weights=str(folder / 'older.safetensors'),
            SHA256=digest(NET),
        ),
    ]
    (folder / 'model-index.yml').write_text('Import: [metafile.yml]')
    (folder / 'metafile.yml').write_text(yaml.safe_dump(dict(Models=entries)))
    monkeypatch.setattr(model_index, 'index_root', lambda: folder)
    good = get_model('good')
    assert all(value.isfinite().all() for value in good.generator.state_dict().values())
    with pytest.raises(CheckpointError, match='in place of 0000'):
        get_model('bad')
    with pytest.raises(CheckpointError, match='its SHA-256 is another one'):
        load_model('local')
    assert model_fingerprint(ModelChoice('good')) is None


def test_exported_files_have_addresses_too(hub: HubServer) -> None:
    pytest.importorskip('onnxruntime')
    choice = ModelChoice(checkpoint=f'{hub.url}/w/v1/net.onnx', backend='onnxruntime')
    dark = np.full((40, 56, 3), 9, np.uint8)
    enhanced = build_enhancer(choice, EnhanceOptions()).enhance(dark)
    assert enhanced is not None
    assert enhanced.mean() > dark.mean()
    page = ModelChoice(checkpoint=f'{hub.url}/w/v1/page.onnx', backend='onnxruntime')
    with pytest.raises(CheckpointError, match='it is a web page'):
        build_enhancer(page, EnhanceOptions())


@pytest.mark.parametrize(
    ('name', 'told'),
    [
        ('owner/gone', 'is not a file or folder here, and hf://owner/gone cannot be loaded'),
        ('hf://owner/net/gone.safetensors', 'says 404'),
        ('hf://owner', 'write hf://OWNER/REPOSITORY'),
        ('empty', r'empty has no \*.safetensors: give weights'),
        ('nothing', 'There is no model nothing'),
        ('a/b/c', 'There is no model a/b/c'),
        ('a/none.safetensors', 'does not exist: give a file of weights'),
    ],
)
def test_what_is_no_model_is_told_in_a_sentence(
    hub: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'empty').mkdir()
    for load in (get_model, load_model):
        with pytest.raises(UserError, match=told) as caught:
            load(name)
        assert '\n' not in str(caught.value)


def test_known_names_and_configs_come_before_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ('gamma', 'own', 'own.py', 'a'):
        (tmp_path / name).mkdir()
    shutil.copy(WEIGHTS / 'enlightengan_free.safetensors', tmp_path / 'a' / 'b')
    assert is_weights('own')
    assert is_weights(tmp_path / 'own')
    for name in ('gamma', 'own.py', 'a/b', None, 7, dict(model=1)):
        assert not is_weights(name)
    absolute = ModelChoice('own', checkpoint='hf://a/b').absolute()
    assert absolute == ModelChoice(str(tmp_path / 'own'), checkpoint='hf://a/b')
    assert ModelChoice('gamma').absolute() == ModelChoice('gamma')
    with pytest.raises(ConfigError, match='are two files of weights'):
        load_model('own', 'x.pth')


def test_named_exported_files_are_verified(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = dict(
        Name='net',
        Config='net.py',
        Weights=str(folder / 'net.safetensors'),
        Metadata=dict(Parameters=1),
    )
    (folder / 'net.onnx').write_bytes(b'of others')
    (folder / 'model-index.yml').write_text('Import: [metafile.yml]')
    (folder / 'metafile.yml').write_text(
        yaml.safe_dump(dict(Models=[{**entry, 'ONNX SHA256': '0' * 64}]))
    )
    monkeypatch.setattr(model_index, 'index_root', lambda: folder)
    with pytest.raises(CheckpointError, match=r'net\.onnx is not what its metafile tells'):
        build_enhancer(ModelChoice('net', backend='onnxruntime'), EnhanceOptions())
