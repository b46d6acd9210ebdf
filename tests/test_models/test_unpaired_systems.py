"""Every unpaired system, from its demo config in small: trains, resumes, enhances, exports."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from mmengine.config import Config

from mmenlighten.datasets.demo_photographs import write_demo_dataset
from mmenlighten.photos import Photo, read_photo, write_photo
from tests.golden import REPOSITORY
from tests.small_run import assert_equal_weights, load, run_tool, start_tool
from tests.test_cli.commands import run_here


@dataclass(frozen=True)
class System:
    """A system in small.

    Args:
        config: Its demo.
        options: Makes its networks tiny.
        falling: Losses, and the share of their start that is left at the end.
        epochs: Each of as many iterations as the demo's 24 pictures make batches.
        crop: Side of the crops.
    """

    config: str
    options: dict[str, Any]
    falling: dict[str, float]
    epochs: int = 8
    crop: int = 32
    batch_size: int = 2
    state: set[str] = field(default_factory=set)
    """Keys of the training state in its checkpoints."""
    changes: bool = True
    """Whether so few iterations change pictures: running variances may still be far too large."""


SYSTEMS = {
    'enlightengan': System(
        'configs/enlightengan_demo.py',
        {
            'model.generator.base_channels': 2,
            'model.global_discriminator.base_channels': 2,
            'model.global_discriminator.num_downs': 2,
            'model.local_discriminator.base_channels': 2,
            'model.local_discriminator.num_downs': 2,
            'model.patch_size': 16,
        },
        falling={},  # nothing that it reconstructs
        epochs=4,
    ),
    'cincgan': System(
        'configs/cincgan/cincgan_demo.py',
        {
            'model.generator.base_channels': 4,
            'model.generator.num_blocks': 1,
            'model.discriminator.base_channels': 2,
            'param_scheduler': None,  # the rate would be 0 before the end
        },
        falling={'loss_identity_normal': 0.8},
    ),
    'dehazing': System(
        'projects/disentangled_dehazing/configs/low_light_demo.py',
        {
            'model.generator.base_channels': 2,
            'model.generator.scene_blocks': 1,
            'model.generator.map_blocks': 1,
            'model.generator.result': 'scene',
            'model.discriminator.base_channels': 2,
        },
        falling={'loss_reconstruction': 0.8},
    ),
    'cyclegan': System(
        'configs/cyclegan/cyclegan_demo.py',
        {
            'model.generator.num_blocks': 1,
            'model.discriminator.base_channels': 2,
            'model.pool_size': 5,
            'optim_wrapper.generator.optimizer.lr': 1e-3,
            'optim_wrapper.reverse_generator.optimizer.lr': 1e-3,
        },
        falling={'loss_cycle_low': 0.8, 'loss_identity_low': 0.8},
        epochs=6,
        state={'discriminator', 'reverse_discriminator'},
    ),
    'deep_photo_enhancer': System(
        'configs/deep_photo_enhancer/deep_photo_enhancer_demo.py',
        {
            'model.generator.image_size': 64,
            'model.generator.base_channels': 2,
            'model.discriminator.image_size': 64,
            'model.discriminator.base_channels': 2,
            'train_cfg.discriminator_updates': 2,
        },
        # Mean squared errors: it starts near the identity, and comes nearer.
        falling=dict(loss_identity_low=0.7, loss_cycle_low=0.7),
        epochs=4,
        crop=64,
        state={'discriminator', 'reverse_discriminator'},
        changes=False,
    ),
    'unit': System(
        'configs/unit/unit_demo.py',
        {
            'model.generator.base_channels': 4,
            'model.generator.num_blocks': 1,
            'model.discriminator.base_channels': 4,
            'model.discriminator.num_layers': 3,
            'model.discriminator.num_scales': 2,
        },
        falling={'loss_reconstruction_low': 0.8, 'loss_cycle_low': 0.8},
        epochs=4,
    ),
}


@pytest.fixture(scope='module', params=SYSTEMS)
def system(request: pytest.FixtureRequest) -> System:
    return SYSTEMS[request.param]


@pytest.fixture(scope='module')
def demo_photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp('photographs')
    write_demo_dataset(folder)
    return folder


def write_config(system: System, photographs: Path, path: Path, **options: Any) -> str:
    config = Config.fromfile(REPOSITORY / system.config)
    config.merge_from_dict(system.options)
    config.merge_from_dict(
        {
            **{
                f'{part}_dataloader.dataset.data_root': str(photographs)
                for part in ('train', 'val')
            },
            'train_dataloader.batch_size': system.batch_size,
            'train_dataloader.dataset.repeat': 1,
            'train_cfg.max_epochs': system.epochs,
            'train_cfg.val_interval': 1000,
            'default_hooks.checkpoint.by_epoch': False,
            'default_hooks.checkpoint.max_keep_ckpts': -1,
            'default_hooks.checkpoint.interval': 8,
            'default_hooks.logger.interval': 1,
            'default_hooks.visualization.interval': 40,
            'visualizer.vis_backends': [dict(type='LocalVisBackend')],
            'log_level': 'INFO',
            'custom_hooks': [],
            **options,
        }
    )
    for step in config.train_dataloader.dataset.pipeline:
        for transform in step.get('transforms', []):
            if transform.type == 'RandomCrop':
                transform.size = system.crop
    # Validation takes time that is another test's.
    for key in ('val_dataloader', 'val_cfg', 'val_evaluator'):
        config[key] = None
    for key in ('test_dataloader', 'test_cfg', 'test_evaluator'):
        config[key] = None
    config.dump(path)
    return str(path)


@pytest.fixture(scope='module')
def trained(
    system: System, demo_photographs: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """The config of a run that is done, and its folder."""
    folder = tmp_path_factory.mktemp('trained')
    config = write_config(system, demo_photographs, folder / 'small.py')
    run_tool('train.py', config, '--work-dir', str(folder / 'run'))
    return config, folder / 'run'


def checkpoints(folder: Path) -> list[Path]:
    return sorted(folder.glob('iter_*.pth'), key=lambda path: int(path.stem.removeprefix('iter_')))


def losses(folder: Path) -> list[dict[str, float]]:
    [file] = folder.glob('*/vis_data/scalars.json')
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_losses_are_finite_and_those_of_reconstruction_fall(
    system: System, trained: tuple[str, Path]
) -> None:
    lines = losses(trained[1])
    assert len(lines) == system.epochs * 24 // system.batch_size
    values = {name: [line[name] for line in lines if name in line] for name in lines[-1]}
    for name, series in values.items():
        assert np.isfinite(series).all(), name
    for name, share in system.falling.items():
        series = values[name]
        part = max(1, len(series) // 6)
        assert np.mean(series[-part:]) < share * np.mean(series[:part]), name


def test_rows_of_pictures_are_drawn(trained: tuple[str, Path]) -> None:
    [folder] = trained[1].glob('*/vis_data/vis_image')
    assert (folder / 'train' / 'comparison_40.png').is_file()


def test_killed_run_ends_with_the_same_bits(
    system: System, trained: tuple[str, Path], demo_photographs: Path, tmp_path: Path
) -> None:
    straight = checkpoints(trained[1])[1]  # iteration 16
    options: dict[str, Any] = {'train_cfg.max_epochs': 1 + 16 * system.batch_size // 24}
    if (scheduler := Config.fromfile(trained[0]).get('param_scheduler')) is not None:
        options['param_scheduler'] = scheduler
    config = write_config(system, demo_photographs, tmp_path / 'small.py', **options)
    arguments = [config, '--work-dir', str(tmp_path / 'run'), '--resume', 'auto']
    assert start_tool('train.py', arguments, KILL_AT='iteration:11').wait() == -9
    run_tool('train.py', *arguments)
    resumed = tmp_path / 'run' / straight.name
    assert_equal_weights(straight, resumed)
    states = [load(path).get('training_state', [{}]) for path in (straight, resumed)]
    assert set(states[0][0]) == system.state
    torch.testing.assert_close(states[0], states[1], rtol=0, atol=0)


@pytest.mark.parametrize('size', [(33, 45)])
def test_enhances_and_exports_equally(
    system: System, trained: tuple[str, Path], tmp_path: Path, size: tuple[int, int]
) -> None:
    pytest.importorskip('onnxruntime')
    config, folder = trained
    model = ['--config', config, '--checkpoint', checkpoints(folder)[-1]]
    pixels = np.random.default_rng(0).integers(0, 60, (*size, 3), np.uint8)
    write_photo(Photo(pixels), tmp_path / 'a.png')
    exported = run_here('export', tmp_path / 'model.onnx', *model)
    assert exported.status == 0, exported.errors
    for name, options in (('torch', model), ('onnx', ['--checkpoint', tmp_path / 'model.onnx'])):
        backend = ['--backend', 'onnxruntime'] if name == 'onnx' else []
        out = tmp_path / name
        result = run_here('enhance', tmp_path / 'a.png', '--out', out, *options, *backend)
        assert result.status == 0, result.errors
    by_torch, by_onnx = (read_photo(tmp_path / name / 'a.png').pixels for name in ('torch', 'onnx'))
    assert by_torch.shape == pixels.shape
    assert (by_torch != pixels).any() == system.changes
    assert np.abs(by_torch.astype(int) - by_onnx).max() <= 1
