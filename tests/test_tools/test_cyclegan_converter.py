"""Official files of CycleGAN become a checkpoint; everything else is refused with its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from mmenlighten.models import CycleGAN, PatchDiscriminator, ResnetGenerator
from mmenlighten.models.enhancers.cyclegan_weights import read_official_cyclegan
from mmenlighten.utils.errors import CheckpointError
from tests.builders import random_images
from tests.golden import fill_by_rule

from .tool_runner import error_of, run_tool

TOOL = 'model_converters/cyclegan.py'
OFFICIAL = {
    'generator': 'G_A',
    'reverse_generator': 'G_B',
    'discriminator': 'D_A',
    'reverse_discriminator': 'D_B',
}
GENERATOR = dict(base_channels=4, num_blocks=6)
DISCRIMINATOR = dict(base_channels=4, num_downs=3, padding=1, norm='instance')


def network(name: str) -> nn.Module:
    """A network by rule; its keys are the official ones."""
    kind = ResnetGenerator(**GENERATOR) if 'generator' in name else None
    return fill_by_rule(kind or PatchDiscriminator(**DISCRIMINATOR), OFFICIAL[name], 1)


def save(weights: object, path: Path) -> str:
    torch.save(weights, path, _use_new_zipfile_serialization=False)
    return str(path)


def test_all_four_networks_are_converted(tmp_path: Path) -> None:
    for name, official in OFFICIAL.items():
        save(network(name).state_dict(), tmp_path / f'latest_net_{official}.pth')
    options = ['--reverse-generator', 'latest_net_G_B.pth', '--discriminator', 'latest_net_D_A.pth']
    options += ['--reverse-discriminator', 'latest_net_D_B.pth']
    result = run_tool(TOOL, 'latest_net_G_A.pth', 'cyclegan.pth', *options, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    checkpoint = torch.load(tmp_path / 'cyclegan.pth', weights_only=True)
    assert checkpoint['meta']['converted_from'] == 'latest_net_G_A.pth'
    model = CycleGAN(
        generator=dict(type='ResnetGenerator', **GENERATOR),
        discriminator=dict(type='PatchDiscriminator', **DISCRIMINATOR),
    )
    model.load_state_dict(checkpoint['state_dict'], strict=True)
    image = random_images(1, 3, 32, 32)
    with torch.no_grad():
        for name in OFFICIAL:
            assert torch.equal(getattr(model, name)(image), network(name)(image)), name
    assert 'exists' in error_of(TOOL, 'latest_net_G_A.pth', 'cyclegan.pth', cwd=tmp_path)


def weights_of(name: str = 'generator', **changes: Tensor | None) -> dict[str, Tensor]:
    weights: dict[str, Any] = dict(network(name).state_dict())
    weights |= {key.replace('__', '.'): value for key, value in changes.items()}
    return {key: value for key, value in weights.items() if value is not None}


def test_prefixes_statistics_and_dropout_do_not_matter(tmp_path: Path) -> None:
    expected = weights_of()
    old = {
        'module.' + key.replace('conv_block.5', 'conv_block.6'): value
        for key, value in expected.items()
    }
    old |= {
        'module.model.2.running_mean': torch.zeros(4),
        'module.model.2.running_var': old['module.model.1.bias'],
    }
    state = read_official_cyclegan(dict(generator=save(old, tmp_path / 'G.pth')))['state_dict']
    assert state.keys() == {f'generator.{key}' for key in expected}
    assert all(torch.equal(state[f'generator.{key}'], value) for key, value in expected.items())


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ([torch.zeros(1)], 'plain dict of tensors'),
        (weights_of('discriminator'), 'lacks model.1.bias'),
        ({'model.model.0.weight': torch.zeros(4, 3, 4, 4)}, 'lacks model.1.bias'),
        (weights_of(model__2__weight=torch.ones(4)), 'trained with --norm batch'),
        (weights_of(model__4__bias=None), r'another network \(model.4.bias\)'),
        (weights_of(model__4__bias=torch.zeros(3)), r'model.4.bias has the shape \(3,\)'),
        (weights_of(model__4__bias=torch.full((8,), torch.nan)), 'not finite'),
    ],
)
def test_other_files_are_refused(content: object, message: str, tmp_path: Path) -> None:
    path = save(content, tmp_path / 'x.pth')
    with pytest.raises(CheckpointError, match=rf'x\.pth cannot be converted: .*{message}.*; give'):
        read_official_cyclegan(dict(generator=path))
