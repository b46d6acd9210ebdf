"""A training run of seconds from the real config, in processes of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from mmengine.config import Config

import mmenlighten.datasets
import mmenlighten.engine
import mmenlighten.evaluation
import mmenlighten.models
import mmenlighten.visualization  # noqa: F401  all of these: imported once, in the fork server
from mmenlighten.photos.image_io import write_image
from tests.builders import leave_configs_unformatted
from tests.fork_server import REPOSITORY, ForkedProcess


def write_pictures(folder: Path, names: Sequence[str], side: int = 24, level: int = 120) -> None:
    """Writes noise pictures of a mean level; equal names give equal pictures."""
    for name in names:
        random = np.random.default_rng([*name.encode(), level])
        image = random.integers(0, 2 * level + 1, (side, side, 3), dtype=np.uint8)
        write_image(folder / name, image)


def write_lol(root: Path, pairs: int = 8, eval_pairs: int = 2, side: int = 24) -> Path:
    """Writes a data set with the layout of LOL."""
    for split, count in (('our485', pairs), ('eval15', eval_pairs)):
        names = [f'{number}.png' for number in range(count)]
        write_pictures(root / split / 'low', names, side, level=30)
        write_pictures(root / split / 'high', names, side, level=120)
    return root


SMALL_MODEL = {
    'model.generator.base_channels': 2,
    'model.global_discriminator.base_channels': 2,
    'model.local_discriminator.base_channels': 2,
    'model.feature_loss.features.layer': 'relu1_1',
    'model.feature_loss.features.weights': 'untrained',
    'model.patch_size': 8,
}
"""Options that make any config's networks tiny."""


def write_config(
    folder: Path,
    options: dict[str, Any] | None = None,
    config: str = 'configs/enlightengan_lol.py',
) -> Path:
    """Writes the LOL config for data at ``folder/LOL``, in small, as ``folder/small.py``."""
    root = write_lol(folder / 'LOL')
    small = Config.fromfile(REPOSITORY / config)
    small.merge_from_dict(SMALL_MODEL)
    small.merge_from_dict(
        {
            **{
                f'{part}_dataloader.dataset.data_root': str(root)
                for part in ('train', 'val', 'test')
            },
            **{f'{part}_dataloader.num_workers': 0 for part in ('train', 'val', 'test')},
            **{f'{part}_dataloader.persistent_workers': False for part in ('train', 'val', 'test')},
            'train_dataloader.batch_size': 2,
            'train_cfg.max_epochs': 2,
            'train_cfg.val_interval': 1,
            'default_hooks.checkpoint.interval': 1,
            'default_hooks.logger.interval': 1,
            'vis_backends': [dict(type='LocalVisBackend')],
            'visualizer.vis_backends': [dict(type='LocalVisBackend')],
        }
    )
    for step in small.train_dataloader.dataset.pipeline:
        for transform in step.get('transforms', []):
            if transform.type == 'RandomCrop':
                transform.size = 16
    small.merge_from_dict(options or {})
    path = folder / 'small.py'
    small.dump(path)
    return path


def start_tool(tool: str, arguments: Sequence[str], **environment: str) -> ForkedProcess:
    """Starts ``tools/<tool>``, which may be told by a variable to kill itself."""
    program = str(REPOSITORY / 'tools' / tool)
    options = {'PREPARED_BY': f'{__name__}:prepare'} | environment
    return ForkedProcess(program, list(arguments), **options)


def run_tool(tool: str, *arguments: str, **environment: str) -> None:
    """Runs a tool to its end, which must be a good one."""
    process = start_tool(tool, arguments, **environment)
    assert process.wait() == 0, process.errors().decode()


def run_tool_on_two_processes(tool: str, *arguments: str) -> None:
    """Runs a tool under torch's launcher protocol, with gloo."""
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    processes = [
        start_tool(
            tool,
            # torch.distributed.launch tells the rank twice, torchrun by the variable alone.
            [f'--local-rank={rank}', *arguments, '--launcher', 'pytorch'],
            RANK=str(rank),
            LOCAL_RANK=str(rank),
            WORLD_SIZE='2',
            MASTER_ADDR='127.0.0.1',
            MASTER_PORT=str(port),
        )
        for rank in range(2)
    ]
    for process in processes:
        assert process.wait() == 0, process.errors().decode()


def load(path: Path) -> dict[str, Any]:
    """Loads a checkpoint as MMEngine does."""
    from mmengine.runner.checkpoint import CheckpointLoader

    import mmenlighten.registry  # noqa: F401  applies the workarounds

    return CheckpointLoader.load_checkpoint(str(path), map_location='cpu')


def assert_equal_weights(one: Path, other: Path) -> None:
    """Compares weights and the optimizers' states of two checkpoints, bit by bit."""
    first, second = load(one), load(other)
    _assert_equal(first['state_dict'], second['state_dict'], 'state_dict')
    _assert_equal(first['optimizer'], second['optimizer'], 'optimizer')


def _assert_equal(one: Any, other: Any, where: str) -> None:
    if isinstance(one, torch.Tensor):
        assert torch.equal(one, other), where
    elif isinstance(one, dict):
        assert one.keys() == other.keys(), where
        for key in one:
            _assert_equal(one[key], other[key], f'{where}.{key}')
    elif isinstance(one, list | tuple):
        assert len(one) == len(other), where
        for index, (left, right) in enumerate(zip(one, other)):
            _assert_equal(left, right, f'{where}.{index}')
    else:
        assert one == other, where


def prepare() -> None:
    """Arranges what the variables ask for, in the process of the tool."""
    torch.set_num_threads(1)
    if 'FORMAT_CONFIGS' not in os.environ:
        leave_configs_unformatted(pytest.MonkeyPatch())
    _fork_children()
    if missing := os.environ.get('WITHOUT_MODULE'):
        sys.modules[missing] = None  # type: ignore[assignment]
    if kill := os.environ.get('KILL_AT'):
        _arrange_kill(*kill.split(':'))


def _fork_children() -> None:
    """Has files of Python that the tool runs forked as well, by the server that forked it."""
    run = subprocess.run

    def run_forked(command: Any, *args: Any, stdout: Any = None, **options: Any) -> Any:
        is_python = isinstance(command, list) and command[0] == sys.executable
        if not (is_python and command[1].endswith('.py')):
            return run(command, *args, stdout=stdout, **options)
        process = ForkedProcess(command[1], command[2:], cwd=Path.cwd())
        status = process.wait()
        stdout.write((process.output() + process.errors()).decode())
        return subprocess.CompletedProcess(command, status)

    subprocess.run = run_forked  # type: ignore[assignment]


def _arrange_kill(event: str, number: str) -> None:
    """Has the process kill itself, as a power cut would, the n-th time (from 0) of an event.

    ``iteration``: after iteration n of the run. ``half-written``: half of the n-th checkpoint is
    on the disk. ``before-rename``, ``after-rename``: the n-th checkpoint is whole, but has not yet
    its name, or has it and all that follows is not done.
    """
    countdown = int(number)

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def happens(now: bool) -> bool:
        nonlocal countdown
        countdown -= now
        return now and countdown < 0

    if event == 'iteration':
        from mmenlighten.engine.loops import GANTrainLoop

        run_iter = GANTrainLoop.run_iter

        def run_iter_or_die(loop: GANTrainLoop, *args: Any) -> None:
            run_iter(loop, *args)
            if loop.iter == int(number):
                die()

        GANTrainLoop.run_iter = run_iter_or_die  # type: ignore[method-assign]
    elif event == 'half-written':
        fsync = os.fsync

        def fsync_or_die(file: int) -> None:
            if happens('.pth.' in os.readlink(f'/proc/self/fd/{file}')):
                os.ftruncate(file, os.fstat(file).st_size // 2)
                die()
            fsync(file)

        os.fsync = fsync_or_die
    else:
        replace = os.replace

        def replace_or_die(source: Any, target: Any) -> None:
            now = happens(str(target).endswith('.pth'))
            if now and event == 'before-rename':
                die()
            replace(source, target)
            if now:
                die()

        os.replace = replace_or_die
