"""Reads the exposures of a sample and the light that they are to be merged to."""

from __future__ import annotations

from typing import Any

import numpy as np
from mmcv.transforms import BaseTransform

from mmenlighten.datasets.exposure_bracket_dataset import read_frames, read_light
from mmenlighten.registry import TRANSFORMS
from mmenlighten.utils.checks import check_at_least
from mmenlighten.utils.errors import ImageReadError


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
        relative: Whether the darkest exposure is taken for 1 (EV 0), as the official test program
            of DeepHDR does, so that light of 1 is where it saturates. Else EV are taken as written.

    Raises:
        ConfigError: ``size`` is below 1.
        ImageReadError: While running, a file cannot be read, or frames and light differ in size,
            or are smaller than ``size``.
    """

    def __init__(self, size: int | None = None, relative: bool = True) -> None:
        if size is not None:
            check_at_least(1, 'LoadExposureBracket.', size=size)
        self.size, self.relative = size, relative

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
        (height, width), size = frames.shape[:2], self.size or 0
        if min(height, width) < size:
            raise ImageReadError(
                f'{place} has {width}x{height} pixels, fewer than the crop of {size}x{size}: set a '
                'smaller LoadExposureBracket.size in the pipeline.'
            )
        top, left = np.random.randint(height - size + 1), np.random.randint(width - size + 1)
        return slice(top, top + size), slice(left, left + size)

    def __repr__(self) -> str:
        return f'{type(self).__name__}(size={self.size}, relative={self.relative})'
