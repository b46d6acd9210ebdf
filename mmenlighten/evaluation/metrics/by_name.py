"""Metrics by the names of their columns."""

from __future__ import annotations

from typing import Any

import numpy as np

from mmenlighten.registry import METRICS
from mmenlighten.utils.errors import ConfigError

from .image_metric import GT_MEAN_SUFFIX, FullReferenceMetric, ImageMetric


class UnavailableMetric(ImageMetric):
    """Gives no value for any picture, and the reason: a column that says why it is empty.

    Args:
        name: Head of the column.
        reason: Why there are no values.
    """

    reference = None

    def __init__(self, name: str, reason: str) -> None:
        super().__init__()
        self.name = name
        self.skip_reason = reason
        self.protocol = f'{name} is not computed: {reason}.'

    def measure(self, enhanced: np.ndarray, reference: np.ndarray | None) -> None:
        """Nothing."""


_CONFIGS: dict[str, dict[str, Any]] = {
    'PSNR': dict(type='PSNR'),
    'SSIM': dict(type='SSIM'),
    'MS-SSIM': dict(type='MSSSIM'),
    'MAE': dict(type='MAE'),
    'LPIPS-alex': dict(type='LPIPS', backbone='alex'),
    'LPIPS-vgg': dict(type='LPIPS', backbone='vgg'),
    'DeltaE2000': dict(type='DeltaE2000'),
    'NIQE': dict(type='NIQE'),
    'LOE-npe': dict(type='LOE', variant='npe'),
    'LOE-50': dict(type='LOE', variant='50'),
    'MeanBrightness': dict(type='MeanBrightness'),
    'OverExposure': dict(type='OverExposure'),
}

_UNAVAILABLE = {
    'BRISQUE': 'no maintained, permissive library computes it with the original model offline'
}
"""Metrics that users ask for, with the reason why they give no values."""

METRIC_NAMES = tuple(_CONFIGS)
"""Names of all metrics, in the order of tables; those with a ground truth also with ``_gtmean``."""


def build_metric(name: str, **kwargs: Any) -> ImageMetric:
    """Builds a metric from the name of its column.

    Args:
        name: One of :data:`METRIC_NAMES` in any case; one that compares with a ground truth may
            end in ``_gtmean``. ``BRISQUE`` gives a column that says why it is empty.
        kwargs: More arguments of its class.

    Raises:
        ConfigError: There is no such metric; the message lists all.
    """
    base = name.lower().removesuffix(GT_MEAN_SUFFIX)
    for known, reason in _UNAVAILABLE.items():
        if known.lower() == name.lower():
            return UnavailableMetric(known, reason)
    for known, config in _CONFIGS.items():
        if known.lower() == base:
            config = dict(config, **kwargs, _scope_='mmenlighten')
            if base == name.lower():
                return METRICS.build(config)
            if issubclass(METRICS.get(config['type']), FullReferenceMetric):
                return METRICS.build(dict(config, gt_mean=True))
    raise ConfigError(
        f'There is no metric {name!r}: use one of {", ".join(METRIC_NAMES)}. Those that compare '
        f'with a ground truth may end in {GT_MEAN_SUFFIX}.'
    )
