"""Inputs and outputs of an exported network that enhances parts of images, by their names.

One file holds both steps: ``thumbnail`` gives ``grid_of_thumbnail``, and all other inputs give
``enhanced``. Runtimes want all inputs, so those of the other step are small and blank.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mmenlighten.utils.padding_geometry import Window

ENHANCED, GRID = OUTPUTS = ('enhanced', 'grid_of_thumbnail')

Arrays = dict[str, np.ndarray]


class PartInputs:
    """Makes inputs for either step.

    Args:
        size_multiple: What sides of parts are multiples of.
        thumbnail_size: Side of the small copy of the whole image.
        grid_shape: Of the grid of one image.
    """

    def __init__(self, size_multiple: int, thumbnail_size: int, grid_shape: Sequence[int]) -> None:
        part, thumbnail = size_multiple, thumbnail_size
        self._blank: Arrays = dict(
            image=np.zeros((1, 3, part, part), np.float32),
            grid=np.zeros((1, *grid_shape), np.float32),
            window=np.array([(0, 0, part, part)], np.float32),
            denoise=np.zeros((), np.float32),
            colour=np.zeros((), np.float32),
            thumbnail=np.zeros((1, 3, thumbnail, thumbnail), np.float32),
        )

    def of_thumbnails(self, thumbnails: np.ndarray) -> Arrays:
        """For :data:`GRID` of small copies (N, 3, side, side) in [-1, 1]."""
        return self._blank | dict(thumbnail=as_float32(thumbnails))

    def of_parts(
        self,
        images: np.ndarray,
        grids: np.ndarray,
        windows: Sequence[Window] | np.ndarray,
        denoise: float,
        colour: float,
    ) -> Arrays:
        """For :data:`ENHANCED` of padded parts (N, 3, H, W) in [-1, 1].

        Args:
            images: The parts.
            grids: Of the image that each is of (N, ...).
            windows: Top, left, and the image's height and width of each (N, 4), in pixels.
            denoise: Share of the denoising.
            colour: Share of the correction of colours.
        """
        return self._blank | dict(
            image=as_float32(images),
            grid=as_float32(grids),
            window=as_float32(np.asarray(windows)),
            denoise=np.array(denoise, np.float32),
            colour=np.array(colour, np.float32),
        )


def as_float32(array: np.ndarray) -> np.ndarray:
    """What runtimes take of an array of images."""
    return np.ascontiguousarray(array, dtype=np.float32)
