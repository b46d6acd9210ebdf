"""The weight that finds itself in the adaptive WGAN of Deep Photo Enhancer."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_at_least, check_positive, check_share


@MODELS.register_module()
class AdaptivePenaltyWeight:
    """Weight of a gradient penalty, raised while slopes exceed 1 (Section 5.1: A-WGAN).

    It follows a moving average of the penalty. Where that is above a bound, the weight grows and
    the average begins anew; for some steps afterwards nothing changes, so that the critic can
    follow. The authors' program never lowers the weight; the paper does.

    All is kept in tensors, so that no step waits for a GPU.

    Args:
        start: Weight in the beginning.
        decay: Share of the average that remains at a step.
        bound: Average above which the weight is raised.
        factor: By which it is multiplied, and divided where it is lowered. 1 keeps the weight.
        patience: Steps without a change after one, counted from that step.
        decrease_below: Average below which the weight is lowered, after ``patience`` steps at
            first; None never does.

    Raises:
        ConfigError: A number is out of its range.
    """

    def __init__(
        self,
        start: float = 10.0,
        decay: float = 0.99,
        bound: float = 0.05,
        factor: float = 2.0,
        patience: int = 50,
        decrease_below: float | None = None,
    ) -> None:
        check_positive('AdaptivePenaltyWeight', start=start, bound=bound)
        check_share('AdaptivePenaltyWeight', decay=decay)
        check_at_least(1, 'AdaptivePenaltyWeight.', factor=factor, patience=patience)
        self.decay, self.bound, self.factor = decay, bound, factor
        self.patience, self.decrease_below = patience, decrease_below
        wait = 0 if decrease_below is None else patience
        state = torch.tensor([start, 0, wait, 0], dtype=torch.float64)
        self.weight, self.average, self.wait, self.steps = state.unbind()

    def update(self, penalty: Tensor) -> None:
        """Takes the penalty of a step into account, a scalar without its weight.

        Args:
            penalty: The same on all processes, which then keep the same weight.
        """
        self.load_state_dict(
            {name: value.to(penalty.device) for name, value in self.state_dict().items()}
        )
        penalty = penalty.detach().double()
        # The first step of a training is left out, as in the authors' program.
        share = (1 - self.decay) * (self.steps > 0)
        self.average = self.average + share * (penalty - self.average)
        self.steps = self.steps + 1

        is_free = self.wait == 0
        rises = is_free & (self.average > self.bound)
        falls = torch.zeros_like(rises)
        if self.decrease_below is not None:
            falls = is_free & (self.average < self.decrease_below)
        factor = torch.where(rises, self.factor, torch.where(falls, 1 / self.factor, 1.0))
        self.weight = self.weight * factor
        self.average = torch.where(rises, 0.0, self.average)
        self.wait = torch.where(rises | falls, float(self.patience), self.wait)
        self.wait = (self.wait - 1).clamp(min=0)

    def state_dict(self) -> dict[str, Tensor]:
        """What a resumed run needs to go on with."""
        return dict(weight=self.weight, average=self.average, wait=self.wait, steps=self.steps)

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Takes what :meth:`state_dict` gave."""
        self.weight, self.average = state['weight'], state['average']
        self.wait, self.steps = state['wait'], state['steps']
