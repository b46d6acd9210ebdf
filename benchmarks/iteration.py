"""A training iteration of each config: parameters, work, time and memory, side by side.

    python benchmarks/iteration.py configs/enlightengan_lol.py configs/cyclegan/cyclegan_lol.py

Each is measured in a process of its own, with its own transforms on noise in the layout of LOL, and
with random weights. GFLOP are those of convolutions and products of matrices: to enhance 400 x 600
pixels, and of the iteration, forward and back.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.harness import (
    MIB,
    Options,
    Table,
    apart,
    begin_peak,
    clock,
    machine_line,
    resident,
)
from benchmarks.results_file import write_results
from mmenlighten.evaluation.report import markdown_table
from mmenlighten.utils.device_name import device_name

SIZE = (400, 600, 3)
COLUMNS = ('parameters/M', 'exported/M', 'enhance GFLOP', 'train GFLOP', 'CPU s', 's', 'MiB')


def measure(args: argparse.Namespace) -> dict[str, float]:
    """An iteration of one config, in plain torch or accelerated as in training."""
    import numpy as np
    import torch
    from mmengine.optim import build_optim_wrapper
    from mmengine.registry import DefaultScope
    from mmengine.runner import Runner
    from torch.utils.flop_counter import FlopCounterMode

    import mmenlighten.datasets
    import mmenlighten.engine  # noqa: F401  both register
    from mmenlighten.acceleration import accelerate
    from mmenlighten.evaluation.method_comparison import count_cost
    from mmenlighten.photos.image_io import write_image
    from mmenlighten.registry import MODELS
    from mmenlighten.utils.command_line import load_config
    from mmenlighten.utils.host_memory import keep_freed_memory

    config = load_config(args.configs[0])
    without_downloads(config.model)
    crop_to(args.crop, config.train_dataloader)
    with tempfile.TemporaryDirectory() as folder:
        for kind, index in itertools.product(('low', 'high'), range(args.batch)):
            noise = np.random.default_rng(index).integers(0, 256, SIZE, np.uint8)
            write_image(Path(folder) / 'our485' / kind / f'{index}.png', noise)
        loader = dict(config.train_dataloader, num_workers=0, batch_size=args.batch)
        loader.update(persistent_workers=False, pin_memory=False)
        loader['dataset'] = dict(loader['dataset'], data_root=folder)
        with DefaultScope.overwrite_default_scope('mmenlighten'):
            batch = next(iter(Runner.build_dataloader(loader, seed=0)))
    torch.manual_seed(0)
    with DefaultScope.overwrite_default_scope('mmenlighten'):
        model = MODELS.build(config.model).eval()
        enhancing = count_cost(model).gflop
        optimizers = build_optim_wrapper(model.train(), config.optim_wrapper)
    with FlopCounterMode(display=False) as counter:
        model.train_step(batch, optimizers)
    if not args.plain:
        accelerate(model)
        keep_freed_memory()
    base = begin_peak()
    times = [clock(lambda: model.train_step(batch, optimizers)) for _ in range(args.repeats + 1)]
    seconds, cpu_seconds = (statistics.median(column) for column in zip(*times[1:]))
    count = {
        name: sum(p.numel() for p in part.parameters()) for name, part in model.named_children()
    }
    return dict(
        parameters=sum(number for name, number in count.items() if name != 'generator_ema'),
        exported=count['generator'],
        enhancing=enhancing,
        gflop=counter.get_total_flops() / 1e9,
        cpu_seconds=cpu_seconds,
        seconds=seconds,
        mib=((resident('VmHWM') or 0) - base) / MIB,
    )


def crop_to(size: int | None, value: Any) -> None:
    """Has all crops be of one size, so that configs can be compared."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in inner:
        crop_to(size, part)
    if size and isinstance(value, dict) and value.get('type') == 'RandomCrop':
        value['size'] = size


def without_downloads(model: Any) -> None:
    """Has feature networks begin with random weights, which cost as much as others."""
    for value in model.values() if isinstance(model, dict) else ():
        without_downloads(value)
    if isinstance(model, dict) and str(model.get('type')).endswith('Features'):
        model['weights'] = 'untrained'


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures each config in a process of its own and prints the table."""
    parser = Options(__doc__, 'threads', repeats=3)
    parser.add('configs', nargs='+', help='configs of systems that train on LOL')
    parser.add('--batch', 1, 'images of each kind in a batch')
    parser.add(
        '--crop', metavar='SIDE', type=int, help='crops of this side for all (default: their own)'
    )
    parser.add('--plain', False, 'without fast layers')
    parser.add('--write', metavar='NAME', help='write benchmarks/results/NAME.md too')
    parser.add('--row', False, argparse.SUPPRESS)
    args = parser.read(arguments)
    if args.row:
        print(json.dumps(measure(args)))
        return
    machine = f'{device_name("cpu")}, {machine_line()}'
    print(f'{machine}, batch {args.batch}')
    table = Table('config', COLUMNS)
    rows = [['config', *COLUMNS]]
    options = ['--row', '--batch', args.batch, '--repeats', args.repeats]
    options += ['--plain'] * args.plain
    for name in ('threads', 'crop'):
        options += [f'--{name}', getattr(args, name)] if getattr(args, name) else []
    for config in args.configs:
        row = apart('iteration.py', config, *options)
        cells = [f'{row[name] / 1e6:.2f}' for name in ('parameters', 'exported')]
        cells += [f'{row[name]:,.1f}' for name in ('enhancing', 'gflop')]
        cells += [f'{row[name]:.2f}' for name in ('cpu_seconds', 'seconds')]
        cells.append(f'{row["mib"]:,.0f}')
        table.row(Path(config).stem, *cells)
        rows.append([f'`{Path(config).stem}`', *cells])
    if args.write:
        words = sys.argv[1:] if arguments is None else arguments
        text = f"""{markdown_table(rows).strip()}

Parameters are those that are trained, in millions, and of them those of what is exported. Batch
{args.batch}; median of {args.repeats} after the first; {machine}, torch {version('torch')}.
"""
        command = f'python benchmarks/iteration.py {" ".join(words)}'
        title = f'A training iteration: {args.write.removeprefix("iteration-")} systems'
        write_results(args.write, title, text, command)


if __name__ == '__main__':
    main()
