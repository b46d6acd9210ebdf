"""Trains the demo for some iterations, and tells its losses and how often it waited for the GPU.

``CUDA_VISIBLE_DEVICES= python benchmarks/demo_losses.py`` trains on the CPU of a machine that has a
GPU. Started by ``benchmarks/gpu.py``, which compares both.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch
from mmengine.config import Config
from mmengine.runner import Runner

from benchmarks.wait_counter import WaitCounter
from mmenlighten.datasets.demo_photographs import TRAIN_EXPOSURES, TRAIN_SCENES

CONFIG = Path(__file__).resolve().parents[1] / 'configs' / 'enlightengan_demo.py'
SETTLED = 20
"""Iterations after which waits count."""


def demo_config(iterations: int, tiny: bool, work_dir: str) -> Config:
    """The demo's config with one epoch, and nothing that interrupts it but the log."""
    config = Config.fromfile(CONFIG)
    loader = config.train_dataloader
    pictures = iterations * loader.batch_size
    loader.dataset.repeat = -(-pictures // (len(TRAIN_SCENES) * len(TRAIN_EXPOSURES)))
    loader.pin_memory = torch.cuda.is_available()  # copies from other memory wait
    for part in ('val', 'test'):
        for key in ('dataloader', 'evaluator', 'cfg'):
            config[f'{part}_{key}'] = None
    config.train_cfg = dict(type='GANTrainLoop', max_epochs=1)
    config.param_scheduler = None
    config.custom_hooks = []
    config.default_hooks.checkpoint = None
    del config.default_hooks['visualization']
    config.visualizer.vis_backends = []
    config.work_dir = work_dir
    if tiny:
        config.model.generator.base_channels = 2
        for name in ('global_discriminator', 'local_discriminator'):
            config.model[name].base_channels = 2
        loader.dataset.pipeline[1].transforms[0].size = 40
    return config


def train(iterations: int, tiny: bool) -> dict[str, Any]:
    """Losses of each iteration by name, seconds of the run, and its waits."""
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner.from_cfg(demo_config(iterations, tiny, folder))
        counter = WaitCounter(min(SETTLED, iterations // 2))
        if torch.cuda.is_available():
            runner.register_hook(counter, priority='HIGHEST')
        start = time.perf_counter()
        runner.train()
        seconds = time.perf_counter() - start
    scalars = runner.message_hub.log_scalars
    losses = {
        name.removeprefix('train/'): [float(value) for value in buffer.data[0][:iterations]]
        for name, buffer in scalars.items()
        if name.startswith('train/loss_')
    }
    interval = next(hook.interval for hook in runner.hooks if type(hook).__name__ == 'LoggerHook')
    last = runner.iter - 1  # reads losses, since it ends the epoch
    logged = [each for each in range(last + 1) if (each + 1) % interval == 0 or each == last]
    silent = [each for each in range(last + 1) if each not in logged]
    return dict(
        losses=losses,
        seconds=seconds,
        iterations=runner.iter,
        device=runner.model.data_preprocessor.device.type,
        waits=dict(
            logged=counter.waits(logged),
            silent=counter.waits(silent),
            places=dict(counter.by_place.most_common(10)),
        ),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints all as JSON in one line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--iterations', type=int, default=200, help='default: 200')
    parser.add_argument('--tiny', action='store_true', help='networks and pictures of toy size')
    args = parser.parse_args(arguments)
    if args.iterations < 2:
        parser.error('--iterations must be 2 or more')
    print(json.dumps(train(args.iterations, args.tiny)))


if __name__ == '__main__':
    main()
