from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from mmengine.config import Config

from mmenlighten.utils import setup_run
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.setup_run import (
    enable_amp,
    enable_auto_scale_lr,
    prepare_distributed,
    set_resume,
    set_work_dir,
)


@pytest.fixture(params=[False, True], ids=['cpu', 'gpu'])
def gpu(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: request.param)
    return request.param


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)


@pytest.fixture
def process_groups(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    started: list[str] = []
    monkeypatch.setattr(torch.distributed, 'init_process_group', started.append)
    monkeypatch.setattr(torch.distributed, 'is_initialized', lambda: bool(started))
    return started


@pytest.mark.parametrize(
    ('in_config', 'option', 'expected'),
    [
        (None, None, 'work_dirs/my.run'),
        ('from_config', None, 'from_config'),
        ('from_config', 'option', 'option'),
    ],
)
def test_work_dir_is_the_option_else_of_the_config_else_named_after_it(
    in_config: str | None, option: str | None, expected: str
) -> None:
    config = Config(dict(work_dir=in_config))
    set_work_dir(config, 'configs/my.run.py', option)
    assert Path(config.work_dir) == Path(expected)


def test_nothing_is_resumed_unless_asked_for() -> None:
    config = Config(dict(work_dir='w'))
    set_resume(config, None)
    assert config.to_dict() == dict(work_dir='w')


def test_resume_auto_takes_the_last_whole_checkpoint(tmp_path: Path) -> None:
    torch.save(dict(a=1), tmp_path / 'epoch_1.pth')
    (tmp_path / 'epoch_2.pth').write_bytes(b'cut')
    config = Config(dict(work_dir=str(tmp_path)))
    set_resume(config, 'auto')
    assert config.resume is True
    assert config.load_from == str(tmp_path / 'epoch_1.pth')


def test_resume_auto_starts_anew_without_a_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(setup_run, 'print_log', lambda message, **options: said.append(message))
    config = Config(dict(work_dir=str(tmp_path)))
    set_resume(config, 'auto')
    assert config.get('load_from') is None
    assert said == [f'No checkpoint in {tmp_path}: the run starts anew.']


def test_resume_takes_the_last_whole_checkpoint_of_a_folder(tmp_path: Path) -> None:
    torch.save(dict(a=1), tmp_path / 'iter_4.pth')
    config = Config(dict(work_dir='w'))
    set_resume(config, str(tmp_path))
    assert (config.resume, config.load_from) == (True, str(tmp_path / 'iter_4.pth'))


@pytest.mark.parametrize('content', [None, 'epoch_1.pth', 'best_PSNR_epoch_1.pth'])
def test_folder_without_a_whole_checkpoint_is_named(tmp_path: Path, content: str | None) -> None:
    if content:
        (tmp_path / content).write_bytes(b'cut')
    with pytest.raises(ConfigError, match=r'this folder has no whole epoch_\*\.pth'):
        set_resume(Config(dict(work_dir='w')), str(tmp_path))


def test_resume_of_the_config_passes_over_damaged_checkpoints_too(tmp_path: Path) -> None:
    torch.save(dict(a=1), tmp_path / 'epoch_1.pth')
    (tmp_path / 'epoch_2.pth').write_bytes(b'cut')
    (tmp_path / 'last_checkpoint').write_text('epoch_2.pth')
    config = Config(dict(work_dir=str(tmp_path), resume=True, load_from=None))
    set_resume(config, None)
    assert config.load_from == str(tmp_path / 'epoch_1.pth')
    config = Config(dict(work_dir='w', resume=True, load_from=None))
    set_resume(config, None)
    assert (config.resume, config.load_from) == (False, None)


def test_missing_file_to_resume_from_is_named() -> None:
    with pytest.raises(ConfigError, match=r'resume=gone\.pth does not exist'):
        set_resume(Config(dict(work_dir='w')), 'gone.pth')


def test_amp_switches_every_network_and_keeps_the_rest(gpu: bool) -> None:
    expected = 'AmpOptimWrapper' if gpu else 'AutocastOptimWrapper'
    optimizer = dict(type='Adam', lr=0.1)
    config = Config(
        dict(
            optim_wrapper=dict(
                constructor='MultiOptimWrapperConstructor',
                generator=dict(type='OptimWrapper', optimizer=optimizer),
                discriminator=dict(optimizer=optimizer),
                done=dict(type='AutocastOptimWrapper', optimizer=optimizer),
            )
        )
    )
    enable_amp(config)
    wrappers = config.optim_wrapper.to_dict()
    assert wrappers == dict(
        constructor='MultiOptimWrapperConstructor',
        generator=dict(type=expected, optimizer=optimizer),
        discriminator=dict(type=expected, optimizer=optimizer),
        done=dict(type='AutocastOptimWrapper', optimizer=optimizer),
    )


@pytest.mark.usefixtures('no_gpu')
def test_amp_switches_a_single_optimizer() -> None:
    config = Config(dict(optim_wrapper=dict(type='OptimWrapper', optimizer=dict(type='SGD'))))
    enable_amp(config)
    assert config.optim_wrapper.type == 'AutocastOptimWrapper'


def test_amp_refuses_a_wrapper_that_it_does_not_know() -> None:
    config = Config(dict(optim_wrapper=dict(generator=dict(type='ApexOptimWrapper'))))
    with pytest.raises(ConfigError, match=r'optim_wrapper\.generator\.type=ApexOptimWrapper'):
        enable_amp(config)


def test_learning_rates_are_scaled_only_if_their_batch_size_is_known() -> None:
    config = Config(dict(auto_scale_lr=dict(enable=False, base_batch_size=32)))
    enable_auto_scale_lr(config)
    assert config.auto_scale_lr.enable is True


@pytest.mark.parametrize('present', [dict(), dict(auto_scale_lr=None), dict(auto_scale_lr=dict())])
def test_learning_rates_of_an_unknown_batch_size_are_not_scaled(present: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r'auto_scale_lr\.base_batch_size'):
        enable_auto_scale_lr(Config(present))


def test_single_process_needs_no_group(process_groups: list[str]) -> None:
    config = Config(dict())
    prepare_distributed(config, 'none')
    assert config.launcher == 'none'
    assert process_groups == []


@pytest.mark.usefixtures('no_gpu')
def test_processes_on_cpus_talk_through_gloo(process_groups: list[str]) -> None:
    config = Config(dict(model_wrapper_cfg=dict(type='MMDistributedDataParallel')))
    for _ in range(2):
        prepare_distributed(config, 'pytorch')
    assert process_groups == ['gloo']
    assert config.model_wrapper_cfg.device_ids is None
    prepare_distributed(Config(dict()), 'pytorch')


@pytest.mark.usefixtures('no_gpu')
@pytest.mark.parametrize('launcher', ['slurm', 'mpi'])
def test_launcher_that_needs_gpus_is_refused_without_one(
    process_groups: list[str], launcher: str
) -> None:
    with pytest.raises(ConfigError, match=f'launcher={launcher} needs GPUs'):
        prepare_distributed(Config(dict()), launcher)
    assert process_groups == []


@pytest.mark.parametrize(
    ('kind', 'hook', 'expected'),
    [
        ('mmenlighten.SeparateDistributedDataParallel', None, False),
        ('mmenlighten.SeparateDistributedDataParallel', dict(type='AccelerationHook'), 'missing'),
        ('MMSeparateDistributedDataParallel', None, 'missing'),
    ],
)
def test_one_line_switches_off_the_acceleration_of_wrapped_models_too(
    kind: str, hook: dict[str, str] | None, expected: bool | str
) -> None:
    config = Config(dict(model_wrapper_cfg=dict(type=kind), default_hooks=dict(acceleration=hook)))
    prepare_distributed(config, 'none')
    assert config.model_wrapper_cfg.get('accelerated', 'missing') == expected


def test_processes_on_gpus_are_left_to_mmengine(
    process_groups: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: True)
    prepare_distributed(Config(dict()), 'slurm')
    assert process_groups == []
