"""Compares the time of enhancing a folder with that of the network alone.

For example, ``python benchmarks/enhance_folder.py --count 100``. The photographs are made from
those inside scikit-image, scikit-learn and Matplotlib, darkened, as JPEG files of 0.3 megapixels.
They are enhanced by the code of ``mmenlighten enhance``. The network's time is measured twice:
within that run, and afterwards alone, when no files are read and written beside it.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2
import numpy as np
import torch

from benchmarks.harness import Options, TimedNetwork, clock, machine_line
from mmenlighten.apis.torch_enhancer import PRECISIONS, torch_enhancer
from mmenlighten.datasets.demo_photographs import TEST_SCENES, TRAIN_SCENES
from mmenlighten.enhancing.inputs import find_tasks
from mmenlighten.enhancing.job import EnhanceJob
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.models import EnlightenGAN

HEIGHT, WIDTH = 448, 672
EXPOSURES = (1 / 4, 1 / 6, 1 / 10)


def make_photographs(folder: Path, count: int) -> None:
    """Writes dark photographs, all of them different."""
    folder.mkdir()
    scenes = [scene.read() for scene in (*TRAIN_SCENES, *TEST_SCENES)]
    random = np.random.default_rng(0)
    for index in range(count):
        scene = scenes[index % len(scenes)]
        height, width = scene.shape[:2]
        side = min(height / HEIGHT, width / WIDTH) * random.uniform(0.8, 1)
        crop_height, crop_width = int(side * HEIGHT), int(side * WIDTH)
        top = random.integers(0, height - crop_height + 1)
        left = random.integers(0, width - crop_width + 1)
        crop = scene[top : top + crop_height, left : left + crop_width, ::-1]
        dark = cv2.resize(crop, (WIDTH, HEIGHT)) * EXPOSURES[index % len(EXPOSURES)]
        quality = [cv2.IMWRITE_JPEG_QUALITY, 92]
        cv2.imwrite(str(folder / f'{index:04}.jpg'), dark.round().astype(np.uint8), quality)


def enhance_all(job: EnhanceJob, photographs: Path) -> None:
    """Enhances a folder.

    Raises:
        RuntimeError: A photograph was not enhanced.
    """
    outcomes = list(job.run(find_tasks([str(photographs)], job.out)))
    if wrong := [outcome.message for outcome in outcomes if outcome.status != 'enhanced']:
        raise RuntimeError(f'{len(wrong)} photographs were not enhanced: {wrong[0]}')


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints both times and their ratio."""
    parser = Options(__doc__, 'device', 'threads', width=8)
    parser.add('--count', 100, 'photographs')
    parser.add('--precision', 'float32', 'of the network', choices=tuple(PRECISIONS))
    args = parser.read(arguments)
    torch.manual_seed(0)  # random weights: time does not depend on their values
    generator = dict(type='AttentionUNet', base_channels=args.width, align_corners=False)
    model = EnlightenGAN(generator=generator)
    enhancer = torch_enhancer(model, EnhanceOptions(), args.device, args.precision)
    enhancer.network = network = TimedNetwork(enhancer.network)
    print(f'{args.count} photographs of {HEIGHT * WIDTH / 1e6:.2f} Mpx, {machine_line()}')
    with tempfile.TemporaryDirectory() as folder:
        photographs = Path(folder, 'photographs')
        make_photographs(photographs, args.count)
        job = EnhanceJob(enhancer, Path(folder, 'out'))
        whole, _ = clock(lambda: enhance_all(job, photographs))
    within = sum(seconds for seconds, _ in network.times)
    image = np.random.default_rng(0).uniform(-1, 1, (1, 3, HEIGHT, WIDTH)).astype(np.float32)
    alone = args.count * clock(lambda: network(image), in_a_row=args.count)[0]
    print(f'folder                  {whole:8.2f} s')
    print(f'network within that     {within:8.2f} s, ratio {whole / within:.3f}')
    print(f'network alone           {alone:8.2f} s, ratio {whole / alone:.3f}')


if __name__ == '__main__':
    main()
