"""Times the classical methods, next to public Python implementations where they are at hand.

``python benchmarks/classical.py`` prints, for each method, milliseconds for one picture of 400x600
and of 2 megapixels, how much longer a batch of 8 takes than one picture, the cost per pixel at 2
and 12 megapixels relative to 400x600, and the memory at its peak. On the CPU one picture is an
array of uint8, as the public implementations take it; batches, and all on a GPU, are tensors.

All is measured in one run, on as many threads as ``--threads`` says and on a GPU with ``--device
cuda``; the picture is a photograph of scikit-image, mirrored to the size, so that its statistics
are those of any size.

What installed libraries have is compared with in any case, and ``--public FOLDER`` compares with
what lies in the folder; benchmarks/public_implementations.py says under which names. Nothing of it
is part of this package.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import torch
from skimage.data import astronaut

from benchmarks.public_implementations import find_public
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
COLUMNS = [
    *('400x600', 'public', 'ratio', '2 MP', 'public', 'ratio'),
    *('batch of 8', '2 MP', '12 MP', 'B/pixel'),
]


def dark_picture(height: int, width: int) -> np.ndarray:
    """A dark photograph with a little noise, mirrored until it fills the size; uint8 RGB."""
    photograph = astronaut() * 0.12
    missing = [max(0, size - edge) for size, edge in zip((height, width), photograph.shape)]
    picture = np.pad(photograph, ((0, missing[0]), (0, missing[1]), (0, 0)), 'symmetric')
    picture = picture[:height, :width]
    noise = np.random.default_rng(0).normal(0, 1, picture.shape)
    return np.clip(np.rint(picture + noise), 0, 255).astype(np.uint8)


def to_batch(picture: np.ndarray, count: int, device: str) -> torch.Tensor:
    """The picture several times, as (N, 3, H, W) in [-1, 1]."""
    image = torch.from_numpy(picture.transpose(2, 0, 1).astype(np.float32) / 127.5 - 1)
    return image.expand(count, -1, -1, -1).contiguous().to(device)


def enhance_call(enhancer: ClassicalEnhancer, images: torch.Tensor) -> Callable[[], object]:
    """Enhances a batch and waits for the device."""

    def call() -> None:
        with torch.no_grad():
            enhancer.enhance(images)
        if images.is_cuda:
            torch.cuda.synchronize()

    return call


def picture_call(
    enhancer: ClassicalEnhancer, picture: np.ndarray, device: str
) -> Callable[[], object]:
    """Enhances one picture, which is an array on the CPU."""
    if device == 'cpu':
        return lambda: enhancer.enhance_array(picture)
    return enhance_call(enhancer, to_batch(picture, 1, device))


def fastest(calls: Sequence[Callable[[], object]], repeats: int) -> list[float]:
    """Seconds of each call, the fastest of several, taken in turn so that all see the same load."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(repeats):
        for call, own in zip(calls, times):
            start = time.perf_counter()
            call()
            own.append(time.perf_counter() - start)
    return [min(own) for own in times]


def measure(name: str, args: argparse.Namespace) -> list[str]:
    """The cells of one row."""
    enhancer = MODELS.build(METHODS[name])
    small = dark_picture(*SMALL)
    picture_call(enhancer, small, args.device)()
    cells, seconds = [], {}
    for size in (SMALL, MIDDLE):
        picture = dark_picture(*size)
        public = find_public(name, args.public)
        calls = [picture_call(enhancer, picture, args.device)]
        calls += [lambda run=run, picture=picture: run(picture) for run in public.values()]
        own, *others = fastest(calls, args.repeats)
        seconds[size] = own
        cells.append(f'{own * 1e3:.3g}')
        best = min(zip(others, public), default=None)
        cells.append('-' if best is None else f'{best[0] * 1e3:.3g} {best[1]}')
        cells.append('-' if best is None else f'{best[0] / own:.1f}x')
    one, batch = fastest(
        [enhance_call(enhancer, to_batch(small, n, args.device)) for n in (1, BATCH)], args.repeats
    )
    cells.append(f'{batch / one:.1f}x')
    per_pixel = seconds[SMALL] / (SMALL[0] * SMALL[1])
    for size in (MIDDLE, LARGE):
        if size not in seconds:
            call = picture_call(enhancer, dark_picture(*size), args.device)
            (seconds[size],) = fastest([call], 1 if args.quick else args.repeats)
        cells.append(f'{seconds[size] / (size[0] * size[1]) / per_pixel:.2f}x')
    command = [sys.executable, __file__, '--memory-of', name, '--device', args.device]
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    cells.append(result.stdout.split()[-1])
    return cells


def bytes_per_pixel(name: str, device: str) -> float:
    """Memory at the peak of enhancing 2 megapixels in this fresh process, for each pixel."""
    enhancer = MODELS.build(METHODS[name])
    enhance_call(enhancer, to_batch(dark_picture(64, 64), 1, device))()
    images = to_batch(dark_picture(*MIDDLE), 1, device)
    if device != 'cpu':
        before = torch.cuda.memory_allocated()
        torch.cuda.reset_peak_memory_stats()
    else:
        Path('/proc/self/clear_refs').write_text('5')  # the peak starts anew
        before = resident('VmRSS')
    enhance_call(enhancer, images)()
    after = torch.cuda.max_memory_allocated() if device != 'cpu' else resident('VmHWM')
    return (after - before) / (MIDDLE[0] * MIDDLE[1])


def resident(kind: str) -> int:
    """Resident memory of this process in bytes: ``VmRSS`` now, ``VmHWM`` at its peak."""
    lines = Path('/proc/self/status').read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(kind))


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--methods', nargs='+', default=list(METHODS), choices=list(METHODS))
    parser.add_argument('--public', type=Path, metavar='FOLDER')
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--repeats', type=int, default=3)
    parser.add_argument('--quick', action='store_true', help='12 megapixels once only')
    parser.add_argument('--device', default='cpu')
    parser.add_argument('--memory-of', choices=list(METHODS), help=argparse.SUPPRESS)
    args = parser.parse_args(arguments)
    torch.set_num_threads(args.threads)
    if args.memory_of:
        print(f'{bytes_per_pixel(args.memory_of, args.device):.0f}')
        return
    print(f'{args.threads} threads, {args.device}; milliseconds, and cost per pixel at 2 and 12 MP')
    print(f'{"method":16}' + ''.join(f'{column:>14}' for column in COLUMNS))
    for name in args.methods:
        cells = measure(name, args)
        print(f'{name:16}' + ''.join(f'{cell:>14}' for cell in cells), flush=True)


if __name__ == '__main__':
    main()
