"""Training on two processes: its checkpoints serve one process and two alike."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from mmenlighten.photos.image_io import read_image
from tests.small_run import (
    assert_equal_weights,
    load,
    run_tool,
    run_tool_on_two_processes,
    write_config,
)


@pytest.fixture(scope='module')
def distributed_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A config and the work dir of two epochs that two processes trained."""
    folder = tmp_path_factory.mktemp('distributed')
    config = str(write_config(folder))
    run_tool_on_two_processes('train.py', config, '--work-dir', str(folder / 'run'))
    return config, folder / 'run'


def test_keys_are_those_of_one_process(distributed_run: tuple[str, Path], tmp_path: Path) -> None:
    config, work_dir = distributed_run
    run_tool('train.py', config, '--work-dir', str(tmp_path))
    one, two = load(tmp_path / 'epoch_2.pth'), load(work_dir / 'epoch_2.pth')
    assert one['state_dict'].keys() == two['state_dict'].keys()


def test_resumes_on_two_processes_with_identical_weights(
    distributed_run: tuple[str, Path], tmp_path: Path
) -> None:
    config, work_dir = distributed_run
    shutil.copy(work_dir / 'epoch_1.pth', tmp_path)
    run_tool_on_two_processes('train.py', config, '--work-dir', str(tmp_path), '--resume')
    assert_equal_weights(tmp_path / 'epoch_2.pth', work_dir / 'epoch_2.pth')


def test_one_process_enhances_exactly_as_two(
    distributed_run: tuple[str, Path], tmp_path: Path
) -> None:
    config, work_dir = distributed_run
    arguments = [config, str(work_dir / 'epoch_2.pth'), '--work-dir', str(tmp_path), '--out']
    run_tool('test.py', *arguments, str(tmp_path / 'one'))
    run_tool_on_two_processes('test.py', *arguments, str(tmp_path / 'two'))
    for name in ('0.png', '1.png'):
        one, two = read_image(tmp_path / 'one' / name), read_image(tmp_path / 'two' / name)
        assert np.array_equal(one, two)
    figures = [json.loads((tmp_path / n / 'results.json').read_text()) for n in ('one', 'two')]
    assert figures[0] == figures[1]


def test_run_of_one_process_goes_on_with_two_and_back(
    distributed_run: tuple[str, Path], tmp_path: Path
) -> None:
    config, _ = distributed_run
    options = ['--cfg-options', 'train_dataloader.batch_size=4', 'train_cfg.max_epochs=1']
    run_tool('train.py', config, '--work-dir', str(tmp_path), *options)
    alone = load(tmp_path / 'epoch_1.pth')['state_dict']
    # Half the batch for each of two processes: equally many iterations in an epoch.
    options = ['--cfg-options', 'train_dataloader.batch_size=2']
    run_tool_on_two_processes('train.py', config, '--work-dir', str(tmp_path), '--resume', *options)
    together = load(tmp_path / 'epoch_2.pth')
    assert together['meta']['iter'] == 4
    assert together['state_dict'].keys() == alone.keys()
    assert not together['state_dict']['generator.conv1_1.weight'].equal(
        alone['generator.conv1_1.weight']
    )
    options = ['--cfg-options', 'train_dataloader.batch_size=4', 'train_cfg.max_epochs=3']
    run_tool('train.py', config, '--work-dir', str(tmp_path), '--resume', *options)
    assert load(tmp_path / 'epoch_3.pth')['meta']['iter'] == 6
