"""Which weights an enhancer takes: official ones, those of wrappers, those of a generator."""

from __future__ import annotations

from typing import Any

from torch import nn

from mmenlighten.utils.distributed import unwrap_model
from mmenlighten.utils.mmengine_parts import get_state_dict
from mmenlighten.utils.weight_names import renamed_to_fit

from .base_enhancer import BaseEnhancer


def rename_to_fit(model: nn.Module, state_dict: dict[str, Any], prefix: str, *_: Any) -> None:
    """Takes weights under the names of wrappers of training, and the official generator's."""
    if prefix:
        return
    names = state_dict if state_dict.keys() <= model.state_dict().keys() else get_state_dict(model)
    renamed = renamed_to_fit(state_dict, names)
    if renamed.keys() != state_dict.keys():
        state_dict.clear()
        state_dict.update(renamed)


def accept_weights_for_enhancing(model: BaseEnhancer, incompatible_keys: Any) -> None:
    """Weights for enhancing have no discriminators at all, and that is not worth a warning."""
    missing = incompatible_keys.missing_keys
    for name, part in model.named_children():
        keys = set(unwrap_model(part).state_dict(prefix=f'{name}.'))
        if name not in model.EXPORTED and keys <= set(missing):
            missing[:] = [key for key in missing if key not in keys]
