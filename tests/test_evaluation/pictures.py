"""Pictures to measure, and the published pairs where they are at hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmenlighten.models import CLAHE, GammaCorrection
from mmenlighten.photos.image_io import read_image

LOL_EVAL = Path(__file__).resolve().parents[3] / 'shared' / 'data' / 'lol_eval'
NAMES = ('1.png', '22.png', '23.png', '55.png', '79.png')

needs_lol_eval = pytest.mark.skipif(not LOL_EVAL.is_dir(), reason='needs the LOL pairs')


def noise(seed: int, height: int = 24, width: int = 31) -> np.ndarray:
    """A noise picture, uint8 RGB, each channel of a level of its own."""
    random = np.random.default_rng(seed)
    levels = (60, 140, 256)
    return np.stack([random.integers(0, n, (height, width), np.uint8) for n in levels], axis=2)


def noisy(image: np.ndarray, deviation: float = 12) -> np.ndarray:
    """The picture with noise on top, uint8 RGB."""
    random = np.random.default_rng(7)
    return np.clip(image + random.normal(0, deviation, image.shape), 0, 255).astype(np.uint8)


def lol_pairs() -> list[tuple[np.ndarray, np.ndarray]]:
    """Input and ground truth of five of the fifteen evaluation pairs of LOL."""
    return [(read_image(LOL_EVAL / 'low' / n), read_image(LOL_EVAL / 'high' / n)) for n in NAMES]


def gamma_correction(image: np.ndarray, gamma: float = 0.5) -> np.ndarray:
    return GammaCorrection(gamma).enhance_array(image)


def clahe(image: np.ndarray, clip_limit: float = 2.0, tiles: int = 8) -> np.ndarray:
    return CLAHE(clip_limit, (tiles, tiles)).enhance_array(image)
