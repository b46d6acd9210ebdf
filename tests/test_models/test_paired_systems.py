"""Every paired system, from its demo config in small: trains, resumes, enhances, exports.

What is asked of them is what is asked of the unpaired ones, by the same functions.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.small_run import load, run_tool_on_two_processes
from tests.test_models import test_unpaired_systems as asked
from tests.test_models.test_unpaired_systems import System

SYSTEMS = {
    'retinexnet': System(
        'configs/retinexnet/retinexnet_demo.py',
        {
            'model.generator.decom.channels': 4,
            'model.generator.relight.channels': 4,
            'optim_wrapper.generator.optimizer.lr': 5e-3,
            # The killed run of the tests resumes in one phase and goes on into the other.
            'train_cfg.phase_epochs': (1, 7),
            'train_cfg.val_begin': 1,
        },
        falling={'loss_relit': 0.9},
    ),
    'sid': System(
        'configs/sid/sid_demo.py',
        {
            'model.generator.base_channels': 2,
            'train_dataloader.dataset.pipeline.2.size': 16,
        },
        falling={'loss_pixel': 0.8},
    ),
    'hdrnet': System(
        'configs/hdrnet/hdrnet_demo.py',
        {
            'model.generator.input_size': 32,
            'model.generator.luma_bins': 4,
        },
        falling={'loss_l2': 0.5},
    ),
}


@pytest.fixture(scope='module', params=SYSTEMS)
def system(request: pytest.FixtureRequest) -> System:
    return SYSTEMS[request.param]


demo_photographs, trained = asked.demo_photographs, asked.trained

test_losses = asked.test_losses_are_finite_and_those_of_reconstruction_fall
test_rows = asked.test_rows_of_pictures_are_drawn
test_resume = asked.test_killed_run_ends_with_the_same_bits


def test_enhances_and_exports_equally(
    system: System, trained: tuple[str, Path], tmp_path: Path
) -> None:
    if system is SYSTEMS['sid']:
        pytest.skip('it takes raw files: tests/test_apis/test_raw_enhancer.py')
    asked.test_enhances_and_exports_equally(system, trained, tmp_path, (33, 45))


def test_two_processes_are_one_of_twice_the_batch(
    system: System, trained: tuple[str, Path], demo_photographs: Path, tmp_path: Path
) -> None:
    straight = asked.checkpoints(trained[1])[1]  # iteration 16
    options = {
        'train_cfg.max_epochs': 1 + 16 * system.batch_size // 24,
        'train_dataloader.batch_size': system.batch_size // 2,
        'env_cfg.dist_cfg': dict(backend='gloo'),
    }
    config = asked.write_config(system, demo_photographs, tmp_path / 'small.py', **options)
    run_tool_on_two_processes('train.py', config, '--work-dir', str(tmp_path / 'run'))
    one, two = (load(path)['state_dict'] for path in (straight, tmp_path / 'run' / straight.name))
    for name, value in one.items():
        torch.testing.assert_close(two[name], value, rtol=1e-3, atol=1e-4, msg=name)
