"""What all measures of single pictures have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from mmengine.evaluator import BaseMetric

from mmenlighten.utils.errors import ConfigError, DatasetError
from mmenlighten.utils.tensor_image import to_array


class ImageMetric(BaseMetric):
    """Base of metrics that are the mean of a measure over pictures.

    A subclass names itself and measures one picture in :meth:`measure`. After an evaluation
    :attr:`per_image` holds the value of each picture by the path of its input (main process only).

    Args:
        collect_device: How values of several processes are brought together: ``'gpu'`` by messages,
            also between processes without a GPU; ``'cpu'`` by files in the current folder.
        kwargs: See MMEngine's ``BaseMetric``.

    Raises:
        ConfigError: While running, the measure needs a ground truth and there is none.
        DatasetError: While running, a picture cannot be measured; the message names it.
    """

    default_prefix = ''

    name: str
    """Key of the value in logs and for ``CheckpointHook.save_best``."""

    needs_gt = True
    """Whether the measure compares with the normal-light picture of the same scene."""

    def __init__(self, collect_device: str = 'gpu', **kwargs: Any) -> None:
        super().__init__(collect_device, **kwargs)
        self.per_image: dict[str, float] = {}

    @abstractmethod
    def measure(self, enhanced: np.ndarray, gt: np.ndarray | None) -> float:
        """Measures one picture: uint8 RGB (H, W, 3), and its ground truth likewise."""

    def process(self, data_batch: Any, data_samples: Sequence[Mapping[str, Any]]) -> None:
        """Measures the pictures of a batch."""
        for data_sample in data_samples:
            path = str(data_sample.get('low_path', len(self.results)))
            gt = data_sample.get('gt')
            if gt is None and self.needs_gt:
                raise ConfigError(
                    f'{self.name} compares with a ground truth and {path} has none: use '
                    "PairedImageDataset and PackEnhanceInputs(gt='normal'), or remove the metric."
                )
            try:
                value = self.measure(
                    to_array(data_sample['enhanced']), None if gt is None else to_array(gt)
                )
            except DatasetError as error:
                raise DatasetError(f'{path}: {error}') from error
            self.results.append((path, value))

    def compute_metrics(self, results: Sequence[tuple[str, float]]) -> dict[str, float]:
        """Means the values of all pictures."""
        self.per_image = dict(results)
        return {self.name: float(np.mean([value for _, value in results]))}
