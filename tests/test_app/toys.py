"""A workshop whose networks are single lines, and files to hand over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.app import Result, Step, Upload, Visit, Workshop
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.inference import NetworkTraits
from mmenlighten.photos import Photo, write_photo
from mmenlighten.utils.errors import CheckpointError

TRAITS = NetworkTraits(size_multiple=16, receptive_field_radius=0, bytes_per_pixel=64)


def lift(images: np.ndarray) -> np.ndarray:
    return images * np.float32(0.5) + np.float32(0.5)


class Builder:
    """Builds networks by the name of a model, and counts what is built and computed."""

    def __init__(self, **networks: Callable[[np.ndarray], np.ndarray]) -> None:
        self.networks = networks
        self.with_controls: set[str] = set()
        self.built: list[str] = []
        self.tiles = 0

    def __call__(self, choice: ModelChoice, options: EnhanceOptions) -> PhotoEnhancer:
        name = choice.model or ''
        if name == 'broken':
            raise CheckpointError('broken.pth is damaged: copy it again.')
        self.built.append(name)

        def network(images: np.ndarray) -> np.ndarray:
            self.tiles += 1
            return self.networks[name](images)

        if name in self.with_controls:
            traits = replace(TRAITS, thumbnail_size=4)
            return PhotoEnhancer(self.networks[name], traits, options, {})
        return PhotoEnhancer(network, TRAITS, options, {})


def make_workshop(folder: Path, builder: Builder, **options: Any) -> Workshop:
    folder.mkdir(exist_ok=True)
    models = {name: ModelChoice(name) for name in builder.networks} | {
        'broken': ModelChoice('broken')
    }
    max_pixels = options.pop('max_pixels', 1_000_000)
    return Workshop(folder, models, builder, EnhanceOptions(**options), max_pixels)


def dark_pixels(height: int = 40, width: int = 56, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 60, (height, width, 3), np.uint8)


def upload(path: Path, photo: Photo | np.ndarray | bytes | None = None, name: str = '') -> Upload:
    path.parent.mkdir(exist_ok=True)
    if isinstance(photo, bytes):
        path.write_bytes(photo)
    else:
        photo = (
            Photo(dark_pixels() if photo is None else photo)
            if not isinstance(photo, Photo)
            else photo
        )
        write_photo(photo, path)
    return Upload(path, name or path.name)


def run(workshop: Workshop, visit: Visit, *uploads: Upload, **options: Any) -> list[Step]:
    options.setdefault('model', workshop.default_model)
    return list(workshop.enhance(visit, uploads, **options))


def only_result(steps: list[Step]) -> Result:
    (result,) = [step.result for step in steps if step.result is not None]
    return result
