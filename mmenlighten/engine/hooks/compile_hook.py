"""torch.compile for the networks of a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mmengine.hooks import Hook
from mmengine.runner import Runner
from torch import nn

from mmenlighten.registry import HOOKS
from mmenlighten.utils.compat import keep_graphs_of_compiled_networks
from mmenlighten.utils.distributed import unwrap_model
from mmenlighten.utils.errors import ConfigError


@HOOKS.register_module()
class CompileHook(Hook):
    """Compiles single networks in place, before the run begins.

    MMEngine's ``compile=True`` compiles the whole training step with its backward passes and
    optimizers, which takes longer to compile and runs slower. Keys of checkpoints do not change.

    Args:
        modules: Names of networks of the model, with dots for those inside; a network that the
            model does without (None) is passed over.
        any_size: Those of them that also see pictures of other sizes, as validation has; the others
            get code for each size they meet, which is faster.
        options: More arguments of ``torch.nn.Module.compile``, for example
            ``dict(mode='max-autotune')``.

    Raises:
        ConfigError: When the run begins, the model has no such network.
    """

    def __init__(
        self,
        modules: Sequence[str] = ('generator', 'global_discriminator', 'local_discriminator'),
        any_size: Sequence[str] = ('generator',),
        options: dict[str, Any] | None = None,
    ) -> None:
        self.modules = tuple(modules)
        self.any_size = tuple(any_size)
        self.options = options or {}

    def before_run(self, runner: Runner) -> None:
        """Compiles; code is generated in the first iterations."""
        compiled = []
        for name in self.modules:
            network = self._find(unwrap_model(runner.model), name)
            if network is not None:
                sizes = dict(dynamic=None if name in self.any_size else False)
                network.compile(**(sizes | self.options))
                compiled.append(name)
        if compiled:
            keep_graphs_of_compiled_networks()
            runner.logger.info(f'Compiles {", ".join(compiled)}; the first iterations take longer.')

    def _find(self, model: nn.Module, name: str) -> nn.Module | None:
        network = model
        for part in name.split('.'):
            child = getattr(network, part, 'missing')
            if child is None:
                return None
            if not isinstance(child, nn.Module):
                names = ', '.join(child for child, _ in model.named_children())
                raise ConfigError(
                    f'CompileHook.modules: {type(model).__name__} has no network {name!r}; it has '
                    f'{names}.'
                )
            network = unwrap_model(child)
        return network
