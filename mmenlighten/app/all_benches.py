"""The benches of a workshop."""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.enhancing.options import EnhanceOptions

from .bench import Bench, Build
from .bench_process import BenchProcess, BenchSetup
from .benches import AnyBench, Benches
from .limits import memory_to_read
from .offered_models import models_with_controls

READERS = 4
"""Photographs that are read at the same time: one that takes long must not keep others waiting."""

WRITERS = 2
"""Results that are shown or written at the same time."""


class AllBenches:
    """The benches of a workshop; a model is ready at one of them, which alone imports torch.

    Attributes:
        reading: Where files of visitors are read, and small pictures are made.
        enhancing: Where the model is; it gets pixels, and never a file of a visitor.
        writing: Where results are shown at another strength, and written.
        has_controls: Whether models have :class:`.Controls`, by their words, as far as is known.

    Args:
        folder: Where processes have their temporary files.
        models: The models to choose from, by the words that visitors read.
        build: Makes a model ready; if other processes do not find it, all work is done in this one.
        options: How photographs are enhanced.
        max_pixels: Photographs with more pixels are refused.
    """

    def __init__(
        self,
        folder: Path,
        models: Mapping[str, ModelChoice],
        build: Build,
        options: EnhanceOptions,
        max_pixels: int,
    ) -> None:
        make: Callable[[], AnyBench]
        make_reader: Callable[[], AnyBench]
        replace: Callable[[], AnyBench] | None = None
        place = _place_of(build)
        if place is None:
            bench = Bench(models, build, options, max_pixels)
            make = make_reader = lambda: bench
        else:
            setup = BenchSetup(dict(models), place, options, max_pixels)
            reader = dataclasses.replace(setup, memory=memory_to_read(max_pixels))
            make = partial(BenchProcess, setup, folder)
            make_reader = partial(BenchProcess, reader, folder)
            replace = partial(_make_ready, setup, folder, next(iter(models)))
        self.reading = Benches(make_reader, READERS)
        self.enhancing = Benches(make, 1, replace)
        self.writing = Benches(make_reader, WRITERS)
        self.has_controls = models_with_controls(models)

    def close_idle(self) -> None:
        """Closes benches that nobody has needed for a while; the model stays ready."""
        self.reading.close_idle()
        self.writing.close_idle()

    def close(self) -> None:
        """Ends all work at once."""
        for benches in (self.enhancing, self.reading, self.writing):
            benches.close()


def _make_ready(setup: BenchSetup, folder: Path, model: str) -> BenchProcess:
    bench = BenchProcess(setup, folder)
    bench.warm_up(model)
    return bench


def _place_of(build: Build) -> tuple[str, str] | None:
    """Module and name under which other processes find a function; None if they do not."""
    module, name = getattr(build, '__module__', None), getattr(build, '__qualname__', '')
    if module is None or module == '__main__' or '.' in name:
        return None
    found = getattr(importlib.import_module(module), name, None)
    return (module, name) if name and found is build else None
