"""Compares the time of enhancing a folder with that of the network alone.

For example, ``python benchmarks/enhance_folder.py --count 100``. The photographs are made from
those inside scikit-image, scikit-learn and Matplotlib, darkened, as JPEG files of 0.3 megapixels.
They are enhanced by the code of ``mmenlighten enhance``. The network's time is measured twice:
within that run, and afterwards alone, when no files are read and written beside it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2
import numpy as np
import torch

from benchmarks.timed_network import TimedNetwork
from mmenlighten.apis.torch_enhancer import PRECISIONS, torch_enhancer
from mmenlighten.datasets.demo_photographs import TEST_SCENES, TRAIN_SCENES
from mmenlighten.enhancing.inputs import find_tasks
from mmenlighten.enhancing.job import EnhanceJob
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.models import EnlightenGAN

HEIGHT, WIDTH = 448, 672
EXPOSURES = (1 / 4, 1 / 6, 1 / 10)


def make_photographs(folder: Path, count: int) -> None:
    """Writes dark photographs, all of them different."""
    scenes = [scene.read() for scene in (*TRAIN_SCENES, *TEST_SCENES)]
    shifts = np.random.default_rng(0)
    for index in range(count):
        scene = scenes[index % len(scenes)]
        height, width = scene.shape[:2]
        side = min(height / HEIGHT, width / WIDTH) * shifts.uniform(0.8, 1)
        crop_height, crop_width = int(side * HEIGHT), int(side * WIDTH)
        top = shifts.integers(0, height - crop_height + 1)
        left = shifts.integers(0, width - crop_width + 1)
        crop = scene[top : top + crop_height, left : left + crop_width]
        photograph = cv2.resize(crop, (WIDTH, HEIGHT)) * EXPOSURES[index % len(EXPOSURES)]
        path = folder / f'{index:04}.jpg'
        cv2.imwrite(
            str(path),
            photograph[..., ::-1].round().astype(np.uint8),
            [cv2.IMWRITE_JPEG_QUALITY, 92],
        )


def build_enhancer(args: argparse.Namespace) -> PhotoEnhancer:
    """A model with random weights: time does not depend on their values."""
    torch.manual_seed(0)
    if args.threads:
        torch.set_num_threads(args.threads)
    generator = dict(type='AttentionUNet', base_channels=args.width, align_corners=False)
    model = EnlightenGAN(generator=generator)
    return torch_enhancer(model, EnhanceOptions(), args.device, args.precision)


def measure(enhancer: PhotoEnhancer, photographs: Path, out: Path) -> tuple[float, float]:
    """Seconds of the whole folder, and those within the network."""
    enhancer.network = network = TimedNetwork(enhancer.network)
    start = time.perf_counter()
    job = EnhanceJob(enhancer, out)
    outcomes = list(job.run(find_tasks([str(photographs)], out)))
    seconds = time.perf_counter() - start
    wrong = [outcome.message for outcome in outcomes if outcome.status != 'enhanced']
    if wrong:
        raise RuntimeError(f'{len(wrong)} photographs were not enhanced: {wrong[0]}')
    return seconds, sum(network.wall_seconds)


def measure_alone(enhancer: PhotoEnhancer, count: int) -> float:
    """Seconds of the network for as many photographs, without any files."""
    picture = np.random.default_rng(0).uniform(-1, 1, (1, 3, HEIGHT, WIDTH)).astype(np.float32)
    start = time.perf_counter()
    for _ in range(count):
        enhancer.network(picture)
    return time.perf_counter() - start


def parse_args(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--count', type=int, default=100, help='photographs (default: 100)')
    parser.add_argument(
        '--width', type=int, default=8, help="base channels (default: the demo's 8)"
    )
    parser.add_argument('--precision', choices=tuple(PRECISIONS), default='float32')
    parser.add_argument('--device', default='cpu', help='cpu (default), cuda, cuda:1')
    parser.add_argument('--threads', type=int, help='CPU threads (default: as torch decides)')
    args = parser.parse_args(arguments)
    if args.count < 1 or args.width < 1:
        parser.error('--count and --width must be positive')
    return args


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints both times and their ratio."""
    args = parse_args(arguments)
    enhancer = build_enhancer(args)
    load = f', load {os.getloadavg()[0]:.1f} at the start' if hasattr(os, 'getloadavg') else ''
    print(
        f'{args.count} photographs of {HEIGHT * WIDTH / 1e6:.2f} Mpx, {os.cpu_count()} CPUs{load}'
    )
    with tempfile.TemporaryDirectory() as folder:
        photographs, out = Path(folder, 'photographs'), Path(folder, 'out')
        photographs.mkdir()
        make_photographs(photographs, args.count)
        whole, network = measure(enhancer, photographs, out)
        alone = measure_alone(enhancer, args.count)
    print(f'folder                  {whole:8.2f} s')
    print(f'network within that     {network:8.2f} s, ratio {whole / network:.3f}')
    print(f'network alone           {alone:8.2f} s, ratio {whole / alone:.3f}')


if __name__ == '__main__':
    main()
