"""Enhances photographs with any network, within a memory budget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from itertools import compress
from typing import Any

import numpy as np

from mmenlighten.inference import (
    Network,
    NetworkTraits,
    blend,
    choose_tile,
    default_budget,
    enhance_guided,
    enhance_tiled,
    free_ram,
    guided_size,
    is_dark,
    plan_tiles,
)
from mmenlighten.inference.allocator import give_back_freed_memory
from mmenlighten.inference.curve_controls import with_brightness
from mmenlighten.inference.finite_network import FiniteNetwork
from mmenlighten.inference.image_state import prepare_state
from mmenlighten.inference.memory import SHARE_OF_FREE_RAM
from mmenlighten.inference.same_size import enhance_same_size
from mmenlighten.inference.strip_enhancement import enhance_strips
from mmenlighten.inference.tiled_enhancement import Progress
from mmenlighten.utils.errors import ConfigError, UserError
from mmenlighten.utils.network_protocols import HasStrips, KeepsMemory
from mmenlighten.utils.option_names import option

from .options import EnhanceOptions, ModelFacts

COPIES_ALONE = 3
"""Images in memory beside the tiles: a photograph, its result, and the content of its file."""

COPIES_IN_PIPELINE = 8
"""The same, with two that are read ahead, and one with its result that is being packed."""

COPIES_OF_ONE_MORE = 4
"""What each further photograph of a batch takes: before and after, computed and being packed."""

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

    Raises:
        ConfigError: The user chose controls that the network has not, or it takes no photographs.
    """

    def __init__(
        self,
        network: Network,
        traits: NetworkTraits,
        options: EnhanceOptions,
        identity: dict[str, str],
        free_vram: int | None = None,
    ) -> None:
        if traits.frames > 1:
            raise ConfigError(
                f'The model merges brackets of {traits.frames} exposures and takes no single '
                'photographs or videos: use `mmenlighten merge`, or another model.'
            )
        if traits.in_channels != 3:
            raise ConfigError(
                'The model takes raw files of cameras, such as DNG, and no photographs or videos: '
                'give raw files alone, or another model.'
            )
        self.network = network
        # Strips are of the image as it is, and guided mode is about a small copy.
        self._strips = None
        if isinstance(network, HasStrips) and not options.guided:
            self._strips = network.strips
        self.traits = traits
        self.options = options
        if not self.has_controls:
            options.refuse_controls()
        self.identity = identity
        self.is_on_cpu = free_vram is None
        if self.is_on_cpu:
            # Else more than the budget is taken.
            give_back_freed_memory(traits.works_in_bands)
        self.budget = options.memory or default_budget(free_vram, traits.is_tileable)
        # Photographs are in the memory of the machine, wherever the network is.
        self.photo_budget = self.budget if self.is_on_cpu else default_budget()

    def share_machine(self, processes: int) -> None:
        """Leaves memory for as many processes on the same machine; what a user chose stays."""
        share = int(free_ram() * SHARE_OF_FREE_RAM / processes)
        if not self.is_on_cpu:
            self.photo_budget = min(self.photo_budget, share)
        elif self.options.memory is None:
            self.photo_budget = self.budget = min(self.budget, share)

    @property
    def has_controls(self) -> bool:
        """Whether ``denoise``, ``brightness`` and ``colour`` of the options can be chosen."""
        return self.traits.thumbnail_size is not None and self.traits.has_controls

    def with_controls(
        self, denoise: float | None, brightness: float | None, colour: float
    ) -> PhotoEnhancer:
        """The same network with other controls; see :class:`.EnhanceOptions`.

        Raises:
            ConfigError: The network has none, or a value is out of range.
        """
        other = copy(self)
        other.options = replace(self.options, denoise=denoise, brightness=brightness, colour=colour)
        if not self.has_controls:
            other.options.refuse_controls()
        return other

    @property
    def facts(self) -> ModelFacts:
        """What of the model results depend on."""
        # Else there are no tiles, or they give what the whole image gives.
        depends_on_tiles = self.traits.is_tileable and not self.traits.is_local
        return ModelFacts(self.identity, depends_on_tiles, self.has_controls)

    def fingerprint(self) -> dict[str, Any]:
        """All that the result depends on besides the photograph."""
        return self.facts.photo_fingerprint(self.options)

    def fits_pipeline(self, pixels: np.ndarray) -> bool:
        """Whether several images of this size may be in memory."""
        taken = pixels.nbytes * self._copies_in_pipeline
        return taken <= self.photo_budget * SHARE_OF_PIPELINE

    def enhance(self, pixels: np.ndarray, progress: Progress | None = None) -> np.ndarray | None:
        """Enhances an image as the user chose; the one way for files, arrays and pages.

        Args:
            pixels: RGB (H, W, 3): 8 or 16 bits, or floating point with white at 1.
            progress: Called with the tiles that are done, and their number.

        Returns:
            The same kind of pixels; floating-point ones may leave [0, 1]. None if ``only_dark``
            is chosen and the image is well lit: it stays as it is.

        Raises:
            UserError: There is not enough memory, or the network gives no numbers.
        """
        return self.enhance_pixels(pixels, progress) if self._wants(pixels) else None

    def enhance_together(self, images: Sequence[np.ndarray]) -> list[np.ndarray | None]:
        """Enhances images of one size and type, several at once as far as they fit undivided.

        Args:
            images: As for :meth:`enhance`.

        Returns:
            The same as of :meth:`enhance`, but for round-off: a level at most.

        Raises:
            UserError: As in :meth:`enhance`.
        """
        wanted = [self._wants(pixels) for pixels in images]
        results = iter(self._enhance_group(list(compress(images, wanted))))
        return [next(results) if is_wanted else None for is_wanted in wanted]

    def prepare(self, pixels: np.ndarray) -> np.ndarray | None:
        """What the network has to know of a whole image; None if it needs nothing.

        The brightness that a user chose is in it.

        Args:
            pixels: RGB (H, W, 3): 8 or 16 bits, or floating point with white at 1.

        Raises:
            UserError: The network gives no numbers.
        """
        state = prepare_state(self._finite, self.traits, pixels)
        brightness = self.options.brightness
        if state is None or brightness is None:
            return state
        return with_brightness(self._finite, self.traits, pixels, state, brightness)

    def enhance_pixels(
        self,
        pixels: np.ndarray,
        progress: Progress | None = None,
        state: np.ndarray | None = None,
    ) -> np.ndarray:
        """Enhances an image whether it is dark or not, as a frame of a video has to be.

        Args:
            pixels: As for :meth:`enhance`.
            progress: As for :meth:`enhance`.
            state: See :meth:`prepare`, which is called unless it is given.

        Returns:
            The same kind of pixels at the chosen strength; floating-point ones may leave [0, 1].

        Raises:
            UserError: As in :meth:`enhance`.
        """
        with _explained_lack_of_memory():
            if self._strips is not None:
                enhanced = enhance_strips(self._strips, pixels, progress)
            else:
                enhance = enhance_guided if self.options.guided else enhance_tiled
                enhanced = enhance(
                    self._finite,
                    pixels,
                    self.traits,
                    tile=self._tile(pixels),
                    state=self.prepare(pixels) if state is None else state,
                    progress=progress,
                )
            return self._at_strength(pixels, enhanced)

    def release_memory(self) -> None:
        """Lets go of memory that is kept for the next photograph, if it may be long in coming."""
        if isinstance(self.network, KeepsMemory):
            self.network.release_memory()

    def _wants(self, pixels: np.ndarray) -> bool:
        return not self.options.only_dark or is_dark(pixels)

    def _enhance_group(self, images: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Enhances images of one size and type, whether they are dark or not."""
        count = 1 if self._strips is not None else len(images)
        while count > 1 and not self._is_undivided(images[0], count):
            count -= 1
        if count < 2:
            return [self.enhance_pixels(pixels) for pixels in images]
        group = images[:count]
        with _explained_lack_of_memory():
            states = [self.prepare(pixels) for pixels in group]
            results = enhance_same_size(self._finite, group, self.traits, states)
            enhanced = [self._at_strength(*pair) for pair in zip(group, results)]
        return enhanced + self._enhance_group(images[count:])

    def _at_strength(self, pixels: np.ndarray, enhanced: np.ndarray) -> np.ndarray:
        """Brings ``enhanced`` from full strength to the chosen one, in place."""
        if self.options.strength != 1:
            blend(pixels, enhanced, self.options.strength, out=enhanced)
        return enhanced

    @property
    def _finite(self) -> FiniteNetwork:
        return FiniteNetwork(self.network, self.options.denoise, self.options.colour)

    def _tile(self, pixels: np.ndarray, count: int = 1) -> tuple[int, int] | None:
        copies = self._copies_in_pipeline if self.fits_pipeline(pixels) else COPIES_ALONE
        return choose_tile(
            *self._size_shown(pixels),
            self.traits,
            self.budget // count,
            self.options.tile,
            # Of this photograph alone, so that tiles do not depend on what else is going on.
            reserved=copies * pixels.nbytes if self.is_on_cpu else 0,
        )

    def _size_shown(self, pixels: np.ndarray) -> tuple[int, int]:
        """Height and width of what the network is shown."""
        height, width = pixels.shape[:2]
        return guided_size(height, width) if self.options.guided else (height, width)

    @property
    def _copies_in_pipeline(self) -> int:
        return COPIES_IN_PIPELINE + COPIES_OF_ONE_MORE * (self.options.batch - 1)

    def _is_undivided(self, pixels: np.ndarray, count: int) -> bool:
        """Whether so many images of this size fit at once without tiles."""
        if self._size_shown(pixels) != pixels.shape[:2]:  # guided, which is one by one
            return False
        try:
            tile = self._tile(pixels, count)
        except ConfigError:  # not even the smallest tile does
            return False
        inner = self.traits.inner_size(*pixels.shape[:2])
        return len(plan_tiles(*inner, self.traits.size_multiple, self.traits.overlap, tile)) == 1


@contextmanager
def _explained_lack_of_memory() -> Iterator[None]:
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        is_scarce = any(words in str(error) for words in ('out of memory', 'allocate memory'))
        if not isinstance(error, MemoryError) and not is_scarce:
            raise
        raise UserError(
            'there is not enough memory for it. Close other programs, or choose less '
            f'{option("memory")} or a smaller {option("tile")}.'
        ) from error
