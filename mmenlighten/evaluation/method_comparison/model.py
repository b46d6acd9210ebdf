"""A model as a function from picture to picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import torch
from mmengine.config import Config

from mmenlighten.export.model import build_model
from mmenlighten.utils.tensor_image import to_array


def load_model(
    config: Config, checkpoint: str | None, device: str
) -> Callable[[np.ndarray], np.ndarray]:
    """Builds the model of a config with its weights.

    Args:
        config: The config; its ``model`` is a ``BaseEnhancer``.
        checkpoint: A checkpoint of training, or converted weights; None if it has no parameters.
        device: Where it works.

    Returns:
        A function from and to uint8 RGB (H, W, 3), finished when it returns.

    Raises:
        CheckpointError: The file is damaged, or of another network.
    """
    model = cast(Any, build_model(config, checkpoint).to(device))

    def enhance(image: np.ndarray) -> np.ndarray:
        low = torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)))
        with torch.no_grad():
            [result] = model.test_step(dict(inputs=dict(low=[low])))
        return to_array(result.enhanced)  # on the CPU, so that a GPU has finished

    return enhance
