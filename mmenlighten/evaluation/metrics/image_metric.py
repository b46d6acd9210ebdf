"""Bases of all metrics: means of a measure over pictures."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
import torch
from mmengine.evaluator import BaseMetric
from mmengine.logging import print_log

from mmenlighten.evaluation.functional.checks import check_pair
from mmenlighten.utils.errors import ConfigError, DatasetError
from mmenlighten.utils.tensor_image import to_array

GT_MEAN_SUFFIX = '_gtmean'

CALLED = {'gt': 'ground truth', 'low': 'input'}
"""What messages call the pictures that results are compared with."""


class ImageMetric(BaseMetric):
    """Base of metrics that are the mean of a measure over pictures.

    A subclass names itself and its :attr:`function`, or measures one picture in :meth:`measure`.
    After an evaluation :attr:`per_image` holds the value of each picture by the path of its input
    (main process only).
    Objects can be pickled, so that several processes can measure.

    Args:
        collect_device: How values of several processes are brought together: ``'gpu'`` by messages,
            also between processes without a GPU; ``'cpu'`` by files in the current folder.
        kwargs: See MMEngine's ``BaseMetric``.

    Raises:
        ConfigError: While running, the measure needs a picture to compare with and there is none.
        DatasetError: While running, a picture and the one it is compared with differ in size.
    """

    default_prefix = ''

    name: str
    """Key of the value in logs and for ``CheckpointHook.save_best``, head of its column."""

    reference: ClassVar[Literal['gt', 'low'] | None] = 'gt'
    """What the result is compared with: ``'gt'``, the normal-light picture of the same scene,
    ``'low'``, the input, or None."""

    higher_is_better: ClassVar[bool | None] = None
    """Direction of the measure; None where neither is better."""

    protocol: str
    """One sentence for reports: definition, colour, range, rounding and direction."""

    function: Callable[..., float]
    """The measure: a function of the result and, where there is one, of the :attr:`reference`."""

    skip_reason: str | None = None
    """Why there is no value of some picture, such as ``'no weights'``."""

    def __init__(self, collect_device: str = 'gpu', **kwargs: Any) -> None:
        super().__init__(collect_device, **kwargs)
        self.per_image: dict[str, float] = {}

    def prepare(self) -> None:
        """Fetches once what the measure needs, before copies of it go to several processes."""

    def measure(self, enhanced: np.ndarray, reference: np.ndarray | None) -> float | None:
        """Measures one picture.

        Args:
            enhanced: The finished picture, uint8 RGB (H, W, 3).
            reference: The picture that :attr:`reference` names, likewise; None if it names none.

        Returns:
            The value, or None if it cannot be had here; :attr:`skip_reason` then says why.
        """
        pictures = [enhanced] if self.reference is None else [enhanced, reference]
        return self.function(*pictures)

    def process(self, data_batch: Any, data_samples: Sequence[Mapping[str, Any]]) -> None:
        """Measures the pictures of a batch."""
        for index, data_sample in enumerate(data_samples):
            path = str(data_sample.get('low_path', len(self.results)))
            reference = self._reference_of(data_batch, index, data_sample, path)
            enhanced = to_array(data_sample['enhanced'])
            if reference is not None:
                try:
                    check_pair(enhanced, reference, CALLED[str(self.reference)])
                except DatasetError as error:
                    raise DatasetError(f'{path}: {error}') from error
            try:
                value = self.measure(enhanced, reference)
            except DatasetError as error:  # such as too few pixels for this measure
                value, self.skip_reason = None, f'{path}: {error}'
            self.results.append((path, value))

    def compute_metrics(self, results: Sequence[tuple[str, float | None]]) -> dict[str, float]:
        """The mean over all pictures; a measure that gave none is left out, with a warning."""
        self.per_image = {path: value for path, value in results if value is not None}
        values = list(self.per_image.values())
        if len(values) < len(results):
            print_log(
                f'{self.name} leaves out {len(results) - len(values)} of {len(results)} pictures '
                f'({self.skip_reason}).',
                logger='current',
                level=logging.WARNING,
            )
        if not values:
            return {}
        return {self.name: float(np.mean(values))}

    def _reference_of(
        self, data_batch: Any, index: int, data_sample: Mapping[str, Any], path: str
    ) -> np.ndarray | None:
        if self.reference is None:
            return None
        if self.reference == 'low':
            inputs = (data_batch or {}).get('inputs', {})
            if 'low' not in inputs:
                raise ConfigError(
                    f'{self.name} compares with the input and the batch of {path} has none: let '
                    "PackEnhanceInputs pack 'low', or remove the metric."
                )
            low = inputs['low'][index]
            return to_array(low.clamp(0, 255).round().to(torch.uint8))
        gt = data_sample.get('gt')
        if gt is None:
            raise ConfigError(
                f'{self.name} compares with a ground truth and {path} has none: use '
                "PairedImageDataset and PackEnhanceInputs(gt='normal'), or remove the metric."
            )
        return to_array(gt)


class FullReferenceMetric(ImageMetric):
    """Base of metrics that compare with the normal-light picture of the same scene.

    Args:
        gt_mean: Whether each result is first brought to the mean luma of its ground truth (see
            :func:`mmenlighten.evaluation.functional.scale_to_gt_mean`). The ground truth thereby
            helps the method; the name of the metric then ends in ``_gtmean``.
        collect_device: As for :class:`ImageMetric`.
        kwargs: See MMEngine's ``BaseMetric``.
    """

    reference = 'gt'

    def __init__(self, gt_mean: bool = False, collect_device: str = 'gpu', **kwargs: Any) -> None:
        super().__init__(collect_device, **kwargs)
        self.gt_mean = gt_mean
        if gt_mean:
            self.name = f'{self.name}{GT_MEAN_SUFFIX}'
            self.protocol = (
                f'{self.protocol} Before that, the rounded prediction is multiplied by the mean '
                'luma of its ground truth over its own (BT.601 weights on RGB) and clipped, not '
                'rounded again: the ground truth helps the method.'
            )

    def measure(self, enhanced: np.ndarray, reference: np.ndarray | None) -> float | None:
        """Hands ``gt_mean`` on to :attr:`function`."""
        return self.function(enhanced, reference, self.gt_mean)
