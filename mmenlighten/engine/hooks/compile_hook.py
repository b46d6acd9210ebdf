"""torch.compile for the networks of a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import torch
from mmengine.hooks import Hook
from mmengine.optim import OptimWrapperDict
from mmengine.runner import Runner
from torch import nn

from mmenlighten.registry import HOOKS
from mmenlighten.utils.compat import keep_graphs_of_compiled_networks
from mmenlighten.utils.compilation import compiler_options
from mmenlighten.utils.distributed import unwrap_model
from mmenlighten.utils.errors import ConfigError


@HOOKS.register_module()
class CompileHook(Hook):
    """Compiles single networks in place, before the run begins.

    MMEngine's ``compile=True`` compiles the whole training step with its backward passes and
    optimizers, which takes longer to compile and runs slower. Keys of checkpoints do not change.

    Args:
        modules: Names of networks of the model, with dots for those inside; a network that the
            model does without (None) is passed over. None for those that the model names in
            ``networks_to_compile()``: by default all that learn.
        any_size: Those of them that also see pictures of other sizes, as validation has; the others
            get code for each size they meet, which is faster.
        cuda_graphs: Whether kernels are replayed as CUDA graphs, see
            :func:`~mmenlighten.utils.compilation.compiler_options`; not when gradients are
            accumulated over iterations.
        tuned: Whether kernels are tried in several shapes, likewise.
        options: More arguments of ``torch.nn.Module.compile``, for example
            ``dict(fullgraph=True)``.

    Raises:
        ConfigError: When the run begins, the model has no such network, or graphs are asked for
            and gradients are accumulated.
    """

    def __init__(
        self,
        modules: Sequence[str] | None = None,
        any_size: Sequence[str] = ('generator',),
        cuda_graphs: bool = False,
        tuned: bool = False,
        options: dict[str, Any] | None = None,
    ) -> None:
        self.modules = modules
        self.any_size = tuple(any_size)
        self.cuda_graphs = cuda_graphs
        own = compiler_options(cuda_graphs, tuned)
        self.options = (dict(options=own) if own else {}) | (options or {})

    def before_run(self, runner: Runner) -> None:
        """Compiles; code is generated in the first iterations."""
        if self.cuda_graphs and _accumulates_gradients(runner):
            raise ConfigError(
                'CompileHook.cuda_graphs does not go with accumulative_counts, as gradients in '
                'graphs do not outlast an iteration: set cuda_graphs=False.'
            )
        compiled = []
        model = unwrap_model(runner.model)
        modules = self.modules
        if modules is None:
            modules = cast(Any, model).networks_to_compile()
        for name in modules:
            network = self._find(model, name)
            if network is not None:
                sizes = dict(dynamic=None if name in self.any_size else False)
                network.compile(**(sizes | self.options))
                compiled.append(name)
        if compiled:
            keep_graphs_of_compiled_networks()
            runner.logger.info(f'Compiles {", ".join(compiled)}; the first iterations take longer.')

    def before_train_iter(self, *_: Any, **__: Any) -> None:
        """What the graphs of the last iteration hold may be overwritten."""
        if self.cuda_graphs:
            torch.compiler.cudagraph_mark_step_begin()

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


def _accumulates_gradients(runner: Runner) -> bool:
    wrappers = runner.optim_wrapper
    if not isinstance(wrappers, OptimWrapperDict):  # in a run that only tests
        return False
    return any(wrapper._accumulative_counts > 1 for wrapper in wrappers.values())
