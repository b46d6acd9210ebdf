"""One optimizer for each network of a model."""

from __future__ import annotations

from typing import Any

from mmengine.optim import OptimWrapperDict, build_optim_wrapper
from torch import nn

from mmenlighten.registry import OPTIM_WRAPPER_CONSTRUCTORS
from mmenlighten.utils.distributed import unwrap_model
from mmenlighten.utils.errors import ConfigError


@OPTIM_WRAPPER_CONSTRUCTORS.register_module()
class MultiOptimWrapperConstructor:
    """Builds an :class:`OptimWrapperDict` from a config whose keys name networks of the model.

    A network that the model does without (None) is left out, so that a config which switches it
    off need not touch the optimizers.

    Args:
        optim_wrapper_cfg: Config of an optimizer wrapper by network.
        paramwise_cfg: Not supported here; put it into the config of a network.
    """

    def __init__(
        self, optim_wrapper_cfg: dict[str, Any], paramwise_cfg: dict[str, Any] | None = None
    ) -> None:
        if paramwise_cfg is not None:
            raise ConfigError(
                'optim_wrapper.paramwise_cfg applies to no network: move it into '
                'optim_wrapper.<network>.'
            )
        self.optim_wrapper_cfg = optim_wrapper_cfg

    def __call__(self, model: nn.Module) -> OptimWrapperDict:
        """Builds the wrappers of ``model``, which may be wrapped for distributed training.

        Raises:
            ConfigError: A key names no network of the model, or a network has no optimizer.
        """
        model = unwrap_model(model)
        trained = [
            name
            for name, child in model.named_children()
            if any(parameter.requires_grad for parameter in child.parameters())
        ]
        missing = [name for name in trained if name not in self.optim_wrapper_cfg]
        if missing:
            raise ConfigError(f'optim_wrapper has no optimizer for {", ".join(missing)}.')
        wrappers = {}
        for name, config in self.optim_wrapper_cfg.items():
            if not hasattr(model, name):
                raise ConfigError(
                    f'optim_wrapper.{name} names no network of {type(model).__name__}; it has '
                    f'{", ".join(trained)}.'
                )
            if name in trained:
                wrappers[name] = build_optim_wrapper(getattr(model, name), config)
        return OptimWrapperDict(**wrappers)
