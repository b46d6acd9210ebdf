"""Brings the frames of a bracket to where the middle one has what they show."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from mmcv.transforms import BaseTransform

from mmenlighten.brackets import find_alignment, light_of, re_exposed
from mmenlighten.registry import TRANSFORMS
from mmenlighten.utils.checks import check_choice

METHODS = ('identity', 'dis')

DARK = 0.5
"""Values of the reference below it are merged with the brighter frame, others with the darker."""


@TRANSFORMS.register_module()
class AlignExposures(BaseTransform):
    """Aligns the first and the last of three frames with the middle one, the reference.

    ``results['ldr']`` (H, W, 9), float32 RGB in [0, 1], holds them from dark to bright,
    ``results['exposures']`` (3,) what their light was multiplied by. What is unknown of a frame, as
    it lies outside of it, is filled from the reference, exposed anew. Where the frame that would be
    needed is unknown (the bright one for dark values of the reference, else the dark one), the
    target ``results['hdr']`` (H, W, 3), if there is one, becomes what the reference alone tells, so
    that nothing is learned that cannot be seen (Kalantari and Ramamoorthi, 2017).

    The authors took Liu's optical flow (2009), a program of its own; here it is DIS (Kroeger et
    al., 2016) of OpenCV.

    Args:
        method: ``'dis'``, or ``'identity'`` for frames that are aligned, or for networks that
            align by themselves.

    Raises:
        ConfigError: ``method`` is unknown.
    """

    def __init__(self, method: Literal['identity', 'dis'] = 'dis') -> None:
        check_choice('AlignExposures.method', method, METHODS)
        self.method = method

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Aligns one bracket."""
        if self.method == 'identity':
            return results
        frames = np.split(results['ldr'], 3, axis=2)
        low, middle, high = (float(exposure) for exposure in results['exposures'])
        reference, unknown = frames[1], {}
        for index, exposure in ((0, low), (2, high)):
            alignment = find_alignment(reference, frames[index], middle, exposure)
            warped, unknown[index] = alignment.warp(np.ascontiguousarray(frames[index]))
            filling = re_exposed(reference, middle, exposure)
            frames[index] = np.where(unknown[index][..., None], filling, warped)
        results['ldr'] = np.concatenate(frames, axis=2)
        if 'hdr' in results:
            is_dark = reference < DARK
            needed = np.where(is_dark, unknown[2][..., None], unknown[0][..., None])
            alone = light_of(reference) / np.float32(middle)
            results['hdr'] = np.where(needed, alone, results['hdr'])
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}(method={self.method!r})'
