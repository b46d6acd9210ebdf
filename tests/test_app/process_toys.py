"""Models that other processes build: each does one thing to a photograph, or to its process."""

from __future__ import annotations

import itertools
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np

from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.app import EnhanceService
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.utils.errors import CheckpointError
from tests.waiting import wait_until

from .toys import TRAITS, lift

Found = TypeVar('Found')


def build(choice: ModelChoice, options: EnhanceOptions) -> PhotoEnhancer:
    """Builds the model of a name; `checkpoint` is a folder in which it says that it has begun."""
    name, folder = choice.model or '', Path(choice.checkpoint or '')
    if name == 'broken':
        raise CheckpointError('broken.pth is of another network: copy it again.')

    def network(images: np.ndarray) -> np.ndarray:
        (folder / f'{name}-{os.getpid()}').touch()
        return DEEDS[name](images)

    return PhotoEnhancer(network, TRAITS, options, {})


def crash(images: np.ndarray) -> np.ndarray:
    os.kill(os.getpid(), signal.SIGKILL)
    return images


def hang(images: np.ndarray) -> np.ndarray:
    while True:
        time.sleep(1)


def grow(images: np.ndarray) -> np.ndarray:
    kept = []
    while True:
        kept.append(np.ones(2**22, np.uint8))
        time.sleep(0.01)


def fail(images: np.ndarray) -> np.ndarray:
    raise ZeroDivisionError


DEEDS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    'lift': lift,
    'crash': crash,
    'hang': hang,
    'grow': grow,
    'fail': fail,
}


def make_process_service(folder: Path, max_pixels: int = 10_000_000) -> EnhanceService:
    """A service with all of these models, which say beside its folder that they have begun."""
    folder.mkdir()
    models = {name: ModelChoice(name, checkpoint=str(folder.parent)) for name in (*DEEDS, 'broken')}
    return EnhanceService(folder, models, build, EnhanceOptions(memory=10_000_000), max_pixels)


def wait_for(find: Callable[[], Iterator[Found]]) -> Found:
    """Waits until there is something."""
    found: list[Found] = []

    def look() -> bool:
        found.extend(itertools.islice(find(), 1))
        return bool(found)

    wait_until(look)
    return found[0]
