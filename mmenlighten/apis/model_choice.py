"""What a user chooses about the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Backend = Literal['torch', 'onnxruntime']


@dataclass(frozen=True)
class ModelChoice:
    """What a user chooses about the model; the default is ``bilateral_curves_s``.

    Args:
        model: Its name, as :func:`mmenlighten.list_models` tells it.
        config: Its config, instead of a name.
        checkpoint: Its weights, or with ``backend='onnxruntime'`` an exported file.
        backend: What computes.
        device: ``'auto'``, ``'cpu'``, ``'cuda'``, ``'cuda:1'`` or ``'mps'``.
        precision: ``'float32'``, ``'bfloat16'``, ``'float16'``, or ``'auto'``, the fastest.
    """

    model: str | None = None
    config: str | None = None
    checkpoint: str | None = None
    backend: Backend = 'torch'
    device: str = 'auto'
    precision: str = 'float32'

    @property
    def is_default(self) -> bool:
        """Whether nothing is said of which model."""
        return self.model is None and self.config is None and self.checkpoint is None
