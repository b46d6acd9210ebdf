from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import torch
from mmengine.runner.checkpoint import load_state_dict
from torch import Tensor, nn

from mmenlighten.utils.checkpoint import check_beginning, read_fitting_weights
from mmenlighten.utils.errors import CheckpointError
from mmenlighten.utils.weight_names import renamed_to_fit
from tests.builders import build_enlightengan

Rename = Callable[[str], str | None]

PREFIXES: dict[str, Rename] = {
    'of this package': lambda name: name,
    'of DistributedDataParallel': lambda name: f'module.{name}',
    'wrapped twice': lambda name: f'module.module.{name}',
    'of a compiled model': lambda name: f'_orig_mod.{name}',
    'of a compiled, wrapped one': lambda name: f'module._orig_mod.{name}',
    'of wrapped networks': lambda name: name.replace('.', '.module.', 1),
    'of compiled networks': lambda name: name.replace('.', '._orig_mod.', 1),
    'of the generator': lambda name: name if name.startswith('generator.') else None,
    'of the official generator': lambda name: (
        name.removeprefix('generator.') if name.startswith('generator.') else None
    ),
    'of the official generator, wrapped': lambda name: (
        name.replace('generator', 'module', 1) if name.startswith('generator.') else None
    ),
}


@pytest.fixture(scope='module')
def trained() -> nn.Module:
    torch.manual_seed(1)
    return build_enlightengan()


def renamed(model: nn.Module, rename: Rename) -> dict[str, Tensor]:
    pairs = ((rename(name), value) for name, value in model.state_dict().items())
    return {name: value for name, value in pairs if name is not None}


def assert_same_generator(model: nn.Module, state: Mapping[str, Tensor]) -> None:
    for name, value in model.state_dict().items():
        if name.startswith('generator.'):
            assert torch.equal(state[name], value), name


@pytest.mark.parametrize('name', PREFIXES)
def test_weights_are_taken_under_the_names_of_wrappers_and_of_the_official_code(
    tmp_path: Path, trained: nn.Module, name: str
) -> None:
    state = renamed(trained, PREFIXES[name])
    path = str(tmp_path / 'weights.pth')
    torch.save(dict(state_dict=state), path)
    fresh = build_enlightengan()
    assert_same_generator(trained, read_fitting_weights(fresh, path))
    check_beginning(fresh, path, is_resumed=False)
    load_state_dict(fresh, state, strict=False)  # as the Runner does
    assert_same_generator(trained, fresh.state_dict())
    again = build_enlightengan()
    again.load_state_dict(state, strict=False)
    assert_same_generator(trained, again.state_dict())


def test_names_that_the_model_has_stay() -> None:
    names = {'generator.a', 'generator_ema.module.a', 'generator_ema.steps'}
    state = dict.fromkeys(names, 0)
    assert renamed_to_fit(state, names) == state
    wrapped = {f'module.{name}': 0 for name in names}
    assert renamed_to_fit(wrapped, names) == state


def test_names_of_another_network_are_left_to_be_refused() -> None:
    state = {'module.features.0.weight': 0, 'a': 1}
    assert renamed_to_fit(state, {'generator.conv.weight'}) == {'features.0.weight': 0, 'a': 1}
    assert renamed_to_fit({'a': 1, 'b': 2}, {'a', 'generator.b'}) == {'a': 1, 'b': 2}


@pytest.mark.parametrize(
    ('content', 'is_resumed', 'told'),
    [
        (dict(state_dict={'features.0.weight': torch.ones(1)}), False, 'features.0.weight.*load_f'),
        ({'conv10.bias': torch.ones(7)}, False, 'no weights of the model of the config'),
        (dict(state_dict={}), False, 'holds no weights'),
        ([torch.ones(1)], False, 'holds no weights'),
    ],
)
def test_training_does_not_begin_with_weights_of_another_network(
    tmp_path: Path, trained: nn.Module, content: object, is_resumed: bool, told: str
) -> None:
    torch.save(content, tmp_path / 'x.pth')
    with pytest.raises(CheckpointError, match=told):
        check_beginning(trained, str(tmp_path / 'x.pth'), is_resumed)


def test_training_begins_with_a_part_of_the_weights_but_is_not_resumed_with_it(
    tmp_path: Path, trained: nn.Module
) -> None:
    path = str(tmp_path / 'generator.pth')
    state = {name: v for name, v in trained.state_dict().items() if 'generator' in name}
    torch.save(dict(state_dict=state), path)
    check_beginning(trained, path, is_resumed=False)
    with pytest.raises(CheckpointError, match=r'without the state of a training.*load_from='):
        check_beginning(trained, path, is_resumed=True)
    rest = dict(meta={}, message_hub={}, optimizer={})
    torch.save(dict(state_dict=state, **rest), path)
    with pytest.raises(CheckpointError, match='it has no global_discriminator'):
        check_beginning(trained, path, is_resumed=True)
    torch.save(dict(state_dict=trained.state_dict(), **rest), path)
    check_beginning(trained, path, is_resumed=True)
