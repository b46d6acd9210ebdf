"""The official generator becomes a checkpoint; everything else is refused with its name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import torch
from mmengine.model import PretrainedInit
from mmengine.runner import load_checkpoint
from torch import Tensor, nn

from mmenlighten.models.discriminators import PatchDiscriminator
from mmenlighten.models.enhancers.official_weights import (
    convert_official_generator,
    read_official_generator,
)
from mmenlighten.models.generators import AttentionUNet
from mmenlighten.utils.errors import CheckpointError
from tests.golden import fill_by_rule

from .tool_runner import error_of, run_tool

TOOL = 'model_converters/enlightengan.py'


@cache
def source_network() -> nn.Module:
    return fill_by_rule(AttentionUNet(), 'G', 1).eval()


def official_weights(prefix: str = 'module.') -> dict[str, Tensor]:
    return {
        prefix + key: value
        for key, value in source_network().state_dict().items()
        if not key.endswith('num_batches_tracked')
    }


def save_legacy(weights: object, path: Path) -> Path:
    torch.save(weights, path, _use_new_zipfile_serialization=False)
    return path


def test_tool_converts_a_file_of_torch_03(tmp_path: Path) -> None:
    weights = official_weights()
    assert len(weights) == 114
    save_legacy(weights, tmp_path / '200_net_G_A.pth')
    result = run_tool(TOOL, '200_net_G_A.pth', 'out/converted.pth', cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert [path.name for path in (tmp_path / 'out').iterdir()] == ['converted.pth']
    assert '131 tensors' in result.stdout

    network = AttentionUNet()
    converted = str(tmp_path / 'out' / 'converted.pth')
    load_checkpoint(network, converted, strict=True, revise_keys=[(r'^generator\.', '')])
    image = torch.linspace(-1, 1, 3 * 40 * 56).reshape(1, 3, 40, 56)
    with torch.no_grad():
        assert torch.equal(network.eval()(image), source_network()(image))

    assert 'exists' in error_of(TOOL, '200_net_G_A.pth', 'out/converted.pth', cwd=tmp_path)
    (tmp_path / 'out' / 'old.pth').write_bytes(b'old')
    again = run_tool(TOOL, '200_net_G_A.pth', 'out/old.pth', '--overwrite', cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert (tmp_path / 'out' / 'old.pth').stat().st_size > 34_000_000
    assert 'already' in error_of(TOOL, converted, tmp_path / 'twice.pth')
    assert not (tmp_path / 'twice.pth').exists()


@pytest.mark.parametrize('prefix', ['', 'module.'])
def test_prefix_and_counters_do_not_matter(prefix: str) -> None:
    counters = {f'{prefix}bn1_1.num_batches_tracked': torch.tensor(7)}
    state = convert_official_generator(official_weights(prefix) | counters, 'x.pth')
    assert len(state) == 131
    assert state['generator.bn1_1.num_batches_tracked'] == 7
    assert state['generator.bn5_2.num_batches_tracked'] == 0


def test_official_training_initialises_from_the_result(tmp_path: Path) -> None:
    checkpoint = read_official_generator(str(save_legacy(official_weights(), tmp_path / 'a.pth')))
    assert checkpoint['meta']['converted_from'] == 'a.pth'
    torch.save(checkpoint, tmp_path / 'b.pth')
    network = AttentionUNet()
    PretrainedInit(str(tmp_path / 'b.pth'), prefix='generator.')(network)
    assert torch.equal(network.conv10.weight, official_weights('')['conv10.weight'])


def changed(**changes: Tensor | None) -> dict[str, Tensor]:
    weights = official_weights('')
    for name, value in changes.items():
        weights[name.replace('__', '.')] = value
    return {name: value for name, value in weights.items() if value is not None}


@pytest.mark.parametrize(
    ('content', 'expected'),
    [
        (PatchDiscriminator(num_downs=5).state_dict(), 'is a discriminator'),
        ({'model.0.weight': torch.zeros(64, 3, 4, 4)}, 'is a discriminator'),
        ({'model.model.0.weight': torch.zeros(64, 3, 4, 4)}, 'unet_256'),
        ({'module.model.1.weight': torch.zeros(64, 3, 7, 7)}, 'resnet_9blocks'),
        ({'conv1_1.weight': torch.zeros(1), 'conv5_3.weight': torch.zeros(1)}, 'VGG'),
        ({'features.0.weight': torch.zeros(1)}, 'VGG'),
        ({'generator.conv1_1.weight': torch.zeros(1)}, 'converted already'),
        ({'state_dict': {'generator.conv1_1.weight': torch.zeros(1)}}, 'already: use it as it is'),
        ({'state_dict': {'backbone.weight': torch.zeros(1)}}, 'of another project'),
        ({'encoder.weight': torch.zeros(1)}, 'first keys are encoder.weight'),
        ({'epoch': 3}, 'plain dict of tensors'),
        ([torch.zeros(1)], 'plain dict of tensors'),
        ({}, 'plain dict of tensors'),
        (changed(bn5_2__running_var=None), 'lacks bn5_2.running_var;'),
        (changed(conv11__weight=torch.zeros(1)), 'also has conv11.weight'),
        (changed(conv10__bias=torch.zeros(4)), r'conv10.bias has the shape \(4,\)'),
        (changed(conv1_1__weight=torch.zeros(32, 3, 3, 3)), 'without attention map'),
        (changed(conv10__bias=torch.full((3,), torch.nan)), 'conv10.bias holds values'),
        ({k: v for k, v in changed().items() if k[:2] != 'bn'}, 'without BatchNorm'),
    ],
)
def test_says_what_another_file_is(content: object, expected: str) -> None:
    with pytest.raises(CheckpointError, match=f'^weights/x.pth .*{expected}'):
        convert_official_generator(content, 'weights/x.pth')


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ('BOOM',)


def test_tool_refuses_unreadable_files(tmp_path: Path) -> None:
    assert 'no.pth does not exist' in error_of(TOOL, tmp_path / 'no.pth', tmp_path / 'out.pth')

    cut = save_legacy(official_weights(), tmp_path / 'cut.pth')
    cut.write_bytes(cut.read_bytes()[:1_000_000])
    assert 'cut.pth is damaged' in error_of(TOOL, cut, tmp_path / 'out.pth')

    code = save_legacy({'conv1_1.weight': Bomb()}, tmp_path / 'code.pth')
    result = run_tool(TOOL, code, tmp_path / 'out.pth')
    assert result.returncode == 1
    assert 'could run code' in result.stderr
    assert 'BOOM' not in result.stdout
    assert not (tmp_path / 'out.pth').exists()
