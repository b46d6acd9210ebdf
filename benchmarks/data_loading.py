"""Measures how many samples a second the data loader gives, with each of its switches on and off.

For example, ``python benchmarks/data_loading.py --workers 0 2 --with-step`` runs the training
pipeline of configs/enlightengan_lol.py on pictures of 600x400, and compares with the training step.
A sample is a low-light picture with its partner.

Without ``--low`` and ``--normal`` the pictures are photographs of scikit-image, darkened by a model
of a camera, as PNG or JPEG.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
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

from benchmarks import train_step
from benchmarks.loading_parts import batch_parts, pipeline_parts, reading_parts
from mmenlighten.datasets import stack_collate
from mmenlighten.datasets.camera_model import darken_photograph
from mmenlighten.datasets.demo_photographs import TEST_SCENES, TRAIN_SCENES
from mmenlighten.photos.image_io import list_images, write_image
from mmenlighten.registry import DATASETS

CONFIG = Path(__file__).resolve().parents[1] / 'configs' / 'enlightengan_lol.py'
VARIANTS = ('none', 'deferred', 'stack', 'cache', 'cache+deferred', 'cache+stack', 'all')
"""Which of the switches are on: decoded_cache, RandomDarken(deferred=True), stack_collate."""


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
    dataset = build_dataset(args, variant, crop, max(args.samples, 2 * batch * max(1, workers)))
    return DataLoader(
        dataset,
        batch,
        shuffle=True,
        num_workers=workers,
        collate_fn=stack_collate if variant == 'all' or 'stack' in variant else pseudo_collate,
        persistent_workers=workers > 0,
        drop_last=True,
        pin_memory=torch.device(args.device).type == 'cuda',
    )


def rate(loader: DataLoader[Any]) -> float:
    """Samples a second of one epoch."""
    start = time.perf_counter()
    number = sum(len(data['inputs']['low']) for data in loader)
    return number / (time.perf_counter() - start)


def measure_rates(
    args: argparse.Namespace, crop: int, batch: int, workers: int
) -> dict[str, float]:
    """The median rate of each variant; they take turns."""
    loaders = {
        variant: build_loader(args, variant, crop, batch, workers) for variant in args.variants
    }
    rates: dict[str, list[float]] = {variant: [] for variant in loaders}
    for repeat in range(args.repeats + 1):
        for variant, loader in loaders.items():
            measured = rate(loader)
            if repeat:  # the first starts the workers and fills the cache
                rates[variant].append(measured)
    return {variant: statistics.median(values) for variant, values in rates.items()}


def endless(loader: DataLoader[Any]) -> Iterator[Any]:
    """The batches of all epochs."""
    while True:
        yield from loader


def measure_step(
    args: argparse.Namespace, crop: int, batch: int, workers: int, variant: str
) -> tuple[float, float]:
    """Samples a second of the training step alone, and the share of the time it waits for data."""
    workload = train_step.build(
        argparse.Namespace(width=args.width, size=crop, batch=batch), args.device
    )
    batches = endless(build_loader(args, variant, crop, batch, workers))
    next(batches)
    steps, waits = [], []
    for _ in range(args.steps + 2):
        start = time.perf_counter()
        data = next(batches)
        waited = time.perf_counter()
        workload.model.train_step(data, workload.optimizers)
        train_step.synchronize(args.device)
        steps.append(time.perf_counter() - waited)
        waits.append(waited - start)
    own, wait = sum(steps[2:]), sum(waits[2:])  # the first two allocate and choose algorithms
    return args.steps * batch / own, wait / (own + wait)


def print_parts(args: argparse.Namespace) -> None:
    """Prints where the time of a sample goes."""
    print('\nCPU milliseconds of one sample, crop 320, on one thread')
    plain, quick = (build_dataset(args, variant, 320, 1) for variant in ('none', 'all'))
    sample = plain.get_sample(0, dict(low=0, normal=0))
    repeats = 5 * args.repeats
    paths = [sample[f'{kind}_path'] for kind in ('low', 'normal')]
    quick[0]
    tables = {
        'reading': reading_parts(paths, repeats),
        'pipeline, no switch': pipeline_parts(plain, repeats),
        'pipeline, all switches': pipeline_parts(quick, repeats),
        'batches of 32, with copies of the samples': batch_parts(plain[0], args.repeats),
        'the same, deferred': batch_parts(quick[0], args.repeats),
    }
    for title, parts in tables.items():
        print(f'  {title}')
        for name, value in parts.items():
            print(f'    {name:55}{value:8.3f}')


def print_rates(args: argparse.Namespace) -> None:
    """Prints samples a second of the loader."""
    columns = ''.join(f'{variant:>16}' for variant in args.variants)
    print(f'\nsamples a second\n{"crop":>5}{"batch":>6}{"workers":>8}{columns}')
    for crop, batch in args.settings:
        for workers in args.workers:
            rates = measure_rates(args, crop, batch, workers)
            values = ''.join(f'{value:16.1f}' for value in rates.values())
            print(f'{crop:5}{batch:6}{workers:8}{values}', flush=True)


def print_step(args: argparse.Namespace) -> None:
    """Prints samples a second of the step without the loader, and how long it waits for it."""
    print(f'\n{"crop":>5}{"batch":>6}{"workers":>8}{"variant":>16}{"step":>13}{"waits":>9}')
    for crop, batch in args.settings:
        # On a CPU a step of many large pictures takes minutes, and no less for each of them.
        batch = batch if torch.device(args.device).type == 'cuda' else min(batch, 2)
        for workers in args.workers:
            for variant in (args.variants[0], args.variants[-1]):
                step, waits = measure_step(args, crop, batch, workers, variant)
                print(f'{crop:5}{batch:6}{workers:8}{variant:>16}{step:13.3f}{waits:9.2%}')


def parse_setting(text: str) -> tuple[int, int]:
    """Reads ``320x1``: the side of a crop and the number of pictures in a batch."""
    crop, batch = text.split('x')
    return int(crop), int(batch)


def parse_args(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = 'cuda' if torch.cuda.is_available() else 'cpu'
    parser.add_argument('--device', default=default, help='default: %(default)s')
    parser.add_argument('--low', metavar='DIR', help='low-light pictures')
    parser.add_argument('--normal', metavar='DIR', help='normal-light pictures')
    parser.add_argument('--ending', choices=('png', 'jpg'), default='png', help='without --low')
    parser.add_argument(
        '--settings',
        nargs='+',
        type=parse_setting,
        default=[(320, 1), (128, 2), (320, 32)],
        metavar='CROPxBATCH',
        help='default: 320x1 128x2 320x32',
    )
    parser.add_argument('--workers', nargs='+', type=int, default=[0, 1, 2])
    parser.add_argument('--variants', nargs='+', choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument('--samples', type=int, default=100, help='of an epoch (default: 100)')
    parser.add_argument('--repeats', type=int, default=5, help='measurements (default: 5)')
    parser.add_argument('--with-step', action='store_true', help='measure the step as well')
    parser.add_argument('--steps', type=int, default=8, help='steps to measure (default: 8)')
    parser.add_argument('--width', type=int, default=32, help='base channels (default: 32)')
    parser.add_argument('--threads', type=int, help='CPU threads (default: as torch decides)')
    args = parser.parse_args(arguments)
    if (args.low is None) != (args.normal is None):
        parser.error('--low and --normal go together')
    return args


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the parts of a sample and the rates."""
    args = parse_args(arguments)
    init_default_scope('mmenlighten')
    cv2.setNumThreads(0)  # as the configs do
    if args.threads:
        torch.set_num_threads(args.threads)
    print(f'torch {torch.__version__}, OpenCV {cv2.__version__}, ', end='')
    print(f'{train_step.device_name("cpu")}, {torch.get_num_threads()} CPU threads, {args.device}')
    with tempfile.TemporaryDirectory() as folder:
        args.cache = str(Path(folder) / 'cache')
        if args.low is None:
            write_photographs(Path(folder), args.ending)
            args.low, args.normal = f'{folder}/low', f'{folder}/normal'
        threads = torch.get_num_threads()
        torch.set_num_threads(1)  # as in workers
        print_parts(args)
        print_rates(args)
        torch.set_num_threads(threads)
        if args.with_step:
            print_step(args)


if __name__ == '__main__':
    main()
