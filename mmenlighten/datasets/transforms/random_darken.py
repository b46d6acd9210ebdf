"""Makes some of the low-light pictures darker still."""

from __future__ import annotations

from typing import Any

import numpy as np
from mmcv.transforms import BaseTransform

from mmenlighten.registry import TRANSFORMS
from mmenlighten.utils.checks import check_share
from mmenlighten.utils.errors import ConfigError


@TRANSFORMS.register_module()
class RandomDarken(BaseTransform):
    """Divides ``results['low']`` by a random number, as the official code does (``--vary``).

    ``results['darkened']`` is float32 in [0, 255], not rounded, and always present;
    ``results['darken_times']`` is the divisor, 1 where nothing was done. The generator sees the
    darkened picture; losses still compare with ``low``.

    With ``deferred`` the divisor alone is handed on, as ``results['darken_later']``, and
    :class:`~mmenlighten.models.EnhanceDataPreprocessor` divides whole batches, with the same
    result: the picture of four bytes a value is neither made nor sent by the data loader.

    Args:
        min_times: Smallest divisor.
        max_times: Largest divisor, included. Divisors come in steps of 0.01.
        prob: Chance that a picture is darkened at all.
        deferred: Whether the division is left to the data preprocessor.

    Raises:
        ConfigError: The divisors or the chance are out of range.
    """

    def __init__(
        self,
        min_times: float = 2.0,
        max_times: float = 4.0,
        prob: float = 0.5,
        deferred: bool = False,
    ) -> None:
        if not 0 < min_times <= max_times:
            raise ConfigError(
                f'RandomDarken(min_times={min_times}, max_times={max_times}): both must be '
                'positive and in this order.'
            )
        check_share('RandomDarken', prob=prob)
        self.min_times, self.max_times, self.prob = min_times, max_times, prob
        self.deferred = deferred

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Darkens one picture."""
        times = 1.0
        if np.random.random() < self.prob:
            low, high = round(self.min_times * 100), round(self.max_times * 100)
            times = int(np.random.randint(low, high + 1)) / 100
        results['darken_times'] = times
        if self.deferred:
            results['darken_later'] = times
        else:
            # Channels first in memory, so that packing the picture need not copy it.
            darkened = results['low'].transpose(2, 0, 1).astype(np.float32, order='C')
            darkened /= np.float32(times)
            results['darkened'] = darkened.transpose(1, 2, 0)
        return results

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(min_times={self.min_times}, max_times={self.max_times}, '
            f'prob={self.prob}, deferred={self.deferred})'
        )
