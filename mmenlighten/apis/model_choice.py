"""What a user chooses about the model."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Literal

from .model_files import is_weights

Backend = Literal['torch', 'onnxruntime']


@dataclass(frozen=True)
class ModelChoice:
    """What a user chooses about the model; the default is ``bilateral_curves_s``.

    Args:
        model: Its name or its weights, as for :func:`mmenlighten.get_model`.
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

    def absolute(self) -> ModelChoice:
        """The same for processes in other folders."""
        model = _absolute(self.model) if is_weights(self.model) else self.model
        config, checkpoint = _absolute(self.config), _absolute(self.checkpoint)
        return replace(self, model=model, config=config, checkpoint=checkpoint)

    @property
    def is_default(self) -> bool:
        """Whether nothing is said of which model."""
        return self.model is None and self.config is None and self.checkpoint is None


def _absolute(path: str | None) -> str | None:
    there = os.path.abspath(os.path.expanduser(path or ''))
    return there if path and os.path.exists(there) else path  # an address stays as it is
