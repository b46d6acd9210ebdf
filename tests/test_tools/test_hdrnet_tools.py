"""The check of HDRNet's layout of data, and the converter of its official variables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mmenlighten.datasets import PairedImageDataset
from mmenlighten.models import HDRNet
from mmenlighten.models.enhancers.hdrnet_weights import convert_official_weights, official_names
from mmenlighten.photos.image_io import write_image
from mmenlighten.utils.errors import CheckpointError, DatasetError
from tests.golden import fill_by_rule

from .tool_runner import error_of, run_tool

CHECK, CONVERT = 'dataset_converters/hdrnet.py', 'model_converters/hdrnet.py'


@pytest.fixture
def data(tmp_path: Path) -> Path:
    grey = np.full((9, 8, 3), 9, np.uint8)
    for part in ('train', 'test'):
        for side in ('input', 'output'):
            (tmp_path / 'pairs' / part / side).mkdir(parents=True)
            for name in ('a.png', 'b.png', 'unlisted.png'):
                write_image(tmp_path / 'pairs' / part / side / name, grey)
        (tmp_path / 'pairs' / part / 'filelist.txt').write_text('b.png\na.png\n\n')
    return tmp_path / 'pairs'


def test_complete_data_is_linked_and_read(data: Path, tmp_path: Path) -> None:
    result = run_tool(CHECK, data, '--link', 'data/hdrnet', cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert 'is complete: 2 training and 2 test pairs' in result.stdout
    options: dict[str, Any] = dict(
        data_prefix=dict(low='input', normal='output'), file_list='filelist.txt'
    )
    dataset = PairedImageDataset(tmp_path / 'data' / 'hdrnet' / 'train', **options)
    names = [Path(dataset.get_data_info(n)['normal_path']).name for n in range(len(dataset))]
    assert names == ['a.png', 'b.png']
    (data / 'train' / 'filelist.txt').write_text('a.png\nc.png\n')
    with pytest.raises(DatasetError, match=r'filelist\.txt lists c\.png, which'):
        PairedImageDataset(data / 'train', **options)
    with pytest.raises(DatasetError, match=r'none\.txt cannot be read'):
        PairedImageDataset(data / 'train', **options | dict(file_list='none.txt'))


def test_faults_are_named(data: Path, tmp_path: Path) -> None:
    write_image(data / 'train' / 'output' / 'a.png', np.zeros((9, 9, 3), np.uint8))
    (data / 'test' / 'input' / 'b.png').unlink()
    result = run_tool(CHECK, data, cwd=tmp_path)
    assert result.returncode == 1
    assert 'train: a.png has 8x9 and 9x9 pixels before and after' in result.stdout
    assert 'test/input/b.png' in result.stdout
    assert '2 faults' in result.stderr
    (data / 'train' / 'filelist.txt').unlink()
    assert 'filelist.txt does not exist' in error_of(CHECK, data, cwd=tmp_path)


VARIANTS: dict[str, dict[str, Any]] = {
    'curves': dict(guide='curves'),
    'norms': dict(guide='curves', batch_norm=True, channel_multiplier=2, input_size=64),
    'pointwise': dict(guide='pointwise_nn', guide_complexity=5, luma_bins=4),
    'pyramid': dict(guide='pointwise_nn', pyramid=True, spatial_bin=8),
}


def variables(network: HDRNet) -> dict[str, torch.Tensor]:
    """What TensorFlow has: kernels (height, width, in, out), and moments beside them."""
    state, result = network.state_dict(), {}
    for name, official in official_names(state).items():
        value = state[name]
        if value.ndim == 4:
            value = value.permute(2, 3, 1, 0)
        elif name.endswith('weight'):
            value = value.T
        elif official.endswith(('shifts', 'slopes')):
            value = value[(None,) * (2 if official.endswith('shifts') else 3)]
        result[official] = value.contiguous()
        result[f'train/optimizer/{official}/Adam'] = torch.zeros_like(value)
    return result | {'beta1_power': torch.tensor(0.5)}


@pytest.mark.parametrize('variant', VARIANTS)
def test_variables_become_weights(variant: str) -> None:
    network = fill_by_rule(HDRNet(**VARIANTS[variant]), 'hdrnet', 1)
    weights, options = convert_official_weights(variables(network), 'a.npz')
    converted = HDRNet(**options)
    result = converted.load_state_dict(
        {name.removeprefix('generator.'): value for name, value in weights.items()}, strict=False
    )
    assert not result.unexpected_keys
    assert all(name.endswith('num_batches_tracked') for name in result.missing_keys)
    assert {k: options[k] for k in VARIANTS[variant]} == VARIANTS[variant]
    for name, value in network.state_dict().items():
        torch.testing.assert_close(converted.state_dict()[name], value, rtol=0, atol=0, msg=name)


def test_names_are_those_of_tensorflow() -> None:
    norms = official_names(HDRNet(batch_norm=True).state_dict())
    assert norms['coefficients.scene.fc1.weight'] == 'inference/coefficients/global/fc1/weights'
    beta = 'inference/coefficients/splat/conv2/BatchNorm/beta'
    assert norms['coefficients.splat.conv2.bn.bias'] == beta
    assert norms['guide.ccm_bias'] == 'inference/guide/ccm_bias'
    assert norms['guide.channel_mixing.bias'] == 'inference/guide/channel_mixing/biases'
    levels = official_names(HDRNet(pyramid=True).state_dict())
    moving = 'inference/guide/level_2/conv1/BatchNorm/moving_variance'
    assert levels['guide.level_2.conv1.bn.running_var'] == moving


def test_tool_converts_and_refuses(tmp_path: Path) -> None:
    official = {name: value.numpy() for name, value in variables(HDRNet()).items()}
    np.savez(tmp_path / 'a.npz', **official)
    result = run_tool(CONVERT, 'a.npz', 'a.pth', cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert 'model.generator.guide=curves model.generator.pyramid=False' in result.stdout
    bare = {name: torch.from_numpy(np.asarray(value)) for name, value in official.items()}
    del bare['inference/guide/slopes']
    with pytest.raises(CheckpointError, match='lacks inference/guide/slopes'):
        convert_official_weights(bare, 'a.npz')
    with pytest.raises(CheckpointError, match='official HDRNet'):
        convert_official_weights({}, 'a.npz')
