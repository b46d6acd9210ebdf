"""Enhances photographs with any network, within a memory budget."""

from __future__ import annotations

from typing import Any

import numpy as np

from mmenlighten.inference import (
    Network,
    NetworkTraits,
    blend,
    choose_tile,
    default_budget,
    enhance_tiled,
    is_dark,
)
from mmenlighten.inference.tiled_enhancement import Progress
from mmenlighten.photos import Photo
from mmenlighten.utils.errors import UserError

from .enhance_options import EnhanceOptions

COPIES_ALONE = 3
"""Pictures in memory beside the tiles: a photograph, its result, and the content of its file."""

COPIES_IN_PIPELINE = 8
"""The same, with two that are read ahead, and one with its result that is being packed."""

SHARE_OF_PIPELINE = 1 / 2
"""Photographs that would take more of the budget than this are handled one after the other."""


class PhotoEnhancer:
    """Enhances photographs with any network, within a memory budget.

    Args:
        network: The network.
        traits: What is declared of it.
        options: What the user chose.
        identity: What tells this network, its weights and its precision from others.
        free_vram: Free memory of the accelerator; None for the CPU.
    """

    def __init__(
        self,
        network: Network,
        traits: NetworkTraits,
        options: EnhanceOptions,
        identity: dict[str, str],
        free_vram: int | None = None,
    ) -> None:
        self.network = network
        self.traits = traits
        self.options = options
        self.identity = identity
        self.is_on_cpu = free_vram is None
        self.budget = options.memory or default_budget(free_vram)
        # Photographs are in the memory of the machine, wherever the network is.
        self.photo_budget = self.budget if self.is_on_cpu else default_budget()

    def recipe(self) -> dict[str, Any]:
        """All that the result depends on besides the photograph."""
        options = self.options
        recipe: dict[str, Any] = dict(
            self.identity,
            strength=options.strength,
            only_dark=options.only_dark,
            quality=options.quality,
        )
        if not self.traits.is_local:  # else tiles give what the whole picture gives
            recipe.update(tile=options.tile, memory=options.memory)
        return recipe

    def wants(self, photo: Photo) -> bool:
        """Whether the photograph is to be enhanced; well-lit ones are not with ``only_dark``."""
        return not self.options.only_dark or is_dark(photo.pixels)

    def fits_pipeline(self, photo: Photo) -> bool:
        """Whether several photographs of this size may be in memory."""
        return photo.pixels.nbytes * COPIES_IN_PIPELINE <= self.photo_budget * SHARE_OF_PIPELINE

    def enhance(self, photo: Photo, progress: Progress | None = None) -> np.ndarray:
        """The enhanced pixels at full strength.

        Raises:
            UserError: There is not enough memory, or the network gives no numbers.
        """
        pixels = photo.pixels
        copies = COPIES_IN_PIPELINE if self.fits_pipeline(photo) else COPIES_ALONE
        height, width = pixels.shape[:2]
        tile = choose_tile(
            height,
            width,
            self.traits,
            self.budget,
            self.options.tile,
            # Of this photograph alone, so that tiles do not depend on what else is going on.
            reserved=copies * pixels.nbytes if self.is_on_cpu else 0,
        )
        try:
            return enhance_tiled(self._finite, pixels, self.traits, tile=tile, progress=progress)
        except (MemoryError, RuntimeError) as error:
            is_scarce = any(words in str(error) for words in ('out of memory', 'allocate memory'))
            if not isinstance(error, MemoryError) and not is_scarce:
                raise
            raise UserError(
                'there is not enough memory for it. Close other programs, or give less of it '
                'with --memory, or a smaller --tile.'
            ) from error

    def finish(self, photo: Photo, enhanced: np.ndarray) -> Photo:
        """The photograph with enhanced pixels, at the strength that the user chose."""
        if self.options.strength != 1:
            blend(photo.pixels, enhanced, self.options.strength, out=enhanced)
        return photo.with_pixels(enhanced)

    def _finite(self, images: np.ndarray) -> np.ndarray:
        enhanced = self.network(images)
        if not np.isfinite(enhanced).all():
            raise UserError(
                'the model gives values for it that are not numbers. Use --precision float32, or '
                'other weights.'
            )
        return enhanced
