"""A service whose networks are single lines, and files to hand over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.app import EnhanceService, Progress, Session, StoredPhoto
from mmenlighten.app.background_task import BackgroundTask
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.inference import NetworkTraits
from mmenlighten.photos import Photo, write_photo
from mmenlighten.utils.errors import CheckpointError

TRAITS = NetworkTraits(size_multiple=16, receptive_field_radius=0, bytes_per_pixel=64)


def lift(images: np.ndarray) -> np.ndarray:
    return images * np.float32(0.5) + np.float32(0.5)


class Upload(NamedTuple):
    """A file that a visitor hands over, and its name."""

    path: Path
    name: str


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


def make_service(folder: Path, builder: Builder, **options: Any) -> EnhanceService:
    folder.mkdir(exist_ok=True)
    models = {name: ModelChoice(name) for name in builder.networks} | {
        'broken': ModelChoice('broken')
    }
    max_pixels = options.pop('max_pixels', 1_000_000)
    return EnhanceService(folder, models, builder, EnhanceOptions(**options), max_pixels)


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


def begin(
    service: EnhanceService, session: Session, *uploads: Upload, **options: Any
) -> BackgroundTask[Progress]:
    options.setdefault('model', service.default_model)
    photos = [session.add(path, name) for path, name in uploads]
    return service.enhance(session, photos, **options)


def run(
    service: EnhanceService, session: Session, *uploads: Upload, **options: Any
) -> list[Progress]:
    return list(begin(service, session, *uploads, **options))


def only_result(steps: list[Progress]) -> StoredPhoto:
    (result,) = [progress.result for progress in steps if progress.result is not None]
    return result
