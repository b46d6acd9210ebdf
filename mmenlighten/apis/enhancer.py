"""Makes whatever model a user chooses ready for photographs."""

from __future__ import annotations

from typing import get_args

from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.utils.errors import CheckpointError, ConfigError
from mmenlighten.utils.option_names import option
from mmenlighten.utils.weights_address import file_name, is_address

from .backend_choice import require_torch
from .model_choice import Backend, ModelChoice
from .model_files import DEFAULT_MODEL, find_files, is_weights, published_export, published_weights
from .model_index import ModelEntry, find_model
from .weights_files import existing_weights


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
        UserError: A package is not installed.
    """
    if choice.backend not in get_args(Backend):
        raise ConfigError(
            f'{option("backend", choice.backend)} is unknown: use one of '
            f'{", ".join(get_args(Backend))}.'
        )
    if choice.model is not None and choice.config is not None:
        raise ConfigError(
            f'{option("model", choice.model)} and {option("config", choice.config)} are two '
            'models: give one of them.'
        )
    if choice.backend == 'onnxruntime':
        return _onnx_enhancer(choice, options)
    if choice.checkpoint is not None and file_name(choice.checkpoint).endswith('.onnx'):
        raise CheckpointError(
            f'{choice.checkpoint} is for onnxruntime: give {option("backend", "onnxruntime")} too.'
        )
    model_or_config = choice.model if choice.config is None else choice.config
    files = find_files(model_or_config, choice.checkpoint)
    require_torch(choice)
    from mmenlighten.utils.quiet import quiet_mmengine

    from .model import init_model
    from .torch_enhancer import torch_enhancer

    with quiet_mmengine():  # that a file was loaded is no news
        model = init_model(*files)
    return torch_enhancer(model, options, choice.device, choice.precision)


def _onnx_enhancer(choice: ModelChoice, options: EnhanceOptions) -> PhotoEnhancer:
    checkpoint = choice.model if is_weights(choice.model) else choice.checkpoint
    if checkpoint is None:
        if choice.config is not None:
            raise CheckpointError(
                f'{option("checkpoint")} is missing: give a file of `mmenlighten export`.'
            )
        checkpoint = _published_export(find_model(choice.model or DEFAULT_MODEL))
    elif not file_name(checkpoint).endswith('.onnx'):
        raise CheckpointError(
            f'{checkpoint} is not for onnxruntime: write a file for it with `mmenlighten export`.'
        )
    from .onnx_enhancer import onnx_enhancer

    if is_address(checkpoint):
        checkpoint = existing_weights(checkpoint)
    return onnx_enhancer(checkpoint, options, choice.device, choice.precision)


def _published_export(entry: ModelEntry) -> str:
    published_weights(entry)
    if entry.parameters == 0:
        raise ConfigError(
            f'{entry.name} runs with torch only: leave out {option("backend", "onnxruntime")}.'
        )
    export = published_export(entry)
    if export is None:
        raise CheckpointError(
            f'{entry.name} is not published for onnxruntime: leave out '
            f'{option("backend", "onnxruntime")}, or write a file by `mmenlighten export FILE.onnx '
            f'--model {entry.name}` and give it as {option("checkpoint")}.'
        )
    return existing_weights(export, entry.onnx_sha256)
