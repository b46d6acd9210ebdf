from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from mmengine.config import Config

from mmenlighten.apis.model_index import read_index
from mmenlighten.evaluation.method_comparison import INPUT, build_methods, simple_methods
from mmenlighten.registry import MODELS
from mmenlighten.utils.errors import CheckpointError, ConfigError
from mmenlighten.utils.tensor_image import to_array
from tests.small_run import REPOSITORY, SMALL_MODEL
from tests.test_evaluation.pictures import clahe, gamma_correction

CONFIG = 'configs/enlightengan_folder.py'


def picture(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 90, (18, 21, 3), dtype=np.uint8)


def write_model(folder: Path, name: str = 'model', **options: Any) -> tuple[str, str, Any]:
    """Writes a small config and random weights of it; returns both and the model."""
    config = Config.fromfile(REPOSITORY / CONFIG)
    config.merge_from_dict(SMALL_MODEL | options)
    config.dump(folder / f'{name}.py')
    torch.manual_seed(0)
    model = MODELS.build(dict(config.model, _scope_='mmenlighten'))
    torch.save(dict(meta={}, state_dict=model.state_dict()), folder / f'{name}.pth')
    return str(folder / f'{name}.py'), str(folder / f'{name}.pth'), model.eval()


@pytest.fixture(autouse=True)
def from_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)


def test_simple_methods_are_the_baselines() -> None:
    names = ['input', 'gamma:gamma=0.5', 'clahe', 'gamma:gamma=0.25', 'clahe:tiles=(4, 4)']
    image = picture()
    expected = [
        image,
        gamma_correction(image, 0.5),
        clahe(image, 2.0, 8),
        gamma_correction(image, 0.25),
        clahe(image, 2.0, 4),
    ]
    methods = build_methods(names)
    for method, result in zip(methods, expected):
        assert np.array_equal(method.load()(image), result)
    assert [method.name for method in methods] == names


@pytest.mark.parametrize('name', simple_methods())
def test_every_model_without_weights_is_a_method(name: str) -> None:
    [method] = build_methods([name])
    enhanced = method.load()(picture())
    assert enhanced.shape == picture().shape
    assert enhanced.dtype == np.uint8
    assert not np.array_equal(enhanced, picture())


def test_key_is_that_of_the_settings() -> None:
    more = ['gamma:gamma=0.4', 'clahe:tiles=(4,4)', 'clahe:clip_limit=3', "clahe:channel='hsv'"]
    names = [INPUT, *simple_methods(), *more]
    assert len({method.key for method in build_methods(names)}) == len(names)
    [one], [other] = build_methods(['clahe']), build_methods(['clahe:clip_limit=2.0'])
    assert one.key == other.key


def test_several_settings_are_told() -> None:
    [method] = build_methods(['clahe:tiles=(4,2),clip_limit=3,channel=rgb'])
    assert 'CLAHE(clip_limit = 3, channel = rgb, tiles = (4, 2)) on ' in method.description


def test_config_of_a_model_without_weights_takes_no_checkpoint(tmp_path: Path) -> None:
    config, checkpoint, _ = write_model(tmp_path)
    names = ['configs/classical/clahe_lol.py', config, 'configs/classical/gamma_lol.py']
    methods = build_methods(names, [checkpoint])
    assert [method.name for method in methods] == ['clahe_lol', 'model@model', 'gamma_lol']
    assert np.array_equal(methods[0].load()(picture()), clahe(picture()))


def test_model_enhances_as_it_does_in_tests(tmp_path: Path) -> None:
    config, checkpoint, model = write_model(tmp_path)
    [method] = build_methods([config], [checkpoint])
    image = picture()
    low = torch.from_numpy(image.transpose(2, 0, 1).copy())
    with torch.no_grad():
        [expected] = model.test_step(dict(inputs=dict(low=[low])))
    assert np.array_equal(method.load()(image), to_array(expected.enhanced))
    assert method.name == 'model@model'


def test_key_of_a_model_is_that_of_config_and_content_of_the_weights(tmp_path: Path) -> None:
    config, checkpoint, model = write_model(tmp_path)
    copy, other = tmp_path / 'copy.pth', tmp_path / 'other.pth'
    copy.write_bytes(Path(checkpoint).read_bytes())
    with torch.no_grad():
        next(model.generator.parameters()).add_(1)
    torch.save(dict(state_dict=model.state_dict()), other)
    wide, _, _ = write_model(tmp_path, 'wide', **{'model.generator.base_channels': 3})
    keys = [
        build_methods([path], [str(weights)])[0].key
        for path, weights in (
            (config, checkpoint),
            (config, copy),
            (config, other),
            (wide, checkpoint),
        )
    ]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


def test_weights_of_the_generator_alone_are_enough(tmp_path: Path) -> None:
    config, checkpoint, model = write_model(tmp_path)
    state = {k: v for k, v in model.state_dict().items() if k.startswith('generator.')}
    torch.save(dict(state_dict=state), checkpoint)
    image = picture()
    expected = build_methods([config], [checkpoint])[0].load()(image)
    write_model(tmp_path)
    assert np.array_equal(build_methods([config], [checkpoint])[0].load()(image), expected)


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    config, checkpoint, model = write_model(tmp_path)
    state = dict(model.state_dict())
    del state['generator.conv1_1.weight']
    torch.save(dict(state_dict=state), checkpoint)
    with pytest.raises(CheckpointError, match=r'it has no generator\.conv1_1\.weight\.'):
        build_methods([config], [checkpoint])[0].load()
    torch.save(dict(state_dict={'other.weight': torch.zeros(1)}), checkpoint)
    with pytest.raises(CheckpointError, match=r'model\.pth does not fit .*: it has no generator\.'):
        build_methods([config], [checkpoint])[0].load()
    wide, _, _ = write_model(tmp_path, 'wide', **{'model.generator.base_channels': 3})
    write_model(tmp_path)
    with pytest.raises(CheckpointError, match=r'model\.pth does not fit the model of the config'):
        build_methods([wide], [checkpoint])[0].load()
    Path(checkpoint).write_bytes(b'no weights')
    with pytest.raises(CheckpointError, match=r'model\.pth'):
        build_methods([config], [checkpoint])[0].load()


@pytest.mark.parametrize(
    ('names', 'checkpoints', 'error', 'pattern'),
    [
        (['retinex'], [], ConfigError, r"^There is no method 'retinex': use input, classic, gamma"),
        (['gamma:tiles=3'], [], ConfigError, r"'tiles=3' is no setting of gamma; .* gamma=0\.45"),
        (['gamma:gamma=-1'], [], ConfigError, r'^gamma:gamma=-1: .* must be positive'),
        (['gamma:gamma=x'], [], ConfigError, r"'gamma=x' is no setting of gamma"),
        (['input:a=1'], [], ConfigError, r'the settings are: none\.'),
        (['gamma', 'input', 'gamma'], [], ConfigError, '^gamma is given twice'),
        ([CONFIG], [], CheckpointError, '^1 configs need weights and 0 checkpoints'),
        (['input'], ['a.pth'], CheckpointError, '^0 configs need weights and 1 checkpoints'),
        ([CONFIG], ['no.pth'], CheckpointError, r'^The checkpoint no\.pth does not exist'),
        (['configs/no.py'], ['README.md'], ConfigError, r'^The config configs/no\.py does not'),
        (['configs/_base_/default_runtime.py'], [], ConfigError, 'has no model: give'),
        (['configs/classical/clahe_lol.py'], ['a.pth'], CheckpointError, '^0 configs need weights'),
    ],
)
def test_what_cannot_be_compared_is_refused(
    names: list[str], checkpoints: list[str], error: type, pattern: str
) -> None:
    with pytest.raises(error, match=pattern):
        build_methods(names, checkpoints)


def test_label_names_a_method_and_a_folder_of_outputs(tmp_path: Path) -> None:
    config, weights, _ = write_model(tmp_path)
    names = ['g=gamma:gamma=0.5', f'net={config}', f'twin={config}', f'others={tmp_path}']
    methods = build_methods(names, [weights, weights])
    assert [method.name for method in methods] == ['g', 'net', 'twin', 'others']
    assert np.array_equal(methods[0].load()(picture()), gamma_correction(picture(), 0.5))
    assert 'weights model.pth (SHA-256' in methods[1].description
    assert methods[3].outputs == tmp_path
    assert methods[3].build is None


def test_published_weights_go_by_the_name_of_their_model() -> None:
    entry = next(entry for entry in read_index().values() if entry.weights is not None)
    [method] = build_methods([entry.name])
    assert f' with weights {Path(entry.weights or "").name} (SHA-256 ' in method.description
    assert method.load()(picture()).shape == picture().shape


@pytest.mark.parametrize(
    ('name', 'words'),
    [
        ('x=no/folder', 'neither a folder nor a method no/folder'),
        ('=gamma', 'write LABEL='),
        ('x=', 'write LABEL='),
        ('.x=gamma', 'write LABEL='),
        ('enlightengan_lol', 'No weights are published for enlightengan_lol'),
    ],
)
def test_names_that_stand_for_nothing(name: str, words: str) -> None:
    with pytest.raises((CheckpointError, ConfigError), match=words):
        build_methods([name])
