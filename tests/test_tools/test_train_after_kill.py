"""A run that is killed again and again ends with the weights of one that never was."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.small_run import assert_equal_weights, run_tool, start_tool, write_config

# Three epochs of four iterations; a checkpoint after each third iteration, at the end, and for each
# best validation. In the middle of an epoch: iterations that are no multiple of 4.
KILLS = [
    'half-written:0',
    'iteration:2',
    'before-rename:0',
    'iteration:3',
    'after-rename:0',
    'iteration:5',
    'half-written:1',
    'iteration:7',
    'before-rename:1',
    'iteration:8',
    'after-rename:1',
    'iteration:10',
    'half-written:0',
    'iteration:11',
]


@pytest.mark.parametrize('workers', [0, 2])
def test_ends_with_the_same_bits(tmp_path: Path, workers: int) -> None:
    options = {
        'train_cfg.max_epochs': 3,
        'train_dataloader.num_workers': workers,
        'train_dataloader.persistent_workers': workers > 0,
        'default_hooks.checkpoint.interval': 3,
        'default_hooks.checkpoint.by_epoch': False,
        'default_hooks.checkpoint.max_keep_ckpts': 2,
    }
    config = str(write_config(tmp_path, options))
    straight, killed = tmp_path / 'straight', tmp_path / 'killed'
    run_tool('train.py', config, '--work-dir', str(straight))
    for kill in KILLS:
        process = start_tool(
            'train.py', [config, '--work-dir', str(killed), '--resume', 'auto'], KILL_AT=kill
        )
        assert process.wait() == -9, f'{kill} was not reached'
    run_tool('train.py', config, '--work-dir', str(killed), '--resume', 'auto')

    assert_equal_weights(straight / 'iter_12.pth', killed / 'iter_12.pth')
    # Nothing is missing. A kill right after a rename may leave one whole checkpoint too many.
    assert {path.name for path in straight.glob('*.pth')} <= {p.name for p in killed.glob('*.pth')}
    assert not list(killed.glob('.*.tmp'))


def test_checkpoints_at_the_end_of_epochs_resume_too(tmp_path: Path) -> None:
    config = str(write_config(tmp_path, {'train_cfg.max_epochs': 3}))
    straight, killed = tmp_path / 'straight', tmp_path / 'killed'
    run_tool('train.py', config, '--work-dir', str(straight))
    for kill in ('iteration:5', 'iteration:6', 'half-written:1'):
        process = start_tool(
            'train.py', [config, '--work-dir', str(killed), '--resume', 'auto'], KILL_AT=kill
        )
        assert process.wait() == -9, f'{kill} was not reached'
    run_tool('train.py', config, '--work-dir', str(killed), '--resume', 'auto')
    assert_equal_weights(straight / 'epoch_3.pth', killed / 'epoch_3.pth')
