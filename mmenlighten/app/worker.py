"""Does the work on photographs, in whatever process it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.enhancing.task import notes_message
from mmenlighten.inference import is_dark
from mmenlighten.utils.errors import UserError

from .stored_photo import StoredPhoto
from .task import Task

LEAST_SIDE = 8
"""Pixels; less is a dot of a web page and not a photograph."""

Build = Callable[[ModelChoice, EnhanceOptions], PhotoEnhancer]
OnTiles = Callable[[int, int], None]
Check = Callable[[], None]


@dataclass(frozen=True)
class WorkerSetup:
    """What a worker needs to know.

    Args:
        models: The models to choose from, by the words that visitors read.
        build: Module and name of the function that builds a model; None for one that other
            processes do not find.
        options: How photographs are enhanced.
        max_pixels: Photographs with more pixels are refused.
        memory: Bytes that the system lets a process take; None for no limit.
    """

    models: dict[str, ModelChoice]
    build: tuple[str, str] | None
    options: EnhanceOptions
    max_pixels: int
    memory: int | None = None


class Worker:
    """Does the work on photographs, in whatever process it is.

    What one task leaves for the next is on the disk, in the folder of the photograph.

    Args:
        setup: What it needs to know.
        build: Builds a model.
    """

    def __init__(self, setup: WorkerSetup, build: Build) -> None:
        self._setup = setup
        self._build = build
        self._ready: tuple[str, PhotoEnhancer] | None = None

    def do(
        self, task: Task, on_tiles: OnTiles | None = None, check: Check | None = None
    ) -> dict[str, Any]:
        """Does a task.

        Args:
            task: The task.
            on_tiles: Called with the number of tiles that are done, and of all; what it raises ends
                the task.
            check: Raises what ends the task, where another process does it.

        Returns:
            What is found out: numbers and words.

        Raises:
            UserError: The photograph or the model cannot be used.
            OSError: Files cannot be written, as on a full disk.
        """
        if task.kind == 'prepare':
            return _facts_of(self._prepare(task.model))
        photo = StoredPhoto(task.folder, task.name)
        if task.kind == 'read':
            return self._read(photo, task.only_dark)
        if task.kind == 'enhance':
            return self._enhance(photo, task, on_tiles)
        if task.kind == 'show':
            photo.keep_enhanced()
        elif task.kind == 'preview':
            photo.preview(task.strength)
        else:
            photo.write(task.strength, self._setup.max_pixels)
        return {}

    def close(self) -> None:
        """Ends what goes on, where that is possible."""

    @property
    def is_usable(self) -> bool:
        """Whether it can do a further task."""
        return True

    def _prepare(self, model: str) -> PhotoEnhancer:
        if model not in self._setup.models:
            raise UserError(f'There is no model {model}: load the page again.')
        if self._ready is None or self._ready[0] != model:
            self._ready = None  # two models at a time would take twice the memory
            self._ready = (model, self._build(self._setup.models[model], self._setup.options))
        return self._ready[1]

    def _read(self, stored: StoredPhoto, only_dark: bool) -> dict[str, Any]:
        photo = stored.read(self._setup.max_pixels)
        height, width = photo.pixels.shape[:2]
        if min(height, width) < LEAST_SIDE:
            raise UserError(
                f'{stored.name} has only {width} x {height} pixels, which is no photograph: '
                f'choose one of at least {LEAST_SIDE} x {LEAST_SIDE}.'
            )
        # Asked here already, so that well-lit photographs need not wait for the model.
        is_wanted = not only_dark or is_dark(photo.pixels)
        if is_wanted:
            stored.keep_original(photo)
        return {
            'is_wanted': is_wanted,
            'pixels': height * width,
            'format': photo.format,
            'note': notes_message(stored.name, photo.notes),
        }

    def _enhance(self, stored: StoredPhoto, task: Task, on_tiles: OnTiles | None) -> dict[str, Any]:
        pixels = stored.pixels()
        try:
            enhancer = self._prepare(task.model)
            controls = task.controls
            chosen = enhancer.with_controls(controls.denoise, controls.brightness, controls.colour)
            try:
                np.save(stored.enhanced, chosen.enhance_pixels(pixels, on_tiles))
            finally:
                enhancer.release_memory()  # visitors look at a result for longer than it took
        except UserError as error:
            raise UserError(f'{task.name} cannot be enhanced: {error}') from error
        return {'is_large': not enhancer.fits_pipeline(pixels)} | _facts_of(enhancer)


def _facts_of(enhancer: PhotoEnhancer) -> dict[str, Any]:
    return {'budget': enhancer.photo_budget, 'has_controls': enhancer.has_controls}
