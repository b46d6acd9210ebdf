"""Calls public Python implementations of the classical methods, if a folder has them.

Each is imported from the sub-folder named here, a copy of the repository or file. Some need a line
changed for today's SciPy (``scipy.ndimage.filters`` is ``scipy.ndimage``, ``tol`` is ``rtol``).
Most of them compute something else than the paper, for less or more work; they are here for their
speed alone.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
from skimage import exposure

Run = Callable[[np.ndarray], object]
"""Enhances a picture, uint8 RGB."""


def pvnieo_lime(folder: Path) -> Run:
    """github.com/pvnieo/Low-light-Image-Enhancement: sped-up solver, direct."""
    module = import_from(folder, 'exposure_enhancement')
    return lambda picture: module.enhance_image_exposure(picture, 0.6, 0.15, dual=False)


def aeinrw_lime(folder: Path) -> Run:
    """github.com/aeinrw/LIME: 10 alternating steps, transforms of one dimension."""
    module = import_from(folder, 'LIME_CLI')
    module.trange = range
    return on_file(lambda file: enhance_with(module.LIME(), file))


def enhance_with(lime: object, file: str) -> None:
    """Loads and enhances, as the program does."""
    lime.load(file)  # type: ignore[attr-defined]
    lime.enhance()  # type: ignore[attr-defined]


def wiitt_lime(folder: Path) -> Run:
    """github.com/wiitt/Python-LIME: sped-up solver, direct; without its BM3D."""
    sys.modules.setdefault('bm3d', ModuleType('bm3d'))
    sys.modules['bm3d'].bm3d = None  # type: ignore[attr-defined]
    module = import_from(folder, 'LIME_functions')

    def run(picture: np.ndarray) -> np.ndarray:
        image = picture / 255
        refined = module.update_illumination_map(image.max(2))
        return image / module.gamma_correction(refined, 0.8)[..., None]

    return run


def wvm_srie(folder: Path) -> Run:
    """wvm_admm.py: SRIE for each channel in [0, 1], mean weights, at most 50 steps."""
    module = import_from(folder, 'wvm_admm')

    def run(picture: np.ndarray) -> np.ndarray:
        channels = []
        for channel in np.moveaxis(picture.astype(np.float32) / 255, 2, 0):
            reflectance, illumination = module.decompose_single_channel(channel)
            channels.append(reflectance * np.power(illumination, 1 / 2.2))
        return np.stack(channels, 2)

    return run


def kazulive_jed(folder: Path) -> Run:
    """github.com/kazulive/Low_Light_Image_Enhancement: incomplete LU and BiCGSTAB."""
    light = import_from(folder, 'pcg_estimate_l').IlluminationEstimation
    surface = import_from(folder, 'pcg_estimate_r').ReflectanceEstimation

    def run(picture: np.ndarray) -> np.ndarray:
        image = picture.astype(np.float32) / 255
        luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        illumination = light(0.01, 0.4, 1 / 8, 1.0, 1e-3).get_illumination(luma, luma)
        settings = dict(beta=0.001, omega=0.016, eps=1e-4, lam=10.0, sigma=10.0)
        channels = []
        for channel in np.moveaxis(image, 2, 0):
            estimate = surface(np.ascontiguousarray(channel), illumination, **settings)
            channels.append(estimate.get_reflectance(image, channel, illumination)[0])
        return np.stack(channels, 2) * np.abs(illumination)[..., None] ** (1 / 2.2)

    return run


def robust_retinex_port(folder: Path) -> Run:
    """robust_retinex.py: V of HSV, 10 steps, conjugate gradients with a Fourier preconditioner."""
    module = import_from(folder, 'robust_retinex')
    return on_file(module.RobustRetinex().enhance)


def dongb5(folder: Path, method: str) -> Run:
    """github.com/dongb5/Retinex: OpenCV's blur in float64; names as in its ``config.json``."""
    module = import_from(folder, 'retinex')
    scales = [15, 80, 250]
    if method == 'MSRCR':
        return lambda picture: module.MSRCR(picture, scales, 5.0, 25.0, 125.0, 46.0, 0.01, 0.99)
    return lambda picture: module.MSRCP(picture, scales, 0.01, 0.99)


def muggledy(folder: Path, method: str) -> Run:
    """github.com/muggledy/retinex: blur by OpenCV's Fourier transform; scales from 12, not 15."""
    module = import_from(folder, 'retinex')
    run = getattr(module, f'retinex_{method}').__wrapped__
    return (lambda picture: run(picture, 80)) if method == 'SSR' else run


def opencv_on(channel: str, equalize: Callable[[np.ndarray], np.ndarray]) -> Run:
    """An equalisation by OpenCV of one plane of Lab or HSV."""
    forth, back, plane = dict(
        lab=(cv2.COLOR_RGB2LAB, cv2.COLOR_LAB2RGB, 0), hsv=(cv2.COLOR_RGB2HSV, cv2.COLOR_HSV2RGB, 2)
    )[channel]

    def run(picture: np.ndarray) -> np.ndarray:
        planes = list(cv2.split(cv2.cvtColor(picture, forth)))
        planes[plane] = equalize(planes[plane])
        return cv2.cvtColor(cv2.merge(planes), back)

    return run


LIBRARIES: dict[str, dict[str, Run]] = {
    'Gamma': dict(skimage=lambda picture: exposure.adjust_gamma(picture, 1 / 2.2)),
    'HE': dict(
        opencv=opencv_on('hsv', cv2.equalizeHist),
        skimage=lambda picture: exposure.equalize_hist(picture),
    ),
    'AHE': dict(opencv=opencv_on('hsv', cv2.createCLAHE(0, (8, 8)).apply)),
    'CLAHE': dict(
        opencv=opencv_on('lab', cv2.createCLAHE(2, (8, 8)).apply),
        skimage=lambda picture: exposure.equalize_adapthist(picture),
    ),
}
"""What installed libraries have, by method."""


PUBLIC: dict[str, dict[str, Callable[[Path], Run]]] = {
    'LIME': dict(pvnieo=pvnieo_lime, aeinrw=aeinrw_lime, wiitt=wiitt_lime),
    'SRIE': dict(wvm=wvm_srie),
    'JED': dict(kazulive=kazulive_jed),
    'RobustRetinex': dict(rrm=robust_retinex_port),
    'SSR': dict(muggledy=lambda folder: muggledy(folder, 'SSR')),
    'MSR': dict(muggledy=lambda folder: muggledy(folder, 'MSR')),
    'MSRCR-IPOL': dict(
        dongb5=lambda folder: dongb5(folder, 'MSRCR'),
        muggledy=lambda folder: muggledy(folder, 'MSRCR'),
    ),
    'MSRCR-OpenCE': dict(
        dongb5=lambda folder: dongb5(folder, 'MSRCR'),
        muggledy=lambda folder: muggledy(folder, 'MSRCR'),
    ),
    'MSRCP': dict(
        dongb5=lambda folder: dongb5(folder, 'MSRCP'),
        muggledy=lambda folder: muggledy(folder, 'MSRCP'),
    ),
}
"""Loaders by method and sub-folder."""


def find_public(method: str, folder: Path | None) -> dict[str, Run]:
    """The implementations of a method in libraries, and those whose sub-folder is there."""
    loaders = {} if folder is None else PUBLIC.get(method, {})
    found = dict(LIBRARIES.get(method, {}))
    for name, load in loaders.items():
        if (folder / name).is_dir():
            found[name] = load(folder / name)
    return found


def import_from(folder: Path, name: str) -> ModuleType:
    """Imports a module, with its neighbours, from a folder."""
    sys.path.insert(0, str(folder))
    try:
        for neighbour in folder.glob('*.py'):  # modules of other folders have the same names
            sys.modules.pop(neighbour.stem, None)
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))


def on_file(run: Callable[[str], object]) -> Run:
    """Lets an implementation that reads a file take an array: an uncompressed file in memory."""

    def call(picture: np.ndarray) -> object:
        with tempfile.NamedTemporaryFile(suffix='.bmp', dir='/dev/shm') as file:
            cv2.imwrite(file.name, picture[..., ::-1])
            return run(file.name)

    return call
