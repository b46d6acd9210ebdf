"""A trained model as a function from picture to picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from mmengine.config import Config
from mmengine.registry import DefaultScope
from mmengine.runner.checkpoint import CheckpointLoader
from torch import nn

import mmenlighten.models  # noqa: F401  registers
from mmenlighten.registry import MODELS
from mmenlighten.utils.errors import CheckpointError, error_reason
from mmenlighten.utils.tensor_image import to_array


def load_model(config: Config, checkpoint: str, device: str) -> Callable[[np.ndarray], np.ndarray]:
    """Builds the model of a config with its weights.

    Args:
        config: The config; its ``model`` is a ``BaseEnhancer``.
        checkpoint: A checkpoint of training, or converted weights.
        device: Where it works.

    Returns:
        A function from and to uint8 RGB (H, W, 3), finished when it returns.

    Raises:
        CheckpointError: The file is damaged, or of another network.
    """
    with DefaultScope.overwrite_default_scope('mmenlighten'):
        model = MODELS.build(config.model)
    _load_weights(model, checkpoint)
    model.to(device).eval()

    def enhance(image: np.ndarray) -> np.ndarray:
        low = torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)))
        with torch.no_grad():
            [result] = model.test_step(dict(inputs=dict(low=[low])))
        return to_array(result.enhanced)  # on the CPU, so that a GPU has finished

    return enhance


def _load_weights(model: nn.Module, checkpoint: str) -> None:
    try:
        loaded = CheckpointLoader.load_checkpoint(checkpoint, map_location='cpu')
        state: Mapping[str, Any] = loaded.get('state_dict', loaded)
        missing = model.load_state_dict(state, strict=False).missing_keys
    except Exception as error:  # torch raises all sorts of errors for files that are no weights
        raise CheckpointError(
            f'{checkpoint} does not fit the model of the config ({error_reason(error)}): give '
            'weights that were trained with it.'
        ) from error
    # Weights without the discriminators are whole enough to enhance, half a network is not.
    parts = {key.partition('.')[0] for key in state}
    lacking = [key for key in missing if key.partition('.')[0] in parts]
    lacking = [key for key in lacking if not key.endswith('num_batches_tracked')]
    if lacking or not parts & {name for name, _ in model.named_children()}:
        raise CheckpointError(
            f'{checkpoint} has no {(lacking or missing)[0]}, which the model of the config needs: '
            'give weights that were trained with it.'
        )
