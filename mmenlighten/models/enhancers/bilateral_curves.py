"""Trains illumination curves and a denoiser on pairs, each on what it alone can answer for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor

from mmenlighten.models.generators.bilateral_curve_net import BilateralCurveNet, Stages
from mmenlighten.models.losses import CharbonnierLoss, ColourLoss, SSIMLoss
from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_names
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.precision import without_autocast

from .trained_enhancer import TrainedEnhancer

if TYPE_CHECKING:
    from mmengine.optim import OptimWrapperDict

LOSS_WEIGHTS = dict(
    light=0.5,
    light_pooled=0.5,
    exposure=0.5,
    exposure_pooled=0.5,
    matched=1.0,
    matched_structure=0.2,
    colour=1.5,
    denoising=1.0,
    denoising_structure=0.2,
)
"""Weights of the losses, by their names in the log."""

POOL = 8
"""Side in pixels of the squares on which light is compared."""


@MODELS.register_module()
class BilateralCurves(TrainedEnhancer):
    """The training recipe of :class:`.BilateralCurveNet`.

    What pairs hold besides ``low`` and ``normal`` is ``clean``: the same exposure as ``low``, free
    of noise. It is lit by the same curves, and so is what the denoiser should make of ``low``. A
    distance to ``normal`` would not do: where the exposure is wrong by more than the noise, the
    sign of the difference, which is the gradient of an absolute distance, knows nothing of noise.

    Args:
        generator: Config of the network, a :class:`.BilateralCurveNet`.
        loss_weights: Weights that differ from `LOSS_WEIGHTS`.
        ema: Config of an average model of the generator, used for validation and testing, or None.
        data_preprocessor: As for :class:`BaseEnhancer`.

    Raises:
        ConfigError: ``loss_weights`` names a loss that there is not, or the generator is of
            another kind.
    """

    def __init__(
        self,
        generator: dict[str, Any],
        loss_weights: dict[str, float] | None = None,
        ema: dict[str, Any] | None = None,
        data_preprocessor: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(generator, ema, data_preprocessor)
        check_names('model.loss_weights', loss_weights or {}, LOSS_WEIGHTS)
        if not isinstance(self.generator, BilateralCurveNet):
            raise ConfigError('model.generator: BilateralCurves trains a BilateralCurveNet alone.')
        self.loss_weights = {**LOSS_WEIGHTS, **(loss_weights or {})}
        self.charbonnier, self.structure = CharbonnierLoss(), SSIMLoss()
        self.colour = ColourLoss()

    def train_step(
        self, data: Mapping[str, Any], optim_wrapper: OptimWrapperDict
    ) -> dict[str, Tensor]:
        """One update on a batch with ``low``, ``clean`` and ``normal``."""
        inputs = self.data_preprocessor(data, training=True)['inputs']
        wrapper = optim_wrapper['generator']
        with wrapper.optim_context(self.generator):
            losses = self.losses(inputs['low'], inputs['clean'], inputs['normal'])
            loss = torch.stack(
                [self.loss_weights[name] * value for name, value in losses.items()]
            ).sum()
        wrapper.update_params(loss)
        self.update_average()
        return {f'loss_{name}': value.detach() for name, value in losses.items()}

    def losses(self, low: Tensor, clean: Tensor, normal: Tensor) -> dict[str, Tensor]:
        """All losses of a batch of images (N, 3, H, W) in [-1, 1]; sides are multiples of 8."""
        stages: Stages = self.generator(low, clean)
        with without_autocast(low.device.type):  # half precision has too few digits for losses
            normal = (normal + 1) / 2
            return {
                **self._losses_of_light(stages.lit, normal),
                **self._losses_of_denoising(stages.denoised, stages.lit_clean),
                **self._losses_of_tone(stages.enhanced, normal),
            }

    def _losses_of_light(self, lit: Tensor, normal: Tensor) -> dict[str, Tensor]:
        """The curves bring squares of the image to the wanted brightness."""
        return dict(
            light=self.charbonnier(lit, normal),
            light_pooled=F.l1_loss(_pool(lit), _pool(normal)),
        )

    def _losses_of_denoising(self, denoised: Tensor, lit_clean: Tensor) -> dict[str, Tensor]:
        """What the same curves make of the image without noise is wanted.

        The denoiser is not to blame the curves, nor they it.
        """
        return dict(
            denoising=self.charbonnier(denoised, lit_clean),
            denoising_structure=self.structure(denoised, lit_clean),
        )

    def _losses_of_tone(self, enhanced: Tensor, normal: Tensor) -> dict[str, Tensor]:
        """Compares the whole result, once as it is and once with its exposure matched.

        So errors of exposure do not drown those of contrast.
        """
        matched = enhanced * _ratio_of_means(normal, enhanced)
        return dict(
            exposure=self.charbonnier(enhanced, normal),
            exposure_pooled=F.l1_loss(_pool(enhanced), _pool(normal)),
            matched=self.charbonnier(matched, normal),
            matched_structure=self.structure(matched, normal),
            colour=self.colour(enhanced, normal),
        )


def _pool(image: Tensor) -> Tensor:
    return F.avg_pool2d(image, POOL)


def _ratio_of_means(wanted: Tensor, enhanced: Tensor) -> Tensor:
    """By how much each image (N, 3, H, W) is too dark, from 1/2 to 2; without gradient."""
    means = [image.detach().mean((1, 2, 3), keepdim=True) for image in (wanted, enhanced)]
    return (means[0] / means[1].clamp(min=0.02)).clamp(0.5, 2)
