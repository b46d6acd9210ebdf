"""Does the work on photographs, in whatever process it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.enhancing.task import notes_message
from mmenlighten.inference import is_dark
from mmenlighten.photos import read_photo
from mmenlighten.utils.errors import UserError

from .result import Result
from .task import Task

LEAST_SIDE = 8
"""Pixels; less is a dot of a web page and not a photograph."""

Build = Callable[[ModelChoice, EnhanceOptions], PhotoEnhancer]
TellTiles = Callable[[int, int], None]
Check = Callable[[], None]


class Bench:
    """Does the work on photographs, in whatever process it is.

    What one task leaves for the next is on the disk, in the folder of the photograph.

    Args:
        models: The models to choose from, by the words that visitors read.
        build: Makes a model ready.
        options: How photographs are enhanced.
        max_pixels: Photographs with more pixels are refused.
    """

    def __init__(
        self,
        models: Mapping[str, ModelChoice],
        build: Build,
        options: EnhanceOptions,
        max_pixels: int,
    ) -> None:
        self.models = models
        self._build = build
        self._options = options
        self._max_pixels = max_pixels
        self._ready: tuple[str, PhotoEnhancer] | None = None

    def do(
        self, task: Task, tell: TellTiles | None = None, check: Check | None = None
    ) -> dict[str, Any]:
        """Does a task.

        Args:
            task: The task.
            tell: Told how many tiles are done, of how many; what it raises ends the task.
            check: Raises what ends the task, where that is done by another process.

        Returns:
            What is found out: numbers and words.

        Raises:
            UserError: The photograph or the model cannot be used.
            OSError: Files cannot be written, as on a full disk.
        """
        if task.kind == 'prepare':
            return _about(self._prepare(task.model))
        if task.kind == 'read':
            return self._read(task)
        if task.kind == 'enhance':
            return self._enhance(task, tell)
        result = Result(task.folder, task.name)
        if task.kind == 'show':
            result.keep_enhanced()
        elif task.kind == 'preview':
            result.preview(task.strength)
        else:
            result.write(task.strength, self._max_pixels)
        return {}

    def close(self) -> None:
        """Ends what goes on, where that is possible."""

    @property
    def is_usable(self) -> bool:
        """Whether it can do a further task."""
        return True

    def _prepare(self, model: str) -> PhotoEnhancer:
        if model not in self.models:
            raise UserError(f'There is no model {model}: load the page again.')
        if self._ready is None or self._ready[0] != model:
            self._ready = None  # two models at a time would take twice the memory
            self._ready = (model, self._build(self.models[model], self._options))
        return self._ready[1]

    def _read(self, task: Task) -> dict[str, Any]:
        result = Result(task.folder, task.name)
        data = result.original.read_bytes()
        photo = read_photo(data, name=task.name, max_pixels=self._max_pixels)
        height, width = photo.pixels.shape[:2]
        if min(height, width) < LEAST_SIDE:
            raise UserError(
                f'{task.name} has only {width} x {height} pixels, which is no photograph: '
                f'choose one of at least {LEAST_SIDE} x {LEAST_SIDE}.'
            )
        is_wanted = not task.only_dark or is_dark(photo.pixels)
        if is_wanted:
            result.keep_original(photo)
        return {
            'is_wanted': is_wanted,
            'pixels': height * width,
            'format': photo.format,
            'note': notes_message(task.name, photo.notes),
        }

    def _enhance(self, task: Task, tell: TellTiles | None) -> dict[str, Any]:
        result = Result(task.folder, task.name)
        pixels = result.pixels()
        try:
            enhancer = self._prepare(task.model)
            chosen = enhancer.with_controls(task.denoise, task.brightness, task.colour)
            try:
                np.save(result.enhanced, chosen.enhance_pixels(pixels, tell))
            finally:
                enhancer.release_memory()  # visitors look at a result for longer than it took
        except UserError as error:
            raise UserError(f'{task.name} cannot be enhanced: {error}') from error
        is_large = not enhancer.fits_pipeline(pixels)
        return {'is_large': is_large} | _about(enhancer)


def _about(enhancer: PhotoEnhancer) -> dict[str, Any]:
    return {'budget': enhancer.photo_budget, 'has_controls': enhancer.has_controls}
