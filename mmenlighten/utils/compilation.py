"""What the code needs to know of ``torch.compile``."""

from __future__ import annotations

from torch import nn


def is_compiled(network: nn.Module) -> bool:
    """Whether a network was compiled in place, by :meth:`torch.nn.Module.compile`."""
    return getattr(network, '_compiled_call_impl', None) is not None


def compiler_options(cuda_graphs: bool, tuned: bool) -> dict[str, bool]:
    """Options of ``torch.compile`` for networks on a GPU.

    Args:
        cuda_graphs: Kernels are replayed as graphs, so that the GPU need not wait for Python. Code
            for any size is left out, as a graph is made for each size. Results are overwritten in
            the next step, which :func:`torch.compiler.cudagraph_mark_step_begin` must announce.
        tuned: Kernels other than convolutions are tried in several shapes.
    """
    options = {}
    if cuda_graphs:
        options = {'triton.cudagraphs': True, 'triton.cudagraph_skip_dynamic_graphs': True}
    return options | {'max_autotune_pointwise': True} if tuned else options
