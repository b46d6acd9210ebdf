"""Multiplies a short exposure by what it lacks."""

from __future__ import annotations

from typing import Any

import numpy as np
from mmcv.transforms import BaseTransform

from mmenlighten.raw.raw_image import amplify
from mmenlighten.registry import TRANSFORMS
from mmenlighten.utils.checks import check_positive
from mmenlighten.utils.errors import DatasetError


@TRANSFORMS.register_module()
class ExposureRatio(BaseTransform):
    """Turns raw values of ``results['low']`` into light, as bright as the long exposure.

    ``results['low']`` of any shape becomes float32 in [0, 255]: the black level is subtracted, the
    white level becomes 255, and all is multiplied by the ratio of the exposure times, then clipped.
    ``results['ratio']`` tells the ratio. Exposure times are ``results['low_exposure']`` and
    ``results['normal_exposure']``, as :class:`~mmenlighten.datasets.SIDDataset` reads them from
    the names; for the short one, what the file says where the name says nothing.

    Args:
        limit: Largest ratio.
        ratio: Ratio for all pictures, whatever their times are; None takes the times.

    Raises:
        ConfigError: ``limit`` or ``ratio`` is not positive.
        DatasetError: While running, an exposure time is not known.
    """

    def __init__(self, limit: float = 300.0, ratio: float | None = None) -> None:
        check_positive('ExposureRatio', limit=limit, ratio=1.0 if ratio is None else ratio)
        self.limit, self.ratio = limit, ratio

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Amplifies one picture."""
        raw = results['raw']
        ratio = self.ratio
        if ratio is None:
            short = results.get('low_exposure') or raw.exposure
            long = results.get('normal_exposure')
            if not short or not long:
                raise DatasetError(
                    f'The exposure time of {results.get("low_path")} or of its partner is not '
                    'known: name them as 00001_00_0.1s.ARW and 00001_00_10s.ARW, or set '
                    'ExposureRatio.ratio in the pipeline.'
                )
            ratio = min(long / short, self.limit)
        light = amplify(results['low'], raw.black, raw.white, ratio)
        results.update(low=light * np.float32(255), ratio=ratio)
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}(limit={self.limit}, ratio={self.ratio})'
