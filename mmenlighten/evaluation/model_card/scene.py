"""A freely licensed photograph, and how the synthetic camera takes it again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from mmenlighten.datasets import SynthesizeLowLight
from mmenlighten.datasets.demo_photographs import TEST_SCENES, TRAIN_SCENES
from mmenlighten.datasets.free_photographs.sources import read_photographs
from mmenlighten.photos.image_io import read_image
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.seeding import sample_randomness

INSTALLED = {scene.name: scene for scene in TRAIN_SCENES + TEST_SCENES}
"""Photographs inside of installed Python packages, which the default model is not trained on."""

INSTALLED_CREDITS = {
    'coffee': 'Rachel Michetti, CC0 (from scikit-image)',
    'chelsea': 'Stefan van der Walt, CC0 (from scikit-image)',
    'astronaut': 'NASA, public domain (from scikit-image)',
    'rocket': 'SpaceX, public domain (from scikit-image)',
    'china': 'danielbuechele, CC-BY-2.0 (from scikit-learn)',
}


class Taken(NamedTuple):
    """A scene as it is shown, all uint8 RGB."""

    low: np.ndarray
    wanted: np.ndarray


@dataclass(frozen=True)
class Scene:
    """A photograph and its darkness.

    Attributes:
        photograph: File of the free photographs, or name of an installed one.
        darkness: One of :data:`mmenlighten.datasets.camera.KINDS`; None for a photograph that was
            taken in the dark, which stays as it is.
        seed: Seed of all numbers of the camera.
        about: What is to be seen, in some words.
        maker: Author, licence and source of a photograph that is none of these.
    """

    photograph: str
    darkness: str | None = None
    seed: int = 0
    about: str = ''
    maker: str = ''

    @property
    def credit(self) -> str:
        """Author and licence.

        Raises:
            ConfigError: Nothing is known of the photograph, so that it must not be shown.
        """
        if self.maker:
            return self.maker
        if self.photograph in INSTALLED_CREDITS:
            return INSTALLED_CREDITS[self.photograph]
        for known in read_photographs():
            if known.file == self.photograph:
                author = known.author or f'author not told by {known.source}'
                return f'{author}, {known.licence}'
        raise ConfigError(
            f'Of {self.photograph} neither author nor licence is known: take one of '
            'docs/free_photographs.md.'
        )

    def take(self, photographs: Path, width: int, height: int) -> Taken:
        """Takes the photograph in the dark; equal arguments give equal pictures.

        Args:
            photographs: Folder of the free photographs.
            width: Of the pictures, in pixels; what is beyond their shape is cut off evenly.
            height: Of the pictures.
        """
        path = photographs / self.photograph
        installed = INSTALLED.get(self.photograph)
        image = _fitted(read_image(path) if installed is None else installed.read(), width, height)
        if self.darkness is None:
            return Taken(image, image)
        with sample_randomness(self.seed, 0, 0):
            results = SynthesizeLowLight(shares={self.darkness: 1.0})(dict(normal=image))
        return Taken(results['low'], np.rint(results['normal']).astype(np.uint8))


def _fitted(image: np.ndarray, width: int, height: int) -> np.ndarray:
    scale = max(width / image.shape[1], height / image.shape[0])
    size = max(width, round(image.shape[1] * scale)), max(height, round(image.shape[0] * scale))
    image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    top, left = (image.shape[0] - height) // 2, (image.shape[1] - width) // 2
    return np.ascontiguousarray(image[top : top + height, left : left + width])
