"""Training on pairs: one network, and losses against the normal-light picture of the same scene."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from torch import Tensor, nn

from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_names
from mmenlighten.utils.precision import full_precision, without_autocast

from .trained_enhancer import TrainedEnhancer

if TYPE_CHECKING:
    from mmengine.optim import OptimWrapperDict


@MODELS.register_module()
class PairedEnhancer(TrainedEnhancer):
    """Trains a generator by any losses between what it makes of ``low`` and ``normal``.

    Systems whose losses look at more than the result override :meth:`compute_losses`, and those
    that train in phases look at :attr:`phase` there.

    Args:
        generator: Config of the network that enhances.
        losses: Configs of losses, by the names that they have in the log. Each is called with the
            result and the target.
        loss_weights: Weights by name; of others that of `LOSS_WEIGHTS`, or 1 where that is empty.
        unit_range: Whether losses see images in [0, 1], as in most papers, or in [-1, 1].
        ema: As for :class:`TrainedEnhancer`.
        data_preprocessor: As for :class:`BaseEnhancer`.

    Raises:
        ConfigError: ``loss_weights`` names a loss that there is not.
    """

    LOSS_WEIGHTS: ClassVar[Mapping[str, float]] = {}
    """Weights of the paper, by the names of all that :meth:`compute_losses` may return."""

    def __init__(
        self,
        generator: dict[str, Any],
        losses: Mapping[str, dict[str, Any]],
        loss_weights: Mapping[str, float] | None = None,
        unit_range: bool = True,
        ema: dict[str, Any] | None = None,
        data_preprocessor: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(generator, ema, data_preprocessor)
        defaults = self.LOSS_WEIGHTS or dict.fromkeys(losses, 1.0)
        check_names('model.loss_weights', loss_weights or {}, defaults)
        self.losses = nn.ModuleDict({name: MODELS.build(loss) for name, loss in losses.items()})
        self.loss_weights = {**defaults, **(loss_weights or {})}
        self.unit_range = unit_range

    def train_step(
        self, data: Mapping[str, Any], optim_wrapper: OptimWrapperDict
    ) -> dict[str, Tensor]:
        """One update on a batch of pairs: ``low`` and ``normal``."""
        inputs = self.data_preprocessor(data, training=True)['inputs']
        with optim_wrapper['generator'].optim_context(self.generator):
            losses = self.compute_losses(inputs)
        self.update_generators(optim_wrapper, losses)
        self.iteration += 1
        return {f'loss_{name}': loss.detach() for name, loss in losses.items()}

    def compute_losses(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Losses of a batch by name, before they are weighted.

        Args:
            inputs: Images (N, 3, H, W) in [-1, 1].
        """
        enhanced = self.generator(inputs['low'])
        with without_autocast(enhanced.device.type):  # half precision has too few digits
            result, target = (self.in_range_of_losses(x) for x in (enhanced, inputs['normal']))
            return {name: loss(result, target) for name, loss in self.losses.items()}

    def in_range_of_losses(self, image: Tensor) -> Tensor:
        """From [-1, 1] to what losses see, not clamped, in full precision."""
        image = full_precision(image)
        return (image + 1) / 2 if self.unit_range else image
