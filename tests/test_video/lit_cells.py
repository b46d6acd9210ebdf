"""A network that lights a picture cell by cell, in NumPy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mmenlighten.inference import NetworkTraits
from mmenlighten.utils.padding_geometry import Window

CELLS = 8


class LitCells:
    """Gives each of 8 x 8 cells a gain by what the cell across shows; flickers with its noise."""

    traits = NetworkTraits(size_multiple=1, receptive_field_radius=0, thumbnail_size=CELLS)

    def __init__(self, share: float = 0.4) -> None:
        self.share = share
        self.frames = 0

    def __call__(self, images: np.ndarray) -> np.ndarray:
        raise AssertionError('A frame without a grid.')

    def prepare(self, thumbnails: np.ndarray) -> np.ndarray:
        return -self.share * np.log((thumbnails[..., ::-1, ::-1] + 1) / 2 + np.float32(0.02))

    def enhance_part(
        self,
        images: np.ndarray,
        grids: np.ndarray,
        windows: Sequence[Window],
        denoise: float | None = None,
        colour: float = 1.0,
    ) -> np.ndarray:
        self.frames += len(images)
        result = np.empty_like(images)
        for image, grid, window, out in zip(images, grids, windows, result):
            rows = (int(window.top) + np.arange(image.shape[1])) * CELLS // int(window.height)
            columns = (int(window.left) + np.arange(image.shape[2])) * CELLS // int(window.width)
            gain = np.exp(grid[:, rows][:, :, columns])
            out[...] = 0.5 * gain * (image + 1) - 1
        return result
