"""Trains the networks of Kalantari and Ramamoorthi, whose last one learns in two stages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from torch import Tensor

from mmenlighten.models.generators.kalantari_hdr import MARGIN
from mmenlighten.models.layers import light_of_frames
from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_choice
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.precision import full_precision, without_autocast

from .exposure_merger import ExposureMerger

INNER = (slice(None), slice(None), slice(MARGIN, -MARGIN), slice(MARGIN, -MARGIN))

STAGES = (None, 'light', 'frames')


@MODELS.register_module()
class KalantariMerger(ExposureMerger):
    """Trains a :class:`.KalantariHDR` on aligned frames.

    Losses see what the network gives without padding: 28 of 40 pixels. With ``kind='wie'`` merged
    light alone does not tell refined frames from weights, so a first stage, the first of
    ``train_cfg.phase_epochs``, trains the refined frames alone; then all is trained together.

    Args:
        generator: Config of the network.
        losses: As for :class:`.PairedEnhancer`.
        first_stage: What each refined frame is compared with in the first stage: ``'light'``, the
            light of the scene, or ``'frames'``, what the aligned frame tells of it by itself. None
            for a training without such a stage.
        options: Other arguments of :class:`.PairedEnhancer`.

    Raises:
        ConfigError: ``first_stage`` is unknown, or the network refines no frames.
    """

    def __init__(
        self,
        generator: dict[str, Any],
        losses: Mapping[str, dict[str, Any]],
        first_stage: Literal['light', 'frames'] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(generator, losses, **options)
        check_choice('KalantariMerger.first_stage', first_stage, STAGES)
        if first_stage is not None and self.generator.kind != 'wie':
            raise ConfigError(
                f'KalantariMerger.first_stage={first_stage!r} trains refined frames, which '
                f"kind={self.generator.kind!r} has not: set generator.kind='wie' or leave it out."
            )
        self.first_stage = first_stage

    def compute_losses(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Losses of the present stage by name."""
        ldr, exposures = inputs['low'], inputs['exposures']
        target = inputs['normal'][INNER]
        found, frames = self.generator(ldr, exposures, 'frames')
        if self.first_stage is not None and self.phase == 0:
            found = frames
            if self.first_stage == 'frames':
                target = 2 * light_of_frames((full_precision(ldr) + 1) / 2, exposures)[INNER] - 1
            else:
                target = target.repeat(1, frames.shape[1] // target.shape[1], 1, 1)
        with without_autocast(found.device.type):
            found, target = (self.in_range_of_losses(x) for x in (found, target))
            return {name: loss(found, target) for name, loss in self.losses.items()}
