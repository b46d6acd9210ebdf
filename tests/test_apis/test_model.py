"""Models by their files and by their names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch
import yaml
from mmengine.config import Config

import mmenlighten
from mmenlighten.apis import model_index
from mmenlighten.apis.enhancer import DEFAULT_MODEL
from mmenlighten.apis.model import get_model, init_model, list_models, load_model
from mmenlighten.apis.model_index import find_model, index_root
from mmenlighten.models import BaseEnhancer
from mmenlighten.utils.errors import CheckpointError, ConfigError, UserError
from tests.test_cli.commands import make_model
from tests.waiting import PATIENCE


@pytest.fixture(scope='module')
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    options = make_model(tmp_path_factory.mktemp('model'))
    return Path(options[1]), Path(options[3])


@pytest.fixture
def index(files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model index of its own, with one model that has weights and one that has none."""
    (tmp_path / 'model-index.yml').write_text('Import: [metafile.yml]')
    with_weights = dict(Name='tiny', Config=str(files[0]), Weights=str(files[1]))
    without = dict(Name='untrained', Config=str(files[0]), Metadata=dict(Parameters=1000))
    (tmp_path / 'gamma.py').write_text("model = dict(type='GammaCorrection')")
    gamma = dict(Name='gamma', Config=str(tmp_path / 'gamma.py'))
    models = dict(Models=[with_weights, without, gamma])
    (tmp_path / 'metafile.yml').write_text(yaml.safe_dump(models))
    monkeypatch.setattr(model_index, 'index_root', lambda: tmp_path)
    return tmp_path


def test_init_model_loads_the_weights(files: tuple[Path, Path]) -> None:
    config, checkpoint = files
    model = init_model(config, checkpoint)
    assert isinstance(model, BaseEnhancer)
    assert not model.training
    saved = torch.load(checkpoint)['state_dict']
    state = model.state_dict()
    assert all(torch.equal(state[name], value) for name, value in saved.items())
    assert model.cfg.model.generator.base_channels == 2
    same = init_model(Config.fromfile(config), str(checkpoint))
    image = torch.rand(1, 3, 20, 20) * 2 - 1
    with torch.no_grad():
        assert torch.equal(model.enhance(image), same.enhance(image))


@pytest.mark.parametrize(
    ('config', 'checkpoint', 'words'),
    [
        ('no.py', 'tiny.pth', 'no.py does not exist'),
        ('tiny.py', 'no.pth', 'no.pth does not exist'),
        ('tiny.py', 'text.pth', 'text.pth'),
        ('tiny.py', 'other.pth', 'other.pth'),
        ('empty.py', 'tiny.pth', 'has no model'),
        ('preprocessor.py', 'tiny.pth', 'no enhancer'),
    ],
)
def test_what_cannot_be_loaded_is_told_in_a_sentence(
    config: str, checkpoint: str, words: str, tmp_path: Path
) -> None:
    make_model(tmp_path)
    (tmp_path / 'text.pth').write_text('no weights')
    torch.save({'weight': torch.zeros(3)}, tmp_path / 'other.pth')
    (tmp_path / 'empty.py').write_text('a = 1')
    (tmp_path / 'preprocessor.py').write_text(
        "model = dict(type='AttentionUNet', base_channels=2, align_corners=False)"
    )
    if config == 'preprocessor.py':
        checkpoint = 'generator.pth'
        state = torch.load(tmp_path / 'tiny.pth')['state_dict']
        generator = {
            key.removeprefix('generator.'): value
            for key, value in state.items()
            if key.startswith('generator.')
        }
        torch.save(generator, tmp_path / checkpoint)
    with pytest.raises(UserError, match=words):
        init_model(tmp_path / config, tmp_path / checkpoint)


def test_every_model_of_the_metafiles_has_its_config() -> None:
    names = list_models()
    assert names == sorted(names)
    assert 'enlightengan_lol' in names
    assert all(find_model(name).config.is_file() for name in names)
    assert (index_root() / 'configs').is_dir()


def test_patterns_choose_models() -> None:
    assert list_models('enlightengan_li*') == ['enlightengan_light_lol']
    assert list_models('enlightengan_lol') == ['enlightengan_lol']
    assert 'cyclegan_demo' in list_models('*gan_demo')
    assert list_models('no*such') == []


def test_get_model_takes_published_or_given_weights(index: Path, files: tuple[Path, Path]) -> None:
    published, given = get_model('tiny'), get_model('untrained', pretrained=files[1])
    assert states_are_equal(published, given)
    assert not published.training


def test_get_model_without_weights_starts_as_training_does(
    index: Path, files: tuple[Path, Path]
) -> None:
    torch.manual_seed(1)
    random = get_model('tiny', pretrained=False)
    torch.manual_seed(1)
    assert states_are_equal(random, get_model('tiny', pretrained=False))
    assert not states_are_equal(random, get_model('tiny'))


def states_are_equal(one: BaseEnhancer, other: BaseEnhancer) -> bool:
    states = one.generator.state_dict(), other.generator.state_dict()
    return all(torch.equal(value, states[1][name]) for name, value in states[0].items())


def test_load_model_takes_all_that_names_a_model(index: Path, files: tuple[Path, Path]) -> None:
    config, checkpoint = files
    expected = init_model(config, checkpoint)
    for model, weights in [
        ('tiny', None),
        ('untrained', checkpoint),
        (str(config), str(checkpoint)),
        (config, checkpoint),
        (Config.fromfile(config), checkpoint),
        (Config.fromfile(config).to_dict(), checkpoint),
    ]:
        assert states_are_equal(load_model(model, weights), expected)
    assert load_model(expected) is expected


def test_models_without_parameters_need_no_weights(index: Path) -> None:
    assert list(get_model('gamma').parameters()) == []
    for model in (load_model('gamma'), load_model(index / 'gamma.py')):
        assert type(model).__name__ == 'GammaCorrection'


def test_load_model_takes_the_default() -> None:
    assert states_are_equal(load_model(), get_model(DEFAULT_MODEL))


def test_load_model_says_what_is_missing(index: Path, files: tuple[Path, Path]) -> None:
    config, checkpoint = files
    with pytest.raises(ConfigError, match='do not tell their network'):
        load_model(None, checkpoint)
    with pytest.raises(CheckpointError, match=r'weights are missing: .* for .*tiny\.py'):
        load_model(config)
    with pytest.raises(ConfigError, match='has its weights'):
        load_model(init_model(config, checkpoint), checkpoint)
    with pytest.raises(TypeError, match='not a float'):
        load_model(1.5)


def test_get_model_says_what_is_missing(index: Path) -> None:
    with pytest.raises(CheckpointError, match='No weights are published for untrained'):
        get_model('untrained')
    with pytest.raises(ConfigError, match='did you mean tiny'):
        get_model('tinny')
    (index / 'metafile.yml').unlink()
    with pytest.raises(ConfigError, match=r'metafile\.yml cannot be read'):
        list_models()


def test_the_package_exports_them_and_stays_light() -> None:
    assert mmenlighten.list_models is list_models
    assert mmenlighten.get_model is get_model
    with pytest.raises(AttributeError, match='no_such_name'):
        _ = mmenlighten.no_such_name
    code = (
        'import sys, mmenlighten; mmenlighten.list_models(); mmenlighten.init_model;'
        'print({"torch", "mmengine"} & set(sys.modules))'
    )
    result = subprocess.run(
        [sys.executable, '-c', code], capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    assert result.stdout == 'set()\n'
