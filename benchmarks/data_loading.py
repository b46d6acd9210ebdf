"""Measures how many samples a second the data loader gives, with each of its switches on and off.

For example, ``python benchmarks/data_loading.py --workers 0 2 --with-step`` runs the training
pipeline of configs/enlightengan_lol.py on pictures of 600x400, and compares with the training step.
A sample is a low-light picture with its partner. Parts of a sample are CPU time, which other work
on the machine disturbs less than the time on the clock.

Without ``--low`` and ``--normal`` the pictures are photographs of scikit-image, darkened by a model
of a camera, as PNG or JPEG.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2
import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.registry import init_default_scope
from torch.utils.data import DataLoader

from benchmarks import training
from benchmarks.harness import REPOSITORY, Options, clock, in_turns
from mmenlighten.camera import darken_photograph
from mmenlighten.datasets import stack_collate
from mmenlighten.datasets.demo_photographs import TEST_SCENES, TRAIN_SCENES
from mmenlighten.photos.image_io import list_images, write_image
from mmenlighten.registry import DATASETS
from mmenlighten.utils.device_name import device_name

CONFIG = REPOSITORY / 'configs' / 'enlightengan_lol.py'
VARIANTS = ('none', 'deferred', 'stack', 'cache', 'cache+deferred', 'cache+stack', 'all')
"""Which of the switches are on: decoded_cache, RandomDarken(deferred=True), stack_collate."""

PARTS = r'mmenlighten|imdecode|collate|cvtColor'
"""Functions that are shown of the profile."""


def write_photographs(folder: Path, ending: str) -> None:
    """Writes photographs of 600x400 into ``low`` and ``normal``."""
    random = np.random.default_rng(0)
    for scene in (*TRAIN_SCENES, *TEST_SCENES):
        image = cv2.resize(scene.read(), (600, 400), interpolation=cv2.INTER_AREA)
        write_image(folder / 'normal' / f'{scene.name}.{ending}', image)
        dark = darken_photograph(image, 1 / 8, random)
        write_image(folder / 'low' / f'{scene.name}.{ending}', dark)


def build_dataset(args: argparse.Namespace, variant: str, crop: int, samples: int) -> Any:
    """The training set of the LOL config with some switches on, of at least so many samples."""
    config = Config.fromfile(CONFIG).train_dataloader.dataset
    config.pipeline[1].transforms[0].size = crop
    config.pipeline[3].deferred = variant == 'all' or 'deferred' in variant
    config.data_root, config.data_prefix = '', dict(low=args.low, normal=args.normal)
    pictures = max(len(list_images(folder)) for folder in (args.low, args.normal))
    config.repeat = -(-samples // pictures)
    config.decoded_cache = args.cache if variant == 'all' or 'cache' in variant else None
    return DATASETS.build(config)


def build_loader(
    args: argparse.Namespace, variant: str, crop: int, batch: int, workers: int
) -> DataLoader[Any]:
    """A data loader of the variant whose workers stay."""
    return DataLoader(
        build_dataset(args, variant, crop, max(args.samples, 2 * batch * max(1, workers))),
        batch,
        shuffle=True,
        num_workers=workers,
        collate_fn=stack_collate if variant == 'all' or 'stack' in variant else pseudo_collate,
        persistent_workers=workers > 0,
        drop_last=True,
        pin_memory=args.device.startswith('cuda'),
    )


def print_parts(args: argparse.Namespace) -> None:
    """Prints where the time of samples and of batches goes, by the profiler of Python."""
    for variant, collate in (('none', pseudo_collate), ('all', stack_collate)):
        dataset = build_dataset(args, variant, 320, 1)
        dataset[0]  # fills the cache
        with cProfile.Profile(time.process_time) as profile:
            for epoch in range(5 * args.repeats):
                dataset.set_epoch(epoch)
                collate([dataset[0]])
        title = f'{5 * args.repeats} samples, crop 320, one thread, switches: {variant}'
        print(f'\nCPU seconds of {title}')
        pstats.Stats(profile).sort_stats('cumulative').print_stats(PARTS, 30)


def rate(loader: DataLoader[Any]) -> float:
    """Samples a second of one epoch."""
    count = 0

    def epoch() -> None:
        nonlocal count
        for data in loader:
            count += len(data['inputs']['low'])

    seconds = clock(epoch)[0]
    return count / seconds


def print_rates(args: argparse.Namespace) -> None:
    """Prints samples a second of the loader, the median of each variant."""
    columns = ''.join(f'{variant:>16}' for variant in args.variants)
    print(f'\nsamples a second\n{"crop":>5}{"batch":>6}{"workers":>8}{columns}')
    for crop, batch in args.settings:
        for workers in args.workers:
            setting = crop, batch, workers
            rates = {v: partial(rate, build_loader(args, v, *setting)) for v in args.variants}
            # The first round starts the workers and fills the cache.
            medians = map(statistics.median, in_turns(rates, args.repeats).values())
            values = ''.join(f'{value:16.1f}' for value in medians)
            print(f'{crop:5}{batch:6}{workers:8}{values}', flush=True)


def print_step(args: argparse.Namespace) -> None:
    """Prints samples a second of the step without the loader, and how long it waits for it."""
    print(f'\n{"crop":>5}{"batch":>6}{"workers":>8}{"variant":>16}{"step":>13}{"waits":>9}')
    for crop, batch in args.settings:
        # On a CPU a step of many large pictures takes minutes, and no less for each of them.
        batch = batch if args.device.startswith('cuda') else min(batch, 2)
        for workers in args.workers:
            for variant in (args.variants[0], args.variants[-1]):
                options = argparse.Namespace(width=args.width, size=crop, batch=batch)
                workload = training.build(options, args.device)
                batches = endless(build_loader(args, variant, crop, batch, workers))
                next(batches)
                steps, waits = [], []
                box: list[Any] = []
                for _ in range(args.steps + 2):
                    waits.append(clock(lambda b=batches, x=box: x.append(next(b)))[0])
                    step = partial(workload.model.train_step, box.pop(), workload.optimizers)
                    steps.append(clock(step, args.device)[0])
                # The first two allocate and choose algorithms.
                own, wait = sum(steps[2:]), sum(waits[2:])
                text = f'{args.steps * batch / own:13.3f}{wait / (own + wait):9.2%}'
                print(f'{crop:5}{batch:6}{workers:8}{variant:>16}{text}')


def endless(loader: DataLoader[Any]) -> Iterator[Any]:
    """The batches of all epochs."""
    while True:
        yield from loader


def parse_setting(text: str) -> tuple[int, int]:
    """Reads ``320x1``: the side of a crop and the number of pictures in a batch."""
    crop, batch = text.split('x')
    return int(crop), int(batch)


def parse_args(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    device = 'cuda' if torch.cuda.is_available() else 'cpu'
    parser = Options(__doc__, 'width', 'threads', 'repeats', device=device)
    parser.add('--low', metavar='DIR', help='low-light pictures')
    parser.add('--normal', metavar='DIR', help='normal-light pictures')
    parser.add('--ending', 'png', 'without --low', choices=('png', 'jpg'))
    settings = dict(default=[(320, 1), (128, 2), (320, 32)], metavar='CROPxBATCH')
    parser.add_argument('--settings', nargs='+', type=parse_setting, **settings)
    parser.add('--workers', [0, 1, 2], 'numbers of worker processes')
    parser.add('--variants', list(VARIANTS), 'switches that are on', choices=VARIANTS)
    parser.add('--samples', 100, 'of an epoch')
    parser.add('--with-step', False, 'measure the step as well')
    parser.add('--steps', 8, 'steps to measure')
    args = parser.read(arguments)
    if (args.low is None) != (args.normal is None):
        parser.error('--low and --normal go together')
    return args


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the parts of a sample and the rates."""
    args = parse_args(arguments)
    init_default_scope('mmenlighten')
    cv2.setNumThreads(0)  # as the configs do
    threads = torch.get_num_threads()
    name = f'{device_name("cpu")}, {threads} CPU threads, {args.device}'
    print(f'torch {torch.__version__}, OpenCV {cv2.__version__}, {name}')
    with tempfile.TemporaryDirectory() as folder:
        args.cache = str(Path(folder) / 'cache')
        if args.low is None:
            write_photographs(Path(folder), args.ending)
            args.low, args.normal = f'{folder}/low', f'{folder}/normal'
        torch.set_num_threads(1)  # as in workers
        print_parts(args)
        print_rates(args)
        torch.set_num_threads(threads)
        if args.with_step:
            print_step(args)


if __name__ == '__main__':
    main()
