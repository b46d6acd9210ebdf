"""Reads the raw picture of a sample and what it is to become."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mmcv.transforms import BaseTransform

from mmenlighten.raw import read_raw, read_target
from mmenlighten.registry import TRANSFORMS


@TRANSFORMS.register_module()
class LoadRaw(BaseTransform):
    """Reads ``results['low_path']`` as a mosaic and, where there is one, ``normal_path``.

    ``results['low']`` becomes the mosaic (H, W), uint16, and ``results['raw']`` all that is known
    of it (:class:`~mmenlighten.raw.RawImage`). ``results['normal']`` becomes RGB (H, W, 3), uint8
    or uint16; a camera's file is developed for it. Both stay as the sensor lies. Camera's files
    need the package rawpy, mosaics with a sidecar need nothing
    (:func:`~mmenlighten.raw.write_raw`).

    Args:
        black: Value of no light; None for what the file says.
        white: Value at which a pixel is saturated; None for what the file says.

    Raises:
        ImageReadError: While running, a file cannot be read.
        UserError: While running, there is a camera's file and rawpy is not installed.
    """

    def __init__(self, black: float | None = None, white: float | None = None) -> None:
        self.black, self.white = black, white

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Reads the files of one sample."""
        raw = read_raw(results['low_path'])
        if self.black is not None:
            raw = replace(raw, black=self.black)
        if self.white is not None:
            raw = replace(raw, white=self.white)
        results.update(low=raw.mosaic, raw=raw, ori_shape=raw.mosaic.shape)
        if 'normal_path' in results:
            results['normal'] = read_target(results['normal_path'])
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}(black={self.black}, white={self.white})'
