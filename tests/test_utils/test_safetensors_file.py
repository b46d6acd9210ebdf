"""Weights as safetensors serve wherever a checkpoint does, and are read without running code."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from mmengine.runner.checkpoint import load_checkpoint

from mmenlighten import init_model
from mmenlighten.utils.checkpoint import check_beginning, read_fitting_weights
from mmenlighten.utils.errors import CheckpointError
from mmenlighten.utils.safetensors_file import read_safetensors, safetensors_bytes
from tests.builders import build_enlightengan

CONFIG = dict(
    model=dict(
        type='EnlightenGAN', generator=dict(type='AttentionUNet', base_channels=2, norm='none')
    )
)


def save(path: Path, precision: torch.dtype = torch.float32) -> dict[str, torch.Tensor]:
    """Random weights of `CONFIG`, in a file."""
    torch.manual_seed(3)
    fresh = init_fresh().generator.state_dict()
    state = {f'generator.{name}': torch.randn(value.shape) for name, value in fresh.items()}
    written = {name: value.to(precision) for name, value in state.items()}
    path.write_bytes(safetensors_bytes(written))
    return state


def init_fresh() -> torch.nn.Module:
    from mmengine.config import Config

    from mmenlighten.models.building import build_model

    return build_model(Config(CONFIG), None)


@pytest.mark.parametrize('name', ['small.safetensors', 'SMALL.SAFETENSORS', 'small.pth'])
@pytest.mark.parametrize('precision', [torch.float32, torch.float16, torch.bfloat16])
def test_a_model_is_built_with_them(tmp_path: Path, name: str, precision: torch.dtype) -> None:
    state = save(tmp_path / name, precision)
    model = init_model(CONFIG, tmp_path / name)
    for key, value in model.generator.state_dict().items():
        assert value.dtype == torch.float32
        assert torch.equal(value, state[f'generator.{key}'].to(precision).float())


def test_training_begins_with_them_but_is_not_resumed(tmp_path: Path) -> None:
    path = tmp_path / 'small.safetensors'
    state = save(path)
    model = init_fresh()
    check_beginning(model, str(path), is_resumed=False)
    load_checkpoint(model, str(path), map_location='cpu')  # as the Runner does
    assert torch.equal(model.state_dict()['generator.conv10.bias'], state['generator.conv10.bias'])
    with pytest.raises(CheckpointError, match=r'small\.safetensors holds weights without the sta'):
        check_beginning(model, str(path), is_resumed=True)
    with pytest.raises(CheckpointError, match='does not fit the model of the config'):
        read_fitting_weights(build_enlightengan(generator=dict(type='AttentionUNet')), str(path))


def test_the_file_may_be_replaced_while_its_weights_are_in_use(tmp_path: Path) -> None:
    path = tmp_path / 'a.safetensors'
    path.write_bytes(safetensors_bytes(dict(a=torch.ones(5000))))
    tensor = read_safetensors(path)['a']
    path.write_bytes(bytes(path.stat().st_size))
    assert torch.equal(tensor, torch.ones(5000))


@pytest.mark.parametrize(
    ('damage', 'told'),
    [
        (lambda content: content[:-1], 'it is damaged, copy or download it again'),
        (lambda content: content[:40], 'it is damaged'),
        (lambda content: content[:4], 'it is damaged'),
        (lambda content: content.replace(b'F32', b'X99'), 'it is damaged'),
        (lambda content: content.replace(b'[5]', b'[6]'), 'it is damaged'),
        (lambda content: bytes(len(content)), 'it is damaged'),
        (lambda content: pickle.dumps(content), 'it is damaged'),
    ],
)
def test_damaged_files_are_told_in_a_sentence(
    tmp_path: Path, damage: Callable[[bytes], bytes], told: str
) -> None:
    path = tmp_path / 'a.safetensors'
    path.write_bytes(damage(safetensors_bytes(dict(a=torch.ones(5)))))
    with pytest.raises(CheckpointError, match=told) as caught:
        read_safetensors(path)
    assert str(caught.value).startswith(f'{path} cannot be loaded as a checkpoint: ')
    assert '\n' not in str(caught.value)


def test_a_file_of_torch_under_this_name_is_not_unpickled(tmp_path: Path) -> None:
    path = tmp_path / 'a.safetensors'
    torch.save(dict(a=torch.ones(2)), path)
    with pytest.raises(CheckpointError, match=r'it is a file of torch\.save: give it a name such'):
        init_model(CONFIG, path)


def test_the_same_weights_give_the_same_file() -> None:
    tensors = dict(b=torch.arange(6.0).reshape(2, 3).T, a=torch.ones(2))
    first = safetensors_bytes(tensors)
    assert safetensors_bytes(dict(reversed(tensors.items()))) == first
