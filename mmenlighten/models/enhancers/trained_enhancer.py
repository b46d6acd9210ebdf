"""What enhancers that learn share: the exported network, its average, updates of networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import torch
from torch import Tensor, nn

from mmenlighten.models.feature_networks import FrozenFeatureNetwork
from mmenlighten.registry import MODELS
from mmenlighten.utils.distributed import unwrap_model
from mmenlighten.utils.errors import ConfigError

from .base_enhancer import BaseEnhancer
from .checkpoint_hooks import accept_weights_for_enhancing, rename_to_fit

if TYPE_CHECKING:
    from mmengine.optim import OptimWrapperDict


@MODELS.register_module()
class TrainedEnhancer(BaseEnhancer):
    """Base of enhancers that learn; by itself, what enhances with a network that has learned.

    The network from low to normal light is ``generator``, whatever else is trained beside it:
    enhancing, tiling, export and checkpoints for enhancing know this name alone. A subclass adds
    its other networks and ``train_step``.

    Args:
        generator: Config of the network that enhances.
        ema: Config of an average of the generator, used for validation and testing, for example
            ``dict(type='ExponentialMovingAverage', momentum=0.001)``, or None.
        data_preprocessor: As for :class:`BaseEnhancer`.
    """

    EXPORTED = ('generator', 'generator_ema')

    GENERATORS: ClassVar[tuple[str, ...]] = ('generator',)
    """Networks that learn only in iterations with ``update_generator``; all others always learn."""

    loss_weights: dict[str, float]
    """Weights of the generators' losses; a subclass that has such sets them."""

    def __init__(
        self,
        generator: dict[str, Any],
        ema: dict[str, Any] | None = None,
        data_preprocessor: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data_preprocessor)
        self.generator_config = generator
        self.generator: nn.Module = MODELS.build(generator)
        self.generator_ema = None
        if ema is not None:
            self.generator_ema = MODELS.build(ema, default_args=dict(model=self.generator))
        self.begin_iteration(seed=0, iteration=0)
        self.begin_phase(0)
        self.register_load_state_dict_pre_hook(rename_to_fit)
        self.register_load_state_dict_post_hook(accept_weights_for_enhancing)

    def enhance(self, image: Tensor) -> Tensor:
        """Enhances with the averaged generator where there is one."""
        return self.generator(image) if self.generator_ema is None else self.generator_ema(image)

    def init_weights(self) -> None:
        """Reads weights of feature networks; trained networks start in their constructors."""
        for module in self.modules():
            if isinstance(module, FrozenFeatureNetwork):
                module.load_weights()

    def displayed(self, image: Tensor) -> Tensor:
        """As the generator's ``preview`` shows them, where it has one."""
        preview = getattr(unwrap_model(self.generator), 'preview', None)
        return image if preview is None else preview(image)

    def begin_iteration(self, seed: int, iteration: int, update_generator: bool = True) -> None:
        """Tells what the next ``train_step`` is a function of; the train loop calls it."""
        self.seed, self.iteration, self.update_generator = seed, iteration, update_generator

    def begin_phase(self, index: int) -> None:
        """Tells which of its phases (from 0) the training is in; the train loop calls it."""
        self.phase = index

    def update(
        self,
        optim_wrapper: OptimWrapperDict,
        loss: Tensor,
        names: Sequence[str],
        retain_graph: bool = False,
    ) -> bool:
        """Backward to the parameters of the named networks alone, then a step of each.

        An optimizer for each network and one for all of them are the same mathematics, as long as
        all gradients are there before the first step.

        Args:
            optim_wrapper: The wrappers of all networks.
            loss: Loss of the named networks, a scalar.
            names: Networks that learn from it.
            retain_graph: Whether another loss goes back through the same graph.

        Returns:
            Whether steps were due; gradient accumulation leaves them out most times.

        Raises:
            ConfigError: Several networks learn from one loss, and each would scale it by a factor
                of its own.
        """
        wrappers = [optim_wrapper[name] for name in names]
        if len(wrappers) > 1 and any(hasattr(wrapper, 'loss_scaler') for wrapper in wrappers):
            raise ConfigError(
                f'{" and ".join(names)} learn from one loss, which AmpOptimWrapper would scale for '
                "each of them: set optim_wrapper.<network>.type='AutocastOptimWrapper', which "
                'computes in bfloat16 and scales nothing.'
            )
        networks = [getattr(self, name) for name in names]
        parameters = [p for network in networks for p in network.parameters() if p.requires_grad]
        first, *others = wrappers
        loss = first.scale_loss(loss)
        first.backward(loss, inputs=parameters, retain_graph=retain_graph)
        for other in others:
            other._inner_count += 1  # as backward() has counted for the first
        if is_due := first.should_update():
            for wrapper in wrappers:
                wrapper.step()
                wrapper.zero_grad()
        return is_due

    def update_generators(
        self,
        optim_wrapper: OptimWrapperDict,
        losses: Mapping[str, Tensor],
        retain_graph: bool = False,
    ) -> None:
        """Updates :attr:`GENERATORS`, and the average, by losses times ``loss_weights``.

        Args:
            optim_wrapper: The wrappers of all networks.
            losses: Losses of the generators, scalars, by their names in ``loss_weights``.
            retain_graph: As for :meth:`update`.
        """
        terms = [self.loss_weights[name] * loss for name, loss in losses.items()]
        if self.update(optim_wrapper, torch.stack(terms).sum(), self.GENERATORS, retain_graph):
            self.update_average()

    def update_average(self) -> None:
        """Takes the generator's new weights into its average, where there is one."""
        if self.generator_ema is not None:
            self.generator_ema.update_parameters(unwrap_model(self.generator))

    def training_state(self) -> dict[str, Any]:
        """What a resumed run needs besides parameters, buffers and optimizers; of this process."""
        return {}

    def load_training_state(self, state: Mapping[str, Any]) -> None:
        """Goes on from what :meth:`training_state` returned."""
