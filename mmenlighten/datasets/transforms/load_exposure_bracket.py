"""Reads the exposures of a sample and the light that they are to be merged to."""

from __future__ import annotations

from typing import Any

import numpy as np
from mmcv.transforms import BaseTransform

from mmenlighten.datasets.exposure_bracket_dataset import read_frames, read_light
from mmenlighten.registry import TRANSFORMS
from mmenlighten.utils.checks import check_at_least
from mmenlighten.utils.errors import ImageReadError

MIDDLE = slice(3, 6)
"""Channels of the middle frame."""

DARK, BRIGHT = 0.2, 0.8

TRIES = 100
"""Windows that are drawn at most; of a scene without extremes the last one is taken."""


@TRANSFORMS.register_module()
class LoadExposureBracket(BaseTransform):
    """Reads a bracket of :class:`~mmenlighten.datasets.ExposureBracketDataset`.

    * ``results['ldr']``: RGB (H, W, 9), float32 in [0, 1]: three frames from dark to bright.
    * ``results['exposures']``: (3,), float32, 2^EV.
    * ``results['hdr']``: RGB (H, W, 3), float32, linear light.
    * ``results['ori_shape']``: (H, W).

    Args:
        size: Side of a random square that is read in place of the whole; of prepared arrays the
            rest is then not read at all.
        border: Pixels at each end in which that square does not lie.
        stride: Step of the grid on which it begins.
        least_extreme: If more than 0, it is drawn among those in which more than this share of the
            values of the middle frame are below 0.2 or above 0.8, where the other frames matter.
        relative: Whether the darkest exposure is taken for 1 (EV 0), as the official test program
            of DeepHDR does, so that light of 1 is where it saturates. Else EV are taken as written.

    Raises:
        ConfigError: ``size`` or ``stride`` is below 1, or ``border`` below 0.
        ImageReadError: While running, a file cannot be read, or frames and light differ in size,
            or are smaller than ``size``.
    """

    def __init__(
        self,
        size: int | None = None,
        border: int = 0,
        stride: int = 1,
        least_extreme: float = 0.0,
        relative: bool = True,
    ) -> None:
        check_at_least(1, 'LoadExposureBracket.', size=1 if size is None else size, stride=stride)
        check_at_least(0, 'LoadExposureBracket.', border=border)
        self.size, self.border, self.stride = size, border, stride
        self.least_extreme, self.relative = least_extreme, relative

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Reads the files of one sample."""
        frames, light = read_frames(results['ldr_paths']), read_light(results['hdr_path'])
        if frames.shape[:2] != light.shape[:2]:
            raise ImageReadError(
                f'{results["hdr_path"]} has {light.shape[1]}x{light.shape[0]} pixels and the '
                f'exposures {frames.shape[1]}x{frames.shape[0]}: a scene must have one size.'
            )
        if self.size is not None:
            rows, columns = self._draw_window(frames, results['low_path'])
            frames, light = frames[rows, columns], light[rows, columns]
        ev = np.asarray(results['ev'], np.float64)
        results.update(
            ldr=frames.astype(np.float32) / np.float32(np.iinfo(frames.dtype).max),
            hdr=np.array(light, np.float32),  # a copy, not a view of the file
            exposures=np.exp2(ev - self.relative * ev.min()).astype(np.float32),
            ori_shape=frames.shape[:2],
        )
        return results

    def _draw_window(self, frames: np.ndarray, place: str) -> tuple[slice, slice]:
        size = self.size or 0
        height, width = (side - 2 * self.border for side in frames.shape[:2])
        if min(height, width) < size:
            raise ImageReadError(
                f'{place} has {frames.shape[1]}x{frames.shape[0]} pixels, fewer than the crop of '
                f'{size}x{size}{f" within a border of {self.border}" if self.border else ""}: set '
                'a smaller LoadExposureBracket.size in the pipeline.'
            )
        for _ in range(TRIES):
            top, left = (
                self.border + self.stride * np.random.randint((side - size) // self.stride + 1)
                for side in (height, width)
            )
            window = slice(top, top + size), slice(left, left + size)
            if not self.least_extreme or self._is_extreme(frames[window]):
                break
        return window

    def _is_extreme(self, frames: np.ndarray) -> bool:
        values = frames[..., MIDDLE] / np.iinfo(frames.dtype).max
        return bool(np.mean((values < DARK) | (values > BRIGHT)) > self.least_extreme)

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(size={self.size}, border={self.border}, '
            f'stride={self.stride}, least_extreme={self.least_extreme}, relative={self.relative})'
        )
