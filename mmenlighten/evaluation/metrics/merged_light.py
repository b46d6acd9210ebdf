"""Metrics of light that was merged from exposures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mmenlighten.evaluation.functional import psnr_linear, psnr_mu
from mmenlighten.registry import METRICS
from mmenlighten.utils.errors import ConfigError, DatasetError
from mmenlighten.utils.tensor_image import to_array

from .image_metric import ImageMetric


class MergedLightMetric(ImageMetric):
    """Base of metrics that compare ``merged`` of data samples with their ``hdr``.

    Arguments are those of :class:`ImageMetric`.
    """

    higher_is_better = True

    def process(self, data_batch: Any, data_samples: Sequence[Mapping[str, Any]]) -> None:
        """Measures the brackets of a batch."""
        for data_sample in data_samples:
            path = str(data_sample.get('low_path', len(self.results)))
            merged, light = (data_sample.get(key) for key in ('merged', 'hdr'))
            if merged is None or light is None:
                raise ConfigError(
                    f'{self.name} compares merged exposures with the light of the scene, and '
                    f'{path} lacks {"merged" if merged is None else "hdr"}: use ExposureMerger and '
                    'PackExposureBracket(gt=True), or remove the metric.'
                )
            try:
                value = self.function(to_array(merged), to_array(light))
            except DatasetError as error:
                raise DatasetError(f'{path}: {error}') from error
            self.results.append((path, value))


@METRICS.register_module()
class PSNRMu(MergedLightMetric):
    """Mean over pictures of :func:`mmenlighten.evaluation.functional.psnr_mu` in dB."""

    name = 'PSNR-mu'
    function = staticmethod(psnr_mu)
    protocol = (
        'Peak signal-to-noise ratio in dB of linear light in [0, 1] after the mu-law with mu = '
        '5000, over all pixels and the three channels of RGB, peak 1, clipped and not rounded, '
        'mean of the ratios of the pictures; higher is better.'
    )


@METRICS.register_module()
class PSNRLinear(MergedLightMetric):
    """Mean over pictures of :func:`mmenlighten.evaluation.functional.psnr_linear` in dB."""

    name = 'PSNR-linear'
    function = staticmethod(psnr_linear)
    protocol = (
        'Peak signal-to-noise ratio in dB of linear light in [0, 1], over all pixels and the three '
        'channels of RGB, peak 1, clipped and not rounded, mean of the ratios of the pictures; '
        'higher is better.'
    )
