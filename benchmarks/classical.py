"""Times the classical methods, next to public Python implementations where they are at hand.

``python benchmarks/classical.py`` prints, for each method, milliseconds for one picture of 400x600
and of 2 megapixels, how much longer a batch of 8 takes than one picture, the cost per pixel at 2
and 12 megapixels relative to 400x600, and the memory at its peak. On the CPU one picture is an
array of uint8, as the public implementations take it; batches, and all on a GPU, are tensors. The
picture is a photograph of scikit-image, mirrored to the size, so that its statistics are those of
any size.

What OpenCV and scikit-image have is compared with in any case. ``--public FOLDER`` compares with
other programs: a file ``FOLDER/<name>.py`` defines ``METHODS``, functions by the names below that
each enhance an array (H, W, 3), uint8 RGB.
"""

from __future__ import annotations

import argparse
import runpy
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2
import numpy as np
import torch
from skimage import exposure
from skimage.data import astronaut

from benchmarks.harness import Options, Table, apart, begin_peak, clock, in_turns, resident
from mmenlighten.models.classical import ClassicalEnhancer
from mmenlighten.registry import MODELS

METHODS: dict[str, dict[str, Any]] = {
    'Classic': dict(type='PhotographicRetinex'),
    'LIME': dict(type='LIME'),
    'LIME-spedup': dict(type='LIME', solver='spedup'),
    'LIME-exact': dict(type='LIME', solver='exact'),
    'SRIE': dict(type='SRIE'),
    'JED': dict(type='JED'),
    'RobustRetinex': dict(type='RobustRetinex'),
    'Gamma': dict(type='GammaCorrection'),
    'HE': dict(type='HistogramEqualization'),
    'AHE': dict(type='CLAHE', clip_limit=0, channel='hsv'),
    'CLAHE': dict(type='CLAHE'),
    'SSR': dict(type='SingleScaleRetinex'),
    'MSR': dict(type='MultiScaleRetinex'),
    'MSRCR-IPOL': dict(type='MultiScaleRetinexIPOL'),
    'MSRCR-OpenCE': dict(type='MultiScaleRetinexOpenCE'),
    'MSRCP': dict(type='MultiScaleRetinexChromaticityPreserving'),
    'NPE': dict(type='NPE'),
}
SMALL, MIDDLE, LARGE = (400, 600), (1200, 1680), (3000, 4000)
"""Heights and widths of 0.24, 2 and 12 megapixels."""
BATCH = 8
COLUMNS = (
    *('400x600', '      public', 'ratio', '2 MP', '      public', 'ratio'),
    *('batch of 8', '2 MP', '12 MP', 'B/pixel'),
)


def opencv_on(
    forth: int, back: int, plane: int, equalize: Callable[[np.ndarray], np.ndarray]
) -> Callable[[np.ndarray], np.ndarray]:
    """An equalisation by OpenCV of one plane of another colour space."""

    def run(picture: np.ndarray) -> np.ndarray:
        planes = list(cv2.split(cv2.cvtColor(picture, forth)))
        planes[plane] = equalize(planes[plane])
        return cv2.cvtColor(cv2.merge(planes), back)

    return run


HSV, LAB = (cv2.COLOR_RGB2HSV, cv2.COLOR_HSV2RGB, 2), (cv2.COLOR_RGB2LAB, cv2.COLOR_LAB2RGB, 0)
LIBRARIES: dict[str, dict[str, Callable[[np.ndarray], object]]] = {
    'Gamma': dict(skimage=lambda picture: exposure.adjust_gamma(picture, 1 / 2.2)),
    'HE': dict(opencv=opencv_on(*HSV, cv2.equalizeHist), skimage=exposure.equalize_hist),
    'AHE': dict(opencv=opencv_on(*HSV, cv2.createCLAHE(0, (8, 8)).apply)),
    'CLAHE': dict(
        opencv=opencv_on(*LAB, cv2.createCLAHE(2, (8, 8)).apply),
        skimage=exposure.equalize_adapthist,
    ),
}
"""What installed libraries have, by method."""


def find_public(method: str, folder: Path | None) -> dict[str, Callable[[np.ndarray], object]]:
    """The implementations of a method in libraries and in a folder."""
    found = dict(LIBRARIES.get(method, {}))
    for file in sorted(folder.glob('*.py')) if folder else ():
        methods = runpy.run_path(str(file)).get('METHODS', {})
        found |= {file.stem: methods[method]} if method in methods else {}
    return found


def dark_picture(height: int, width: int) -> np.ndarray:
    """A dark photograph with a little noise, mirrored until it fills the size; uint8 RGB."""
    photograph = astronaut() * 0.12
    missing = [max(0, size - edge) for size, edge in zip((height, width), photograph.shape)]
    picture = np.pad(photograph, ((0, missing[0]), (0, missing[1]), (0, 0)), 'symmetric')
    picture = picture[:height, :width]
    noise = np.random.default_rng(0).normal(0, 1, picture.shape)
    return np.clip(np.rint(picture + noise), 0, 255).astype(np.uint8)


def batch_call(
    enhancer: ClassicalEnhancer, picture: np.ndarray, count: int, device: str
) -> Callable[[], object]:
    """Enhances the picture several times, as (N, 3, H, W) in [-1, 1]."""
    image = torch.from_numpy(picture.transpose(2, 0, 1).astype(np.float32) / 127.5 - 1)
    images = image.expand(count, -1, -1, -1).contiguous().to(device)
    return torch.no_grad()(partial(enhancer.enhance, images))


def fastest(calls: dict[str, Callable[[], object]], args: argparse.Namespace) -> dict[str, float]:
    """Seconds of each call, the fastest of several, taken in turn so that all see the same load."""
    clocks = {name: partial(clock, call, args.device) for name, call in calls.items()}
    turns = in_turns(clocks, args.repeats, warm_up=0)
    return {name: min(times)[0] for name, times in turns.items()}


def measure(name: str, args: argparse.Namespace) -> list[str]:
    """The cells of one row."""
    enhancer = MODELS.build(METHODS[name])

    def call_on(size: tuple[int, int], count: int = 1) -> Callable[[], object]:
        picture = dark_picture(*size)
        if args.device == 'cpu' and count == 1:
            return partial(enhancer.enhance_array, picture)
        return batch_call(enhancer, picture, count, args.device)

    call_on(SMALL)()
    cells, seconds = [], {}
    for size in (SMALL, MIDDLE):
        public = find_public(name, args.public)
        calls = {key: partial(run, dark_picture(*size)) for key, run in public.items()}
        times = fastest({'own': call_on(size), **calls}, args)
        own = seconds[size] = times.pop('own')
        best = min(times, key=times.__getitem__, default=None)
        cells.append(f'{own * 1e3:.3g}')
        cells.append('-' if best is None else f'{times[best] * 1e3:.3g} {best}')
        cells.append('-' if best is None else f'{times[best] / own:.1f}x')
    small = dark_picture(*SMALL)
    batches = {str(n): batch_call(enhancer, small, n, args.device) for n in (1, BATCH)}
    one, batch = fastest(batches, args).values()
    if args.quick:
        args = argparse.Namespace(**{**vars(args), 'repeats': 1})
    seconds[LARGE] = fastest({'own': call_on(LARGE)}, args)['own']
    per_pixel = {size: value / (size[0] * size[1]) for size, value in seconds.items()}
    cells.append(f'{batch / one:.1f}x')
    cells += [f'{per_pixel[size] / per_pixel[SMALL]:.2f}x' for size in (MIDDLE, LARGE)]
    peak = apart('classical.py', '--memory-of', name, '--device', args.device)
    return [*cells, f'{peak / (MIDDLE[0] * MIDDLE[1]):.0f}']


def peak_memory(name: str, device: str) -> int:
    """Bytes at the peak of enhancing 2 megapixels in this fresh process."""
    enhancer = MODELS.build(METHODS[name])
    batch_call(enhancer, dark_picture(64, 64), 1, device)()
    call = batch_call(enhancer, dark_picture(*MIDDLE), 1, device)
    if device == 'cpu':
        before = begin_peak()
        call()
        return (resident('VmHWM') or 0) - before
    before = torch.cuda.memory_allocated()
    torch.cuda.reset_peak_memory_stats()
    call()
    return torch.cuda.max_memory_allocated() - before


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the table."""
    parser = Options(__doc__, 'device', threads=2, repeats=3)
    parser.add('--methods', list(METHODS), 'rows', choices=METHODS)
    parser.add('--public', metavar='FOLDER', type=Path)
    parser.add('--quick', False, '12 megapixels once only')
    parser.add('--memory-of', choices=METHODS, help=argparse.SUPPRESS)
    args = parser.read(arguments)
    if args.memory_of:
        print(peak_memory(args.memory_of, args.device))
        return
    print(f'{args.threads} threads, {args.device}; milliseconds, and cost per pixel at 2 and 12 MP')
    table = Table('method', COLUMNS, 16)
    for name in args.methods:
        table.row(name, *measure(name, args))


if __name__ == '__main__':
    main()
