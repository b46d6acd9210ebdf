"""Adam in one kernel, safe in any layout."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from mmenlighten.registry import OPTIMIZERS

MOMENTS = ('exp_avg', 'exp_avg_sq', 'max_exp_avg_sq')


@OPTIMIZERS.register_module()
class FusedAdam(torch.optim.Adam):
    """torch's ``Adam(fused=True)`` for parameters, gradients and moments in different layouts.

    torch's kernel goes through all of them side by side as they lie in memory. If they differ in
    layout, it updates each parameter with the gradient of another one, without a word. They do
    differ where a run whose parameters lie in ``channels_last`` resumes from one whose do not.
    Here each follows its parameter.

    Args:
        params: As for ``torch.optim.Adam``.
        kwargs: Its other arguments but ``fused``.
    """

    def __init__(self, params: Any, **kwargs: Any) -> None:
        super().__init__(params, fused=True, **kwargs)

    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """One update; see ``torch.optim.Adam.step``."""
        for group in self.param_groups:
            for parameter in group['params']:
                if parameter.grad is not None:
                    parameter.grad = _like(parameter, parameter.grad)
                state = self.state.get(parameter, {})
                for name in MOMENTS:
                    if name in state:
                        state[name] = _like(parameter, state[name])
        return super().step(closure)


def _like(parameter: Tensor, values: Tensor) -> Tensor:
    """The values in the layout of the parameter."""
    if values.stride() == parameter.stride():
        return values
    return torch.empty_like(parameter, dtype=values.dtype, requires_grad=False).copy_(values)
