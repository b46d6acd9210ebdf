"""Times each metric on 600x400 pictures next to the libraries that a user would otherwise pick.

``python benchmarks/metrics.py`` prints milliseconds on one thread; libraries that are not installed
are left out. ``--agree FOLDER`` compares NIQE with other implementations on ten pictures instead.
None of the libraries is needed by this package except scikit-image.
"""

from __future__ import annotations

import argparse
import importlib
import platform
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2
import numpy as np
import torch

import mmenlighten.registry  # noqa: F401  its workarounds let other libraries import torchvision
from mmenlighten.evaluation import METRIC_NAMES, build_metric
from mmenlighten.evaluation.functional import niqe
from mmenlighten.evaluation.functional.niqe import PARAMETERS
from mmenlighten.photos.image_io import list_images, read_image

Call = Callable[[], object]
SSIM_FLAGS = dict(gaussian_weights=True, sigma=1.5, use_sample_covariance=False, channel_axis=2)


def photograph(height: int, width: int, seed: int = 0) -> np.ndarray:
    """A picture with edges, areas and noise, uint8 RGB."""
    random = np.random.default_rng(seed)
    coarse = random.normal(0, 40, (height // 50 + 2, width // 50 + 2, 3))
    image = 100 + cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(image + random.normal(0, 8, image.shape), 0, 255).astype(np.uint8)


def to_tensor(image: np.ndarray, scale: float = 1.0) -> torch.Tensor:
    """(1, 3, H, W) float32, as libraries on torch take pictures."""
    return torch.from_numpy(image.transpose(2, 0, 1)[None] * np.float32(scale))


def libraries(enhanced: np.ndarray, gt: np.ndarray) -> dict[str, dict[str, Call]]:
    """Calls of other libraries by metric and library; those that cannot be imported are left out.

    Pictures are converted beforehand, which favours the libraries.
    """
    found: dict[str, dict[str, Call]] = {}

    def add(metric: str, library: str, module: str, make: Callable[..., Call]) -> None:
        try:
            call = make(importlib.import_module(module))
        except (ImportError, RuntimeError):
            return
        found.setdefault(metric, {})[library] = call

    one, other = to_tensor(enhanced), to_tensor(gt)
    # fmt: off
    add('PSNR', 'scikit-image', 'skimage.metrics',
        lambda m: lambda: m.peak_signal_noise_ratio(gt, enhanced, data_range=255))
    add('SSIM', 'scikit-image', 'skimage.metrics',
        lambda m: lambda: m.structural_similarity(enhanced, gt, data_range=255, **SSIM_FLAGS))
    add('DeltaE2000', 'scikit-image', 'skimage.color',
        lambda m: lambda: m.deltaE_ciede2000(m.rgb2lab(gt), m.rgb2lab(enhanced)).mean())
    add('MAE', 'NumPy', 'numpy', lambda m: lambda: m.abs(enhanced.astype(float) - gt).mean())
    image = 'torchmetrics.functional.image'
    add('PSNR', 'torchmetrics', image,
        lambda m: lambda: m.peak_signal_noise_ratio(one, other, data_range=255.0))
    add('SSIM', 'torchmetrics', image,
        lambda m: lambda: m.structural_similarity_index_measure(one, other, data_range=255.0))
    multi_scale = 'multiscale_structural_similarity_index_measure'
    add('MS-SSIM', 'torchmetrics', image,
        lambda m: lambda: getattr(m, multi_scale)(one, other, data_range=255.0))
    add('PSNR', 'piq', 'piq', lambda m: lambda: m.psnr(one, other, data_range=255))
    add('SSIM', 'piq', 'piq',
        lambda m: lambda: m.ssim(one, other, data_range=255, downsample=False))
    add('MS-SSIM', 'piq', 'piq', lambda m: lambda: m.multi_scale_ssim(one, other, data_range=255))
    add('MS-SSIM', 'pytorch-msssim', 'pytorch_msssim',
        lambda m: lambda: m.ms_ssim(one, other, data_range=255))
    # fmt: on
    for name, call in niqe_implementations().items():
        found.setdefault('NIQE', {})[name] = lambda call=call: call(enhanced)
    return found


def niqe_implementations() -> dict[str, Callable[[np.ndarray], float]]:
    """Other implementations of NIQE for uint8 RGB, with the parameters of this package."""
    found: dict[str, Callable[[np.ndarray], float]] = {}
    try:
        basicsr = importlib.import_module('basicsr.metrics.niqe')
        found['BasicSR'] = lambda image: float(basicsr.calculate_niqe(image[..., ::-1], 0))
    except (ImportError, RuntimeError):
        pass
    try:
        pyiqa = importlib.import_module('pyiqa.archs.niqe_arch')
    except (ImportError, RuntimeError):
        return found
    with np.load(PARAMETERS) as parameters:
        mean = torch.from_numpy(parameters['mu_pris_param'])
        covariance = torch.from_numpy(parameters['cov_pris_param'])[None]
    for name, space in (('pyiqa', 'yiq'), ('pyiqa, Y of BT.601', 'ycbcr')):
        found[name] = lambda image, space=space: pyiqa.calculate_niqe(
            to_tensor(image, 1 / 255),
            mu_pris_param=mean,
            cov_pris_param=covariance,
            color_space=space,
        ).item()
    return found


def milliseconds(calls: dict[str, Call], repeats: int) -> dict[str, float]:
    """Median time of each call; they take turns, so that a drift of the machine hits all alike."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(repeats + 1):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            if turn:  # the first one warms up
                times[name].append(1000 * (time.perf_counter() - start))
    return {name: float(np.median(values)) for name, values in times.items()}


def compare_speed(height: int, width: int, repeats: int) -> None:
    """Prints the table of times."""
    low = photograph(height, width) // 6
    enhanced, gt = np.minimum(low * 5 + 3, 255).astype(np.uint8), photograph(height, width)
    others = libraries(enhanced, gt)
    print(f'{"metric":16}{"this package":>14}   others, ms of one {width}x{height} picture')
    for name in METRIC_NAMES:
        if name.startswith('LPIPS'):  # as fast as torch's convolutions, and needs weights
            continue
        metric = build_metric(name)
        reference = {'gt': gt, 'low': low, None: None}[metric.reference]
        calls = {'own': lambda m=metric, r=reference: m.measure(enhanced, r)} | others.get(name, {})
        times = milliseconds(calls, repeats)
        own = times.pop('own')
        rest = ', '.join(f'{library} {value:.1f}' for library, value in times.items())
        print(f'{name:16}{own:14.2f}   {rest}')


def compare_niqe(folder: str, count: int) -> None:
    """Prints NIQE of the first pictures of a folder by all implementations."""
    others = niqe_implementations()
    print(f'{"picture":16}{"this package":>14}' + ''.join(f'{name:>22}' for name in others))
    for name in list_images(folder)[:count]:
        image = read_image(Path(folder) / name)
        values = [niqe(image), *(call(image) for call in others.values())]
        print(f'{name:16}{values[0]:14.5f}' + ''.join(f'{value:22.5f}' for value in values[1:]))


def main(argv: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--size', type=int, nargs=2, default=(600, 400), help='width and height')
    parser.add_argument('--repeats', type=int, default=10)
    parser.add_argument('--agree', metavar='FOLDER', help='compare NIQE on its pictures')
    parser.add_argument('--count', type=int, default=10, help='pictures for --agree')
    args = parser.parse_args(argv)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    if args.agree:
        compare_niqe(args.agree, args.count)
        return
    print(f'{platform.machine()}, NumPy {np.__version__}, OpenCV {cv2.__version__}, one thread')
    compare_speed(args.size[1], args.size[0], args.repeats)


if __name__ == '__main__':
    main()
