"""What every enhancer shares, trained or not."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from torch import Tensor

from mmenlighten.registry import MODELS
from mmenlighten.structures import EnhanceDataSample
from mmenlighten.utils.mmengine_parts import BaseModel, get_state_dict
from mmenlighten.utils.tensor_image import to_uint8


class BaseEnhancer(BaseModel):
    """Base of all systems that make a low-light image bright.

    A subclass says how in :meth:`enhance`; validation, testing and checkpoints work from there.
    One that is trained adds ``train_step``.

    Args:
        data_preprocessor: Config of the component that stacks batches and maps them to [-1, 1].
    """

    EXPORTED: ClassVar[tuple[str, ...]] = ()
    """Parts that enhance; weights of others need not be in a file for enhancing. Empty for all."""

    def __init__(self, data_preprocessor: dict[str, Any] | None = None) -> None:
        super().__init__(MODELS.build(data_preprocessor or dict(type='EnhanceDataPreprocessor')))

    @property
    def shows_attention(self) -> bool:
        """Whether an attention map belongs beside its results."""
        return False

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

    def displayed(self, image: Tensor) -> Tensor:
        """Inputs (N, C, H, W) as RGB pictures of the size of results, to look at; in their range.

        They are themselves, unless the network takes something else than pictures.
        """
        return image

    def displayed_result(self, image: Tensor) -> Tensor:
        """Results (N, 3, H, W) in [-1, 1], and what they are compared with, as pictures."""
        return image

    def networks_to_compile(self) -> list[str]:
        """Names of the networks that :class:`~mmenlighten.engine.CompileHook` compiles."""
        return [
            name
            for name, network in self.named_children()
            if name != 'generator_ema'
            and any(parameter.requires_grad for parameter in network.parameters())
        ]

    def training_pictures(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Further images of a training batch that are worth a look, by what they show.

        Args:
            inputs: Images (1, 3, H, W) in [-1, 1].

        Returns:
            Images (1, 3, H, W) in [-1, 1].
        """
        return {}

    def state_dict(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """State with the same keys whether or not networks are wrapped for distributed training.

        ``nn.Module.state_dict`` would write ``generator.module.*`` under DDP, which no
        single-process model and, after a resume, not even the same run loads.
        """
        names = ('destination', 'prefix', 'keep_vars')
        return get_state_dict(self, **dict(zip(names, args)), **kwargs)
