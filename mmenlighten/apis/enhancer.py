"""Makes whatever model a user chooses ready for photographs."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from mmenlighten.utils.errors import CheckpointError, ConfigError

from .enhance_options import EnhanceOptions
from .model_choice import Backend, ModelChoice
from .model_entry import ModelEntry
from .model_index import find_model
from .photo_enhancer import PhotoEnhancer

DEFAULT_MODEL = 'enlightengan_demo'
"""The demo's own small model, whose weights are part of the package."""


def build_enhancer(choice: ModelChoice, options: EnhanceOptions) -> PhotoEnhancer:
    """Makes the model that a user chooses ready for photographs.

    Nothing of torch or mmengine is imported for ``backend='onnxruntime'``.

    Args:
        choice: Which model, and where it runs; without a model and files, `DEFAULT_MODEL`.
        options: How photographs are enhanced.

    Raises:
        ConfigError: There is no such model, backend, device or precision, or they do not go
            together.
        CheckpointError: There are no weights, or they are damaged or of another network.
    """
    if choice.backend not in get_args(Backend):
        raise ConfigError(
            f'backend={choice.backend} is unknown: use one of {", ".join(get_args(Backend))}.'
        )
    if choice.model is not None and choice.config is not None:
        raise ConfigError(
            f'model={choice.model} and config={choice.config} are two models: give one of them.'
        )
    if choice.backend == 'onnxruntime':
        return _onnx_enhancer(choice, options)
    from mmenlighten.utils.quiet import quiet_mmengine

    from .model import init_model
    from .torch_enhancer import torch_enhancer

    config, checkpoint = _config_and_weights(choice)
    if checkpoint.endswith('.onnx'):
        raise CheckpointError(f'{checkpoint} is for onnxruntime: give backend=onnxruntime too.')
    with quiet_mmengine():  # that a file was loaded is no news
        model = init_model(config, checkpoint)
    return torch_enhancer(model, options, choice.device, choice.precision)


def _config_and_weights(choice: ModelChoice) -> tuple[str, str]:
    if choice.config is not None:
        if choice.checkpoint is None:
            raise CheckpointError(f'checkpoint is missing: give the weights for {choice.config}.')
        return choice.config, choice.checkpoint
    if choice.model is None and choice.checkpoint is not None:
        raise ConfigError(
            f'checkpoint={choice.checkpoint} alone does not tell its network: give config or '
            'model too.'
        )
    entry = find_model(choice.model or DEFAULT_MODEL)
    return str(entry.config), choice.checkpoint or _weights_of(entry)


def _weights_of(entry: ModelEntry) -> str:
    if entry.weights is None:
        raise CheckpointError(
            f'No weights are published for {entry.name}: train it and give checkpoint=FILE, or use '
            f'{DEFAULT_MODEL}, the small model of the demo.'
        )
    return entry.weights


def _onnx_enhancer(choice: ModelChoice, options: EnhanceOptions) -> PhotoEnhancer:
    checkpoint = choice.checkpoint
    if checkpoint is None:
        if choice.config is not None:
            raise CheckpointError('checkpoint is missing: give a file of `mmenlighten export`.')
        entry = find_model(choice.model or DEFAULT_MODEL)
        checkpoint = str(Path(_weights_of(entry)).with_suffix('.onnx'))
        if not Path(checkpoint).is_file():
            raise CheckpointError(
                f'{entry.name} is not published for onnxruntime: write it with '
                f'`mmenlighten export FILE.onnx --model {entry.name}`, and give checkpoint.'
            )
    elif not checkpoint.endswith('.onnx'):
        raise CheckpointError(
            f'{checkpoint} is not for onnxruntime: write a file for it with `mmenlighten export`.'
        )
    from .onnx_enhancer import onnx_enhancer

    return onnx_enhancer(checkpoint, options, choice.device, choice.precision)
