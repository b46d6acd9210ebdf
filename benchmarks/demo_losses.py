"""Trains the demo for some iterations; prints its losses and how often it waited for the GPU.

``CUDA_VISIBLE_DEVICES= python benchmarks/demo_losses.py`` trains on the CPU of a machine that has a
GPU; ``--compare`` trains on both, one after the other.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch
from mmengine.config import Config
from mmengine.runner import Runner

from benchmarks.harness import REPOSITORY, Options, Table, apart, clock
from mmenlighten.datasets.demo_photographs import TRAIN_EXPOSURES, TRAIN_SCENES

SYNCHRONIZING = 'synchronizing CUDA operation'
"""What torch says when the program waits for the GPU, if it is asked to warn."""


def count_waits(call: Callable[[], object]) -> Counter[str]:
    """Lines that wait for the GPU while a function runs, and how often each does."""
    torch.cuda.set_sync_debug_mode('warn')
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.filterwarnings('always', message=f'.*{SYNCHRONIZING}')
            call()
    finally:
        torch.cuda.set_sync_debug_mode('default')
    places: Counter[str] = Counter()
    for warning in caught:
        if SYNCHRONIZING in str(warning.message):
            path = Path(warning.filename)
            inside = path.is_relative_to(REPOSITORY) and '.venv' not in path.parts
            name = path.relative_to(REPOSITORY) if inside else Path(*path.parts[-2:])
            places[f'{name}:{warning.lineno}'] += 1
    return places


def demo_config(iterations: int, tiny: bool, work_dir: str) -> Config:
    """The demo's config with one epoch, and nothing that interrupts it but the log."""
    config = Config.fromfile(REPOSITORY / 'configs' / 'enlightengan_demo.py')
    loader = config.train_dataloader
    pictures = iterations * loader.batch_size
    loader.dataset.repeat = -(-pictures // (len(TRAIN_SCENES) * len(TRAIN_EXPOSURES)))
    loader.pin_memory = torch.cuda.is_available()  # copies from other memory wait
    unused = [
        f'{part}_{key}' for part in ('val', 'test') for key in ('dataloader', 'evaluator', 'cfg')
    ]
    config.update(dict.fromkeys([*unused, 'param_scheduler']), custom_hooks=[], work_dir=work_dir)
    config.train_cfg = dict(type='GANTrainLoop', max_epochs=1)
    config.default_hooks.checkpoint = None
    del config.default_hooks['visualization']
    config.visualizer.vis_backends = []
    if tiny:
        for name in ('generator', 'global_discriminator', 'local_discriminator'):
            config.model[name].base_channels = 2
        loader.dataset.pipeline[1].transforms[0].size = 40
    return config


def train(iterations: int, tiny: bool) -> dict[str, Any]:
    """Losses of each iteration by name, seconds of the run, and the lines that wait for the GPU."""
    times, waits = [], Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner.from_cfg(demo_config(iterations, tiny, folder))

        def run() -> None:
            times.append(clock(runner.train)[0])

        if torch.cuda.is_available():
            waits = count_waits(run)
        else:
            run()
    losses = {
        name.removeprefix('train/'): [float(value) for value in buffer.data[0][:iterations]]
        for name, buffer in runner.message_hub.log_scalars.items()
        if name.startswith('train/loss_')
    }
    places = dict(waits.most_common(10))
    return dict(losses=losses, seconds=times[0], iterations=runner.iter, waits=places)


def compare(options: Sequence[str]) -> None:
    """Prints losses, time and waits of runs on the GPU, if there is one, and on the CPU."""
    runs = {'cpu': apart('demo_losses.py', *options, environment={'CUDA_VISIBLE_DEVICES': ''})}
    if torch.cuda.is_available():
        runs = {'cuda': apart('demo_losses.py', *options), **runs}
    length = min(len(values) for run in runs.values() for values in run['losses'].values())
    span = min(50, length // 2)
    columns = [f'{device}, {end} {span}' for device in runs for end in ('first', 'last')]
    table = Table('mean of iterations', columns)
    for name in runs['cpu']['losses']:
        values = [run['losses'][name][:length] for run in runs.values()]
        means = [statistics.mean(part) for each in values for part in (each[:span], each[-span:])]
        table.row(name, *(f'{mean:.4f}' for mean in means))
    for device, run in runs.items():
        print(f'{device}: {run["iterations"]} iterations in {run["seconds"]:.1f} s')
        for place, count in run['waits'].items():
            print(f'  waits for the GPU {count} times at {place}')


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints all as JSON in one line."""
    parser = Options(__doc__)
    parser.add('--iterations', 200, 'iterations, at least 2')
    parser.add('--tiny', False, 'networks and pictures of toy size')
    parser.add('--compare', False, 'GPU and CPU')
    args = parser.read(arguments)
    if args.compare:
        compare([f'--iterations={args.iterations}', *['--tiny'] * args.tiny])
    else:
        print(json.dumps(train(max(2, args.iterations), args.tiny)))


if __name__ == '__main__':
    main()
