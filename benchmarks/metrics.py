"""Times each metric on 600x400 pictures next to the libraries that a user would otherwise pick.

``python benchmarks/metrics.py`` prints milliseconds on one thread; libraries that are not installed
are left out. ``--agree FOLDER`` compares NIQE with other implementations on ten pictures instead.
None of the libraries is needed by this package except scikit-image.
"""

from __future__ import annotations

import importlib
import platform
import statistics
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2
import numpy as np
import torch

import mmenlighten.registry  # noqa: F401  its workarounds let other libraries import torchvision
from benchmarks.harness import Options, clock, in_turns
from mmenlighten.evaluation import METRIC_NAMES, build_metric
from mmenlighten.evaluation.functional import niqe
from mmenlighten.evaluation.functional.niqe import PARAMETERS
from mmenlighten.photos.image_io import list_images, read_image

SSIM_FLAGS = dict(gaussian_weights=True, sigma=1.5, use_sample_covariance=False, channel_axis=2)
TORCHMETRICS = 'torchmetrics.functional.image'
LIBRARIES: tuple[tuple[str, str, str, Callable[[Any, Any, Any], object]], ...] = (
    ('PSNR', 'scikit-image', 'skimage.metrics',
     lambda m, a, b: m.peak_signal_noise_ratio(b, a, data_range=255)),
    ('SSIM', 'scikit-image', 'skimage.metrics',
     lambda m, a, b: m.structural_similarity(a, b, data_range=255, **SSIM_FLAGS)),
    ('DeltaE2000', 'scikit-image', 'skimage.color',
     lambda m, a, b: m.deltaE_ciede2000(m.rgb2lab(b), m.rgb2lab(a)).mean()),
    ('MAE', 'NumPy', 'numpy', lambda m, a, b: m.abs(a.astype(float) - b).mean()),
    ('PSNR', 'torchmetrics', TORCHMETRICS,
     lambda m, a, b: m.peak_signal_noise_ratio(a, b, data_range=255.0)),
    ('SSIM', 'torchmetrics', TORCHMETRICS,
     lambda m, a, b: m.structural_similarity_index_measure(a, b, data_range=255.0)),
    ('MS-SSIM', 'torchmetrics', TORCHMETRICS,
     lambda m, a, b: m.multiscale_structural_similarity_index_measure(a, b, data_range=255.0)),
    ('PSNR', 'piq', 'piq', lambda m, a, b: m.psnr(a, b, data_range=255)),
    ('SSIM', 'piq', 'piq', lambda m, a, b: m.ssim(a, b, data_range=255, downsample=False)),
    ('MS-SSIM', 'piq', 'piq', lambda m, a, b: m.multi_scale_ssim(a, b, data_range=255)),
    ('MS-SSIM', 'pytorch-msssim', 'pytorch_msssim',
     lambda m, a, b: m.ms_ssim(a, b, data_range=255)),
)  # fmt: skip
"""Metric, library, module, and the call for two pictures: arrays, or tensors where it uses torch.

They are converted beforehand, which favours the libraries.
"""


def photograph(height: int, width: int, seed: int = 0) -> np.ndarray:
    """A picture with edges, areas and noise, uint8 RGB."""
    random = np.random.default_rng(seed)
    coarse = random.normal(0, 40, (height // 50 + 2, width // 50 + 2, 3))
    image = 100 + cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(image + random.normal(0, 8, image.shape), 0, 255).astype(np.uint8)


def to_tensor(image: np.ndarray, scale: float = 1.0) -> torch.Tensor:
    """(1, 3, H, W) float32, as libraries on torch take pictures."""
    return torch.from_numpy(image.transpose(2, 0, 1)[None] * np.float32(scale))


def niqe_implementations() -> dict[str, Callable[[np.ndarray], float]]:
    """Other implementations of NIQE for uint8 RGB, with the parameters of this package."""
    found: dict[str, Callable[[np.ndarray], float]] = {}
    with suppress(ImportError, RuntimeError):
        basicsr = importlib.import_module('basicsr.metrics.niqe')
        found['BasicSR'] = lambda image: float(basicsr.calculate_niqe(image[..., ::-1], 0))
    with suppress(ImportError, RuntimeError), np.load(PARAMETERS) as parameters:
        pyiqa = importlib.import_module('pyiqa.archs.niqe_arch')
        mean = torch.from_numpy(parameters['mu_pris_param'])
        covariance = torch.from_numpy(parameters['cov_pris_param'])[None]
        fixed = dict(mu_pris_param=mean, cov_pris_param=covariance)
        for name, space in (('pyiqa', 'yiq'), ('pyiqa, Y of BT.601', 'ycbcr')):
            found[name] = lambda image, space=space: pyiqa.calculate_niqe(
                to_tensor(image, 1 / 255), color_space=space, **fixed
            ).item()
    return found


def compare_speed(height: int, width: int, repeats: int) -> None:
    """Prints the table of times: the medians, as the calls take turns."""
    gt = photograph(height, width)
    low = gt // 6
    enhanced = np.minimum(low * 5 + 3, 255).astype(np.uint8)
    calls: dict[str, dict[str, Callable[[], object]]] = {
        'NIQE': {name: partial(call, enhanced) for name, call in niqe_implementations().items()}
    }
    for metric, library, module, call in LIBRARIES:
        arrays = enhanced, gt
        pair = arrays if library in ('scikit-image', 'NumPy') else map(to_tensor, arrays)
        with suppress(ImportError, RuntimeError):
            imported = importlib.import_module(module)
            calls.setdefault(metric, {})[library] = partial(call, imported, *pair)
    print(f'{"metric":16}{"this package":>14}   others, ms of one {width}x{height} picture')
    for name in METRIC_NAMES:
        if name.startswith('LPIPS'):  # as fast as torch's convolutions, and needs weights
            continue
        metric = build_metric(name)
        reference = {'gt': gt, 'low': low, None: None}[metric.reference]
        rows = {'own': partial(metric.measure, enhanced, reference), **calls.get(name, {})}
        turns = in_turns({key: partial(clock, call) for key, call in rows.items()}, repeats)
        times = {key: 1000 * statistics.median(t[0] for t in turns[key]) for key in rows}
        own = times.pop('own')
        rest = ', '.join(f'{library} {value:.1f}' for library, value in times.items())
        print(f'{name:16}{own:14.2f}   {rest}')


def compare_niqe(folder: str, count: int) -> None:
    """Prints NIQE of the first pictures of a folder by all implementations."""
    others = niqe_implementations()
    print(f'{"picture":16}{"this package":>14}' + ''.join(f'{name:>22}' for name in others))
    for name in list_images(folder)[:count]:
        image = read_image(Path(folder) / name)
        values = ''.join(f'{call(image):22.5f}' for call in others.values())
        print(f'{name:16}{niqe(image):14.5f}{values}')


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = Options(__doc__, repeats=10)
    parser.add('--size', [600, 400], 'width and height', nargs=2)
    parser.add('--agree', metavar='FOLDER', help='compare NIQE on its pictures')
    parser.add('--count', 10, 'pictures for --agree')
    args = parser.read(arguments)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    if args.agree:
        compare_niqe(args.agree, args.count)
        return
    print(f'{platform.machine()}, NumPy {np.__version__}, OpenCV {cv2.__version__}, one thread')
    compare_speed(args.size[1], args.size[0], args.repeats)


if __name__ == '__main__':
    main()
