from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from mmengine.config import Config

from mmenlighten.apis.benchmark import SIMPLE_METHODS, build_methods
from mmenlighten.evaluation.baselines import clahe, gamma_correction
from mmenlighten.registry import MODELS
from mmenlighten.utils.errors import CheckpointError, ConfigError
from mmenlighten.utils.tensor_image import to_array
from tests.small_run import REPOSITORY, SMALL_MODEL

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
    methods = build_methods(['input', 'gamma', 'clahe', 'gamma:gamma=0.25'])
    image = picture()
    expected = [
        image,
        gamma_correction(image, 0.5),
        clahe(image, 2.0, 8),
        gamma_correction(image, 0.25),
    ]
    for method, result in zip(methods, expected):
        assert np.array_equal(method.load()(image), result)
    assert [method.name for method in methods] == ['input', 'gamma', 'clahe', 'gamma:gamma=0.25']


def test_key_is_that_of_the_settings() -> None:
    names = [*SIMPLE_METHODS, 'gamma:gamma=0.4', 'clahe:tiles=4', 'clahe:clip_limit=3']
    assert len({method.key for method in build_methods(names)}) == len(names)
    [one], [other] = build_methods(['gamma']), build_methods(['gamma:gamma=0.5'])
    assert one.key == other.key


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
        (['retinex'], [], ConfigError, r"^There is no method 'retinex': use input, gamma, clahe"),
        (['gamma:tiles=3'], [], ConfigError, r"'tiles=3' is no setting of gamma; .* gamma=0\.5\."),
        (['gamma:gamma=x'], [], ConfigError, r"'gamma=x' is no setting of gamma"),
        (['input:a=1'], [], ConfigError, r'the settings are: none\.'),
        (['gamma', 'input', 'gamma'], [], ConfigError, '^gamma is given twice'),
        ([CONFIG], [], CheckpointError, '^1 configs and 0 checkpoints are given'),
        (['input'], ['a.pth'], CheckpointError, '^0 configs and 1 checkpoints are given'),
        ([CONFIG], ['no.pth'], CheckpointError, r'^--checkpoint no\.pth does not exist'),
        (['configs/no.py'], ['README.md'], ConfigError, r'^The config configs/no\.py does not'),
        (['configs/_base_/default_runtime.py'], ['README.md'], ConfigError, 'has no model: give'),
    ],
)
def test_what_cannot_be_compared_is_refused(
    names: list[str], checkpoints: list[str], error: type, pattern: str
) -> None:
    with pytest.raises(error, match=pattern):
        build_methods(names, checkpoints)
