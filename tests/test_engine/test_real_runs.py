"""Runs of the real configs, in small: what they log, keep and refuse."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mmengine.config import Config
from mmengine.runner import Runner

from mmenlighten.photos.image_io import list_images
from mmenlighten.utils.errors import DatasetError, ImageReadError
from mmenlighten.utils.setup_run import enable_amp, enable_auto_scale_lr, set_resume
from tests.builders import NETWORKS, leave_configs_unformatted
from tests.small_run import load, run_tool, write_config, write_pictures
from tests.test_tools.tool_runner import error_of

_runs = itertools.count()
DAMAGED = 'our485/low/3.png'


@pytest.fixture(scope='module')
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A config whose training data has a damaged picture, and the work dir of its two epochs."""
    folder = tmp_path_factory.mktemp('finished')
    config = write_config(folder, {'default_hooks.visualization.interval': 3})
    (folder / 'LOL' / DAMAGED).write_bytes(b'no picture')
    run_tool('train.py', str(config), '--work-dir', str(folder / 'run'), FORMAT_CONFIGS='yes')
    return str(config), folder / 'run'


def log_of(work_dir: Path) -> str:
    [log] = work_dir.glob('*/*.log')
    return log.read_text(encoding='utf-8')


def scores_of(work_dir: Path) -> list[dict[str, Any]]:
    """The figures of each validation."""
    [file] = work_dir.glob('*/vis_data/scalars.json')
    figures = [json.loads(line) for line in file.read_text().splitlines()]
    return [line for line in figures if 'PSNR' in line]


def test_log_has_no_alarm_about_registries(finished: tuple[str, Path]) -> None:
    log = log_of(finished[1])
    assert 'Epoch(train)' in log
    for alarm in ('registry tree', 'Failed to search registry', 'do not match exactly'):
        assert alarm not in log


def test_damaged_training_picture_is_passed_over_with_one_warning(
    finished: tuple[str, Path],
) -> None:
    config, work_dir = finished
    warnings = [line for line in log_of(work_dir).splitlines() if 'cannot be read' in line]
    assert len(warnings) == 1  # in two epochs
    assert 'WARNING' in warnings[0]
    assert str(Path(config).parent / 'LOL' / DAMAGED) in warnings[0]
    assert load(work_dir / 'epoch_2.pth')['meta']['iter'] == 8


def test_checkpoint_holds_the_trained_networks_alone(finished: tuple[str, Path]) -> None:
    keys = load(finished[1] / 'epoch_2.pth')['state_dict']
    assert {key.split('.')[0] for key in keys} == set(NETWORKS)


def test_each_network_has_its_learning_rate_in_the_log(finished: tuple[str, Path]) -> None:
    [file] = finished[1].glob('*/vis_data/scalars.json')
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    first = lines[0]
    for name in NETWORKS:
        assert first[f'{name}.lr'] == 1e-4
    # The sum that logs show is of all networks; no key is there twice.
    assert {key for key in first if key.startswith('loss')} == {
        'loss_generator_global',
        'loss_generator_local',
        'loss_feature_global',
        'loss_feature_local',
        'loss_global_discriminator',
        'loss_local_discriminator',
    }


def test_pictures_of_training_and_validation_are_kept(finished: tuple[str, Path]) -> None:
    [folder] = finished[1].glob('*/vis_data/vis_image')
    assert list_images(folder) == [
        'train/comparison_3.png',
        'train/comparison_6.png',
        'val/0_4.png',
        'val/0_8.png',
        'val/1_4.png',
        'val/1_8.png',
    ]


@pytest.mark.parametrize('epoch', [1, 2])
def test_checkpoint_scores_in_test_py_as_it_did_in_validation(
    finished: tuple[str, Path], tmp_path: Path, epoch: int
) -> None:
    config, work_dir = finished
    checkpoint = str(work_dir / f'epoch_{epoch}.pth')
    out = tmp_path / 'out'
    run_tool('test.py', config, checkpoint, '--work-dir', str(tmp_path), '--out', str(out))
    summary = json.loads((out / 'results.json').read_text())['summary']
    validated = scores_of(work_dir)[epoch - 1]
    assert validated['step'] == epoch
    for name in ('PSNR', 'SSIM'):
        assert summary[name]['mean'] == pytest.approx(validated[name], rel=1e-12)
    assert list_images(out) == ['0.png', '1.png']
    log = log_of(tmp_path)
    assert 'do not match exactly' not in log
    assert 'registry' not in log


def test_run_without_workers_and_without_tensorboard_trains_as_any_other(tmp_path: Path) -> None:
    backends = [dict(type='LocalVisBackend'), dict(type='TensorboardVisBackend')]
    options = {
        'train_cfg.max_epochs': 1,
        'train_dataloader.persistent_workers': True,
        'train_dataloader.prefetch_factor': 4,
        'train_dataloader.timeout': 60,
        'visualizer.vis_backends': backends,
    }
    config = str(write_config(tmp_path, options))
    work_dir = tmp_path / 'run'
    missing = 'torch.utils.tensorboard'
    run_tool('train.py', config, '--work-dir', str(work_dir), WITHOUT_MODULE=missing)
    assert load(work_dir / 'epoch_1.pth')['meta']['iter'] == 4
    log = log_of(work_dir)
    assert log.count('TensorBoard cannot be used') == 1
    assert scores_of(work_dir)


def test_more_samples_to_a_batch_than_there_are_is_told_before_training(tmp_path: Path) -> None:
    config = str(write_config(tmp_path, {}))
    options = ['train_dataloader.batch_size=32', 'train_dataloader.drop_last=True']
    arguments = ['train.py', config, '--work-dir', tmp_path / 'run', '--cfg-options', *options]
    assert 'train_dataloader.batch_size to at most 8' in error_of(*arguments)
    assert not list((tmp_path / 'run').glob('*.pth'))


Build = Callable[..., Runner]


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Build:
    """Builds the Runner of the LOL config, in small, in this process."""
    leave_configs_unformatted(monkeypatch)

    def build_runner(change: Callable[[Config], None] | None = None, **options: Any) -> Runner:
        path = write_config(tmp_path, {'train_cfg.max_epochs': 1, **options})
        config = Config.fromfile(path)
        config.work_dir = str(tmp_path / 'run')
        config.experiment_name = config.visualizer.name = f'real-{next(_runs)}'
        config.log_level = 'ERROR'
        if change is not None:
            change(config)
        return Runner.from_cfg(config)

    return build_runner


def test_damaged_validation_picture_is_an_error_that_names_it(build: Build, tmp_path: Path) -> None:
    runner = build()
    damaged = tmp_path / 'LOL' / 'eval15' / 'high' / '1.png'
    damaged.write_bytes(b'no picture')
    with pytest.raises(ImageReadError, match=str(damaged)):
        runner.train()


def test_validation_pair_of_two_sizes_is_an_error_that_names_it(
    build: Build, tmp_path: Path
) -> None:
    runner = build()
    write_pictures(tmp_path / 'LOL' / 'eval15' / 'high', ['1.png'], side=32)
    name = tmp_path / 'LOL' / 'eval15' / 'low' / '1.png'
    with pytest.raises(DatasetError, match=rf'{name}: .* has 24x24 pixels and .* 32x32'):
        runner.train()


def test_auto_scale_lr_scales_every_learning_rate(build: Build) -> None:
    runner = build(enable_auto_scale_lr)
    runner.train()
    lrs = runner.optim_wrapper.get_lr()
    expected = [pytest.approx(1e-4 * 2 / 32, rel=1e-12)]
    assert lrs == {f'{name}.lr': expected for name in NETWORKS}


def test_learning_rates_are_left_alone_without_the_option(build: Build) -> None:
    runner = build()
    runner.train()
    assert runner.optim_wrapper.get_lr() == {f'{name}.lr': [1e-4] for name in NETWORKS}


def test_amp_reaches_the_optimizer_of_every_network(build: Build) -> None:
    runner = build(enable_amp)
    runner.train()
    names = {type(wrapper).__name__ for _, wrapper in runner.optim_wrapper.items()}
    assert len(runner.optim_wrapper) == len(NETWORKS)
    assert names in ({'AmpOptimWrapper'}, {'AutocastOptimWrapper'})


def test_resume_auto_without_checkpoint_trains_from_the_start(build: Build) -> None:
    runner = build(lambda config: set_resume(config, 'auto'))
    runner.train()
    assert runner.iter == 4
    assert (Path(runner.work_dir) / 'epoch_1.pth').is_file()
