"""Shows what the model does to pictures while it trains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from mmengine.hooks import Hook
from mmengine.runner import Runner
from torch import Tensor

from mmenlighten.models import BaseEnhancer
from mmenlighten.registry import HOOKS
from mmenlighten.structures import EnhanceDataSample
from mmenlighten.utils.distributed import unwrap_model
from mmenlighten.utils.side_by_side import comparison_row
from mmenlighten.utils.tensor_image import attention_map, to_array, to_model_range, to_uint8


@HOOKS.register_module()
class ComparisonVisualizationHook(Hook):
    """Puts input, enhanced and normal-light picture side by side.

    The attention map is beside them where the model has one, and in training what else the model
    makes of a batch (``training_pictures``), such as pictures that are translated there and back.
    The rows go to all backends of the visualizer: files under ``vis_data/vis_image`` and, by
    default, TensorBoard. In training the normal-light picture is the unpaired partner, in
    validation the ground truth.

    Args:
        interval: Shows the first picture of the batch each this many training iterations; 0 never.
        num_images: Number of pictures of the validation set that are shown each time.
    """

    priority = 'LOW'

    def __init__(self, interval: int = 500, num_images: int = 4) -> None:
        self.interval = interval
        self.num_images = num_images
        self._shown: set[str] = set()

    def after_train_iter(
        self,
        runner: Runner,
        batch_idx: int,
        data_batch: Mapping[str, Any] | None = None,
        outputs: Mapping[str, Tensor] | None = None,
    ) -> None:
        """Shows a picture of the training batch as the model enhances it now."""
        if data_batch is None or not self.every_n_train_iters(runner, self.interval):
            return
        model = cast(BaseEnhancer, unwrap_model(runner.model))
        first = {name: images[:1] for name, images in data_batch['inputs'].items()}
        # What is needed for pictures that are made only now is in their data samples.
        data_samples = list(data_batch.get('data_samples') or [])[:1]
        model.eval()
        with torch.no_grad():  # on all processes: distributed networks may not run on one alone
            batch = model.data_preprocessor(dict(inputs=first, data_samples=data_samples))
            inputs = batch['inputs']
            image = inputs.get('darkened', inputs['low'])
            result = model(dict(inputs, low=image))
            enhanced = to_uint8(model.displayed_result(result))[0]
            more = model.training_pictures(inputs)
        model.train()
        normal = None
        if 'normal' in inputs:
            normal = to_array(to_uint8(model.displayed_result(inputs['normal'][:1]))[0])
        row = _row(model, image[0], enhanced, normal, more)
        runner.visualizer.add_image('train/comparison', row, step=runner.iter + 1)

    def before_val_epoch(self, runner: Runner) -> None:
        """Begins to count pictures."""
        self._shown.clear()

    def after_val_iter(
        self,
        runner: Runner,
        batch_idx: int,
        data_batch: Mapping[str, Any] | None = None,
        outputs: Sequence[EnhanceDataSample] | None = None,
    ) -> None:
        """Shows the first pictures of the validation set."""
        if data_batch is None or outputs is None:
            return
        model = cast(BaseEnhancer, unwrap_model(runner.model))
        for low, data_sample in zip(data_batch['inputs']['low'], outputs):
            number = len(self._shown)
            if number == self.num_images:
                return
            gt = data_sample.get('gt')
            image = to_model_range(low)
            normal = None if gt is None else to_array(gt)
            row = _row(model, image, data_sample.enhanced, normal)
            name = Path(data_sample.get('low_path', str(number))).stem
            if name in self._shown:  # in another folder
                name = f'{name}-{number}'
            runner.visualizer.add_image(f'val/{name}', row, step=runner.iter)
            self._shown.add(name)


def _row(
    model: BaseEnhancer,
    image: Tensor,
    enhanced: Tensor,
    normal: np.ndarray | None,
    more: Mapping[str, Tensor] | None = None,
) -> np.ndarray:
    image = image.cpu()
    pictures = {'input': to_array(to_uint8(model.displayed(image[None])[0]))}
    if model.shows_attention:
        attention = (attention_map(image[None])[0, 0] * 255).round().to(torch.uint8)
        pictures['attention'] = attention.numpy()
    pictures['enhanced'] = to_array(enhanced)
    for name, batch in (more or {}).items():
        pictures[name] = to_array(to_uint8(batch[0].cpu()))
    if normal is not None:
        pictures['normal light'] = normal
    return comparison_row(pictures)
