"""Learned perceptual image patch similarity."""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stdout
from functools import cache
from typing import Any, Literal

import numpy as np

from mmenlighten.evaluation.functional.backbones import BACKBONES
from mmenlighten.evaluation.functional.lpips import check_backbone, lpips
from mmenlighten.registry import METRICS
from mmenlighten.utils.checks import check_choice
from mmenlighten.utils.errors import CheckpointError
from mmenlighten.utils.weights import Weights, download_weights, read_weights

from .image_metric import FullReferenceMetric

ENVIRONMENT = 'MMENLIGHTEN_LPIPS_{}'
NO_WEIGHTS = 'no weights'


@cache  # with and without GT-mean it is asked for twice
def downloaded_backbone(backbone: str) -> Weights | None:
    """Weights from torch's cache or the internet; None if there is no way to them."""
    url = BACKBONES[backbone].url
    try:
        with redirect_stdout(sys.stderr):  # torch announces a download amid the results
            return check_backbone(download_weights(url, ''), backbone, url)
    except CheckpointError:
        return None


@METRICS.register_module()
class LPIPS(FullReferenceMetric):
    """Mean over pictures of :func:`mmenlighten.evaluation.functional.lpips.lpips`.

    Args:
        backbone: ``'alex'`` or ``'vgg'``; it is in the name of the metric.
        weights: torchvision's file of the backbone. By default the one that the environment
            variable ``MMENLIGHTEN_LPIPS_ALEX`` or ``MMENLIGHTEN_LPIPS_VGG`` names, otherwise
            that in torch's cache, otherwise it is downloaded. If that fails, the metric is skipped
            with the reason ``'no weights'``.
        gt_mean: As for :class:`FullReferenceMetric`.
        collect_device: As for :class:`ImageMetric`.
        kwargs: See MMEngine's ``BaseMetric``.

    Raises:
        ConfigError: The backbone is unknown.
        CheckpointError: The file that is named does not exist or is not one of this backbone.
    """

    higher_is_better = False

    def __init__(
        self,
        backbone: Literal['alex', 'vgg'] = 'alex',
        weights: str | None = None,
        gt_mean: bool = False,
        collect_device: str = 'gpu',
        **kwargs: Any,
    ) -> None:
        check_choice('LPIPS.backbone', backbone, BACKBONES)
        self.name = f'LPIPS-{backbone}'
        network = {'alex': 'AlexNet', 'vgg': 'VGG-16'}[backbone]
        self.protocol = (
            f'Learned perceptual image patch similarity, version 0.1 with linear heads on {network}'
            ', RGB in [-1, 1], on predictions rounded to uint8; from 0, lower is better.'
        )
        super().__init__(gt_mean, collect_device, **kwargs)
        self.backbone = backbone
        self.weights = weights or os.environ.get(ENVIRONMENT.format(backbone.upper()))
        if self.weights is not None and not os.path.isfile(self.weights):
            raise CheckpointError(
                f'The weight file {self.weights} of LPIPS does not exist: download '
                f'{BACKBONES[backbone].url} or mend the path.'
            )
        self._loaded: Weights | None = None

    def prepare(self) -> None:
        """Reads the weights, or downloads them into torch's cache."""
        if self._loaded is not None or self.skip_reason is not None:
            return
        if self.weights is not None:
            self._loaded = check_backbone(read_weights(self.weights), self.backbone, self.weights)
            return
        self._loaded = downloaded_backbone(self.backbone)
        if self._loaded is None:
            self.skip_reason = NO_WEIGHTS

    def measure(self, enhanced: np.ndarray, reference: np.ndarray | None) -> float | None:
        """Without weights there is no value."""
        assert reference is not None
        self.prepare()
        if self._loaded is None:
            return None
        return lpips(enhanced, reference, self._loaded, self.backbone, self.gt_mean)

    def __getstate__(self) -> dict[str, Any]:
        """Without the weights, which each process reads again: they have up to 59 MB."""
        return self.__dict__ | dict(_loaded=None)
