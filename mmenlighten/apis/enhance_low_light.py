"""Enhances images inside any pipeline on MMEngine."""

from __future__ import annotations

import inspect
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmcv.transforms import BaseTransform

from mmenlighten.apis.inferencer import EnlightenInferencer
from mmenlighten.apis.inferencer_inputs import InferencerInput
from mmenlighten.apis.inferencer_kinds import ChannelOrder, open_array
from mmenlighten.apis.model import init_model
from mmenlighten.apis.model_files import find_files
from mmenlighten.apis.torch_enhancer import torch_enhancer
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.registry import TRANSFORMS
from mmenlighten.utils.errors import ConfigError, UserError
from mmenlighten.utils.quiet import quiet_mmengine


@TRANSFORMS.register_module()
class EnhanceLowLight(BaseTransform):
    """Enhances ``results['img']``; shape, type and all other keys stay as they are.

    Images are those of mmcv: (H, W, 3), BGR, uint8; also uint16, floating point in [0, 255]
    (``LoadImageFromFile(to_float32=True)``), gray (H, W), or with alpha (H, W, 4). Normalised ones
    are refused. Nothing is random but ``prob``.

    The model is built when the first image comes, in each worker of a data loader by itself.

    Args:
        model: A name of :func:`mmenlighten.list_models`, or a config or its path; None for
            ``bilateral_curves_s``, whose weights are in the package.
        weights: A file or an address; None for those that are published for the name.
        device: ``'cpu'``, ``'cuda'``, ``'cuda:1'``, ``'mps'``, or ``'auto'`` for the fastest.
        keys: Where the images are.
        prob: Chance that a sample is enhanced, as an augmentation.
        channel_order: ``'bgr'``, or ``'rgb'`` if the images are loaded so.
        options: ``strength``, ``only_dark`` and the others of :class:`.EnlightenInferencer`.

    Raises:
        ConfigError: There is no such model, or an option is out of range. While running: a key is
            missing, images are normalised already, the device cannot be used in this process,
            or the model has not the controls.
        CheckpointError: There are no weights, or, while running, they do not fit.
        UserError: While running, something is no image.
    """

    def __init__(
        self,
        model: str | Mapping[str, Any] | None = None,
        weights: str | os.PathLike[str] | None = None,
        *,
        device: str = 'cpu',
        keys: Sequence[str] = ('img',),
        prob: float = 1.0,
        channel_order: ChannelOrder = 'bgr',
        **options: Any,
    ) -> None:
        # Only what the inferencer takes by name: the rest of EnhanceOptions is about files.
        inspect.signature(EnlightenInferencer).bind(**options)
        if not 0 <= prob <= 1:
            raise ConfigError(f'EnhanceLowLight(prob={prob}): it must be between 0 and 1.')
        if channel_order not in ('bgr', 'rgb'):
            raise ConfigError(
                f"EnhanceLowLight(channel_order={channel_order!r}): use 'bgr' or 'rgb'."
            )
        self.device, self.precision = device, options.pop('precision', 'float32')
        self.options = EnhanceOptions.parse(**options)
        self.config, self.checkpoint = find_files(model, weights)
        self.keys, self.prob, self.channel_order = tuple(keys), prob, channel_order
        self._enhancer: PhotoEnhancer | None = None
        self._process = 0

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Enhances the images of one sample."""
        if self.prob < 1 and np.random.random() >= self.prob:
            return results
        if 'img_norm_cfg' in results:
            raise ConfigError(
                'EnhanceLowLight needs pictures in [0, 255], and these are normalised: put it '
                'before Normalize in the pipeline.'
            )
        for key in self.keys:
            if key not in results:
                raise ConfigError(
                    f'EnhanceLowLight finds no {key!r}: put it after the transform that loads the '
                    'picture, or change keys.'
                )
            results[key] = self._enhance(results[key], str(results.get('img_path', key)))
        return results

    def _enhance(self, array: np.ndarray, title: str) -> np.ndarray:
        is_float = isinstance(array, np.ndarray) and array.dtype.kind == 'f'
        item = InferencerInput(array, Path(), title)
        white = np.float32(255)  # mmcv's, in any type
        pixels = array.astype(np.float32) / white if is_float else np.asarray(array)
        image = open_array(item, pixels, self.channel_order)
        enhancer = self._build()
        try:
            enhanced = enhancer.enhance(image.pixels)
        except UserError as error:
            raise UserError(f'{title} cannot be enhanced: {error}') from error
        if enhanced is None:
            return array
        image.finish(enhanced)
        result: np.ndarray = image.prediction()
        return (result * white).astype(array.dtype) if is_float else result

    def _build(self) -> PhotoEnhancer:
        if self._enhancer is None or self._process != os.getpid():
            device, is_forked = self.device, torch.cuda._is_in_bad_fork()
            if is_forked and device.startswith('cuda'):
                raise ConfigError(
                    f"EnhanceLowLight(device='{self.device}') cannot run in a data loader's worker "
                    "that was forked from a process that uses CUDA: set device='cpu', or "
                    'num_workers=0 in the dataloader.'
                )
            with quiet_mmengine():  # each worker would say which file it loads
                model = init_model(self.config, self.checkpoint)
            if is_forked and device == 'auto':
                device = 'cpu'
            self._enhancer = torch_enhancer(model, self.options, device, self.precision)
            self._process = os.getpid()
        return self._enhancer

    def __getstate__(self) -> dict[str, Any]:
        # Workers that are spawned build their own: what is on a device cannot be sent to them.
        return self.__dict__ | {'_enhancer': None}

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(config={self.config}, weights={self.checkpoint}, '
            f'device={self.device!r}, keys={self.keys}, prob={self.prob}, '
            f'channel_order={self.channel_order!r}, options={self.options})'
        )
