"""What every enhancer shares, trained or not."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from mmengine.model import BaseModel
from mmengine.runner.checkpoint import get_state_dict
from torch import Tensor

from mmenlighten.registry import MODELS
from mmenlighten.structures import EnhanceDataSample
from mmenlighten.utils.tensor_image import to_uint8


class BaseEnhancer(BaseModel):
    """Base of all systems that make a low-light image bright.

    A subclass says how in :meth:`enhance`; validation, testing and checkpoints work from there.
    One that is trained adds ``train_step``.

    Args:
        data_preprocessor: Config of the component that stacks batches and maps them to [-1, 1].
    """

    def __init__(self, data_preprocessor: dict[str, Any] | None = None) -> None:
        super().__init__(MODELS.build(data_preprocessor or dict(type='EnhanceDataPreprocessor')))

    @abstractmethod
    def enhance(self, image: Tensor) -> Tensor:
        """Enhances RGB images of shape (N, 3, H, W) in [-1, 1]; the result is not clamped."""

    def forward(
        self,
        inputs: Mapping[str, Tensor],
        data_samples: Sequence[EnhanceDataSample] | None = None,
        mode: str = 'tensor',
    ) -> Tensor | list[EnhanceDataSample]:
        """Enhances ``inputs['low']``.

        Args:
            inputs: ``low``: RGB images of shape (N, 3, H, W) in [-1, 1].
            data_samples: One for each image; they come back with the result in ``predict``.
            mode: ``'tensor'`` returns the batch in [-1, 1], not clamped; ``'predict'`` returns
                data samples with ``enhanced`` set, uint8 RGB, clamped and rounded.
        """
        enhanced = self.enhance(inputs['low'])
        if mode == 'tensor':
            return enhanced
        if mode != 'predict':
            raise ValueError(f"mode {mode!r} is unknown: use 'tensor' or 'predict'.")
        if data_samples is None:
            data_samples = [EnhanceDataSample() for _ in enhanced]
        for data_sample, image in zip(data_samples, to_uint8(enhanced), strict=True):
            data_sample.enhanced = image
        return list(data_samples)

    def state_dict(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """State with the same keys whether or not networks are wrapped for distributed training.

        ``nn.Module.state_dict`` would write ``generator.module.*`` under DDP, which no
        single-process model and, after a resume, not even the same run loads.
        """
        names = ('destination', 'prefix', 'keep_vars')
        return get_state_dict(self, **dict(zip(names, args)), **kwargs)
