"""Turns a config and command line options into what MMEngine's Runner can run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from mmengine.logging import print_log

from .checkpoint import find_latest_checkpoint
from .errors import ConfigError
from .numbers_of_text import shortened
from .option_names import option


def set_work_dir(config: Config, config_path: str, work_dir: str | None) -> None:
    """Sets the folder of a run: the option, else the config's, else ``work_dirs/<config name>``."""
    if work_dir is not None:
        config.work_dir = work_dir
    elif config.get('work_dir') is None:
        config.work_dir = str(Path('work_dirs') / Path(config_path).stem)


def check_seed(config: Config) -> None:
    """Makes sure that the random generators can be seeded.

    Raises:
        ConfigError: The seed is no number that all of them take.
    """
    seed = (config.get('randomness') or {}).get('seed')
    if seed is not None and not (isinstance(seed, int) and 0 <= seed < 2**32):
        raise ConfigError(
            f'randomness.seed={shortened(str(seed))} is out of range: use 0 to {2**32 - 1}.'
        )


def set_resume(config: Config, resume: str | None) -> None:
    """Sets where a run goes on: ``'auto'`` (the last whole checkpoint, if any), a file or a run.

    Without the option ``resume`` of the config says it, which MMEngine would look after by a file
    that a kill leaves behind.

    Raises:
        ConfigError: The file does not exist, or the folder has no checkpoint.
    """
    if resume is None and config.get('resume'):
        resume = config.get('load_from') or 'auto'
    if resume is None:
        return
    if resume == 'auto':
        checkpoint = find_latest_checkpoint(config.work_dir)
        if checkpoint is None:
            print_log(f'No checkpoint in {config.work_dir}: the run starts anew.', logger='current')
            config.resume = False
            return
    elif os.path.isdir(resume):
        checkpoint = find_latest_checkpoint(resume)
        if checkpoint is None:
            raise ConfigError(
                f'{option("resume", resume)}: this folder has no whole epoch_*.pth or iter_*.pth; '
                f'give another, or leave {option("resume")} out to begin anew.'
            )
    elif '://' in resume or os.path.isfile(resume):
        checkpoint = resume
    else:
        raise ConfigError(
            f'{option("resume", resume)} does not exist: give a checkpoint or "auto".'
        )
    config.resume, config.load_from = True, checkpoint


def enable_amp(config: Config) -> None:
    """Switches each network's optimizer to mixed precision.

    On a GPU that is MMEngine's ``AmpOptimWrapper`` with a loss scaler of its own; on the CPU, where
    it refuses to work, bfloat16 without one.

    Raises:
        ConfigError: A wrapper is of another type, which could not be switched silently.
    """
    wrapper_type = 'AmpOptimWrapper' if torch.cuda.is_available() else 'AutocastOptimWrapper'
    for name, wrapper in _optim_wrappers(config).items():
        present = wrapper.get('type', 'OptimWrapper')
        if present not in ('OptimWrapper', 'AmpOptimWrapper', 'AutocastOptimWrapper'):
            raise ConfigError(
                f'{option("amp")} cannot switch {name}.type={present} to mixed precision: remove '
                f'the type or {option("amp")}.'
            )
        if present == 'OptimWrapper':
            wrapper['type'] = wrapper_type
    print_log(f'Mixed precision: {wrapper_type} for every network.', logger='current')


def enable_auto_scale_lr(config: Config) -> None:
    """Has each learning rate scaled by the batch size of all processes.

    Raises:
        ConfigError: The config does not say which batch size its learning rates are for.
    """
    if 'base_batch_size' not in (config.get('auto_scale_lr') or {}):
        raise ConfigError(
            f'{option("auto_scale_lr")} needs auto_scale_lr.base_batch_size in the config: the '
            'batch size of all processes that the learning rates are for.'
        )
    config.auto_scale_lr.enable = True


def prepare_distributed(config: Config, launcher: str) -> None:
    """Lets several processes work without a GPU, where MMEngine calls CUDA unconditionally.

    Where the acceleration of models is switched off, that of their wrapper is too, which comes
    before hooks are asked.

    Raises:
        ConfigError: The launcher needs a GPU and there is none.
    """
    config.launcher = launcher
    wrapper, hooks = config.get('model_wrapper_cfg'), config.get('default_hooks') or {}
    is_off = hooks.get('acceleration', True) is None
    if is_off and wrapper and wrapper.type.split('.')[-1] == 'SeparateDistributedDataParallel':
        wrapper.accelerated = False
    if launcher == 'none' or torch.cuda.is_available():
        return
    if launcher != 'pytorch':
        raise ConfigError(
            f'{option("launcher", launcher)} needs GPUs: use {option("launcher", "pytorch")} on '
            'CPUs.'
        )
    if not torch.distributed.is_initialized():
        torch.distributed.init_process_group('gloo')
    if config.get('model_wrapper_cfg') is not None:
        config.model_wrapper_cfg.device_ids = None


def _optim_wrappers(config: Config) -> dict[str, Any]:
    optim_wrapper = config.optim_wrapper
    if 'optimizer' in optim_wrapper:
        return {'optim_wrapper': optim_wrapper}
    return {
        f'optim_wrapper.{name}': wrapper
        for name, wrapper in optim_wrapper.items()
        if isinstance(wrapper, dict)
    }
