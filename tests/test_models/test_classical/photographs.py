"""Pictures with which classical enhancers are compared."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from skimage.data import astronaut as read_astronaut
from torch import Tensor

from mmenlighten.models.classical.histogram_enhancer import CODES, HistogramEnhancer
from tests.golden import REPOSITORY

REFERENCE = REPOSITORY.parent / 'shared' / 'reference' / 'classical'


def astronaut(factor: float = 0.12, size: int = 256) -> np.ndarray:
    """scikit-image's astronaut (NASA, public domain), darkened; uint8 RGB (size, size, 3)."""
    small = cv2.resize(read_astronaut(), (size, size), interpolation=cv2.INTER_AREA)
    return np.rint(small * factor).astype(np.uint8)


def smooth_shades(low: float, high: float) -> Tensor:
    """Grey levels much finer than 8 bits, all different; (1, 3, 48, 60)."""
    return torch.linspace(low, high, 48 * 60).reshape(1, 1, 48, 60).expand(1, 3, -1, -1)


def reference(path: str) -> np.ndarray:
    """A picture of the reference outputs, uint8 RGB, or a skip where they are not there."""
    return _read(REFERENCE / path)


def _read(path: Path) -> np.ndarray:
    image = cv2.imread(str(path))
    if image is None:
        pytest.skip(f'no reference output {path}')
    return np.ascontiguousarray(image[..., ::-1])


def to_image(picture: np.ndarray) -> Tensor:
    """uint8 (H, W, 3) as float32 (1, 3, H, W) in [0, 1]."""
    return torch.from_numpy(picture.transpose(2, 0, 1).astype(np.float32) / 255)[None]


def to_levels(image: Tensor) -> np.ndarray:
    """(1, 3, H, W) in [0, 1] as uint8 (H, W, 3)."""
    levels = (image[0].clamp(0, 1) * 255).round().to(torch.uint8)
    return levels.permute(1, 2, 0).numpy()


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    """In dB; infinite for equal pictures."""
    error = np.mean((one.astype(float) - other.astype(float)) ** 2)
    return np.inf if error == 0 else 10 * np.log10(255**2 / error)


def equalized_by_tensors(enhancer: HistogramEnhancer, picture: np.ndarray) -> np.ndarray:
    """A picture whose whole levels tensors equalise, as they do where flat areas are kept."""
    forth, back, plane = CODES.get(enhancer.channel, (None, None, slice(None)))
    converted = picture.copy() if forth is None else cv2.cvtColor(picture, forth)
    planes = torch.from_numpy(np.atleast_3d(converted[..., plane])).permute(2, 0, 1).float()
    equalized = enhancer.equalize(planes, is_rounded=True).permute(1, 2, 0).numpy()
    assert (equalized == equalized.round()).all()
    converted[..., plane] = equalized if forth is None else equalized[..., 0]
    return converted if back is None else cv2.cvtColor(converted, back)
