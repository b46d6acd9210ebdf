"""Brings the frames of a bracket to where the middle one has what they show."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from mmcv.transforms import BaseTransform

from mmenlighten.brackets import Bracket, light_of
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
        changes_target: Whether the target is changed so; in tests it must not be.

    Raises:
        ConfigError: ``method`` is unknown.
    """

    def __init__(
        self, method: Literal['identity', 'dis'] = 'dis', changes_target: bool = True
    ) -> None:
        check_choice('AlignExposures.method', method, METHODS)
        self.method, self.changes_target = method, changes_target

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Aligns one bracket."""
        if self.method == 'identity':
            return results
        frames = [np.ascontiguousarray(frame) for frame in np.split(results['ldr'], 3, axis=2)]
        exposures = [float(exposure) for exposure in results['exposures']]
        rows, unknown = Bracket(frames, exposures).aligned().rows()
        results['ldr'] = np.concatenate(rows, axis=2)
        if self.changes_target and 'hdr' in results:
            _, reference, _ = frames
            needed = np.where(reference < DARK, unknown[2][..., None], unknown[0][..., None])
            alone = light_of(reference) / np.float32(exposures[1])
            results['hdr'] = np.where(needed, alone, results['hdr'])
        return results

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(method={self.method!r}, changes_target={self.changes_target})'
        )
