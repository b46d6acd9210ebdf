"""The example project works as its README says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config

from mmenlighten.photos.image_io import write_image
from mmenlighten.registry import MODELS
from tests.test_tools.tool_runner import REPOSITORY, run_tool

CONFIG = REPOSITORY / 'projects' / 'example_project' / 'configs' / 'my_generator_lol.py'


@pytest.fixture
def generator() -> torch.nn.Module:
    torch.manual_seed(0)
    return MODELS.build(Config.fromfile(CONFIG).model.generator)


def test_config_is_short_and_leaves_nothing_of_the_old_generator() -> None:
    lines = CONFIG.read_text(encoding='utf-8').splitlines()
    assert len(lines) <= 8
    assert Config.fromfile(CONFIG).model.generator == dict(type='MyGenerator', channels=32)


@pytest.mark.parametrize('size', [(1, 1), (37, 51), (128, 96)])
def test_keeps_shape_and_range(generator: torch.nn.Module, size: tuple[int, int]) -> None:
    image = torch.rand(2, 3, *size) * 2 - 1
    enhanced = generator(image)
    assert enhanced.shape == image.shape
    assert enhanced.abs().max() <= 1


def test_gradients_are_finite_for_black_and_white(generator: torch.nn.Module) -> None:
    image = torch.cat([torch.full((1, 3, 32, 32), -1.0), torch.ones(1, 3, 32, 32)])
    image[1, :, :16] = -1
    generator(image).square().mean().backward()
    gradients = [parameter.grad for parameter in generator.parameters()]
    assert all(gradient is not None and gradient.isfinite().all() for gradient in gradients)
    assert any(gradient.abs().max() > 0 for gradient in gradients)


def test_zero_output_of_the_network_changes_nothing(generator: torch.nn.Module) -> None:
    for parameter in generator.parameters():
        parameter.data.zero_()
    image = torch.rand(1, 3, 40, 56) * 2 - 1
    assert torch.allclose(generator(image), image, atol=1e-3)


def test_trains_validates_and_saves(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    for folder, brightness in (('low', 50), ('high', 255)):
        for part in ('our485', 'eval15'):
            for number in range(2):
                picture = random.integers(0, brightness, (48, 64, 3), dtype=np.uint8)
                write_image(tmp_path / 'LOL' / part / folder / f'{number}.png', picture)
    options = [
        f'{loader}_dataloader.{key}'
        for loader in ('train', 'val', 'test')
        for key in (
            f'dataset.data_root={tmp_path / "LOL"}',
            'num_workers=0',
            'persistent_workers=False',
        )
    ]
    options += [
        'train_dataloader.batch_size=2',
        'train_dataloader.dataset.pipeline.1.transforms.0.size=32',
        'model.patch_size=16',
        'model.generator.channels=4',
        'model.global_discriminator.base_channels=4',
        'model.local_discriminator.base_channels=4',
        'model.feature_loss.features.weights=untrained',
        'model.feature_loss.features.layer=relu2_1',
        'train_cfg.max_epochs=1',
        'train_cfg.val_interval=1',
        'default_hooks.checkpoint.interval=1',
    ]
    work_dir = tmp_path / 'run'
    result = run_tool('train.py', CONFIG, '--work-dir', work_dir, '--cfg-options', *options)
    assert result.returncode == 0, result.stdout + result.stderr
    state = torch.load(work_dir / 'epoch_1.pth', weights_only=False)['state_dict']
    assert any(key.startswith('generator.network.') for key in state)
    assert 'PSNR' in result.stdout + result.stderr
