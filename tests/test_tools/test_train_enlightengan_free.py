"""The training of the published weights, in small: free photographs in, a generator out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from mmengine.config import Config

from mmenlighten.photos.image_io import write_image
from tests.golden import REPOSITORY
from tests.small_run import assert_equal_weights, run_tool, start_tool


@pytest.fixture
def config(tmp_path: Path) -> str:
    for index in range(6):
        image = np.random.default_rng(index).integers(60, 200, (40, 50, 3), dtype=np.uint8)
        write_image(tmp_path / 'photos' / f'{index}.png', image)
        write_image(tmp_path / 'pairs' / 'low' / f'{index}.png', image // 4)
        write_image(tmp_path / 'pairs' / 'high' / f'{index}.png', image)
    small = Config.fromfile(REPOSITORY / 'configs/enlightengan_free.py')
    small.merge_from_dict(
        {
            'model.generator.base_channels': 2,
            'model.global_discriminator.base_channels': 2,
            'model.local_discriminator.base_channels': 2,
            'model.patch_size': 16,
            'train_dataloader.batch_size': 2,
            'train_dataloader.num_workers': 0,
            'train_dataloader.persistent_workers': False,
            'train_dataloader.dataset.data_root': str(tmp_path / 'photos'),
            'train_dataloader.dataset.repeat': 1,
            'val_dataloader.dataset.data_root': str(tmp_path / 'pairs'),
            'val_dataloader.dataset.data_prefix': dict(low='low', normal='high'),
            'val_cfg.more.well_lit.data_root': str(tmp_path / 'photos'),
            'train_cfg.max_epochs': 2,
            'default_hooks.checkpoint.interval': 1,
            'visualizer.vis_backends': [dict(type='LocalVisBackend')],
        }
    )
    for transform in small.train_dataloader.dataset.pipeline[1:3]:
        transform.size = 32
    small.dump(tmp_path / 'small.py')
    return str(tmp_path / 'small.py')


def test_killed_training_resumes_to_the_same_bits(config: str, tmp_path: Path) -> None:
    straight, killed = tmp_path / 'straight', tmp_path / 'killed'
    run_tool('train.py', config, '--work-dir', str(straight))
    process = start_tool('train.py', [config, '--work-dir', str(killed)], KILL_AT='iteration:3')
    assert process.wait() == -9
    run_tool('train.py', config, '--work-dir', str(killed), '--resume', 'auto')
    assert_equal_weights(straight / 'epoch_2.pth', killed / 'epoch_2.pth')
