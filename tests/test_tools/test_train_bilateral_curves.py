"""Photographs in, a network that was trained on what a synthetic camera made of them out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from mmengine.config import Config

from mmenlighten.photos.image_io import read_image, write_image
from tests.golden import REPOSITORY
from tests.small_run import assert_equal_weights, run_tool, start_tool


@pytest.fixture(params=['s', 'm'])
def config(tmp_path: Path, request: pytest.FixtureRequest) -> str:
    for index in range(4):
        image = np.random.default_rng(index).integers(60, 200, (40, 50, 3), dtype=np.uint8)
        write_image(tmp_path / 'photos' / f'{index}.png', image)
        write_image(tmp_path / 'pairs' / 'low' / f'{index}.png', image // 4)
        write_image(tmp_path / 'pairs' / 'high' / f'{index}.png', image)
    name = f'configs/bilateral_curves/bilateral_curves_{request.param}.py'
    small = Config.fromfile(REPOSITORY / name)
    small.merge_from_dict(
        {
            'model.generator.grid_width': 6,
            'model.generator.refinement_widths': (6, 8, 8),
            'train_dataloader.batch_size': 2,
            'train_dataloader.num_workers': 0,
            'train_dataloader.persistent_workers': False,
            'train_dataloader.dataset.data_root': str(tmp_path / 'photos'),
            'train_dataloader.dataset.repeat': 2,
            'val_dataloader.dataset.data_root': str(tmp_path / 'pairs'),
            'val_dataloader.dataset.data_prefix': dict(low='low', normal='high'),
            'val_cfg.more.well_lit.data_root': str(tmp_path / 'photos'),
            'val_cfg.more.well_lit.every': 2,
            'train_cfg.max_epochs': 2,
            'default_hooks.visualization.interval': 3,
            'default_hooks.checkpoint.interval': 1,
            'visualizer.vis_backends': [dict(type='LocalVisBackend')],
        }
    )
    small.train_dataloader.dataset.pipeline[1].size = 32
    hooks = small.get('custom_hooks', [])
    small.custom_hooks = [hook for hook in hooks if hook.type != 'CompileHook']
    small.dump(tmp_path / 'small.py')
    return str(tmp_path / 'small.py')


def test_trains_shows_pictures_and_resumes_to_the_same_bits(config: str, tmp_path: Path) -> None:
    straight, killed = tmp_path / 'straight', tmp_path / 'killed'
    run_tool('train.py', config, '--work-dir', str(straight))
    [row] = straight.rglob('vis_image/train/comparison_3.png')
    assert read_image(row).shape[2] == 3

    process = start_tool('train.py', [config, '--work-dir', str(killed)], KILL_AT='iteration:6')
    assert process.wait() == -9
    run_tool('train.py', config, '--work-dir', str(killed), '--resume', 'auto')
    assert_equal_weights(straight / 'epoch_2.pth', killed / 'epoch_2.pth')
    [file] = straight.glob('*/vis_data/scalars.json')
    scores = [json.loads(line) for line in file.read_text().splitlines() if 'PSNR' in line]
    assert len(scores) == 2
    for score in scores:
        for key in ('pairs/PSNR', 'pairs/SSIM', 'well_lit/PSNR'):
            assert key in score
    assert list(straight.rglob('best_pairs_PSNR_epoch_*.pth'))
