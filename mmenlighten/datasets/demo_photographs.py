"""A small unpaired data set made of photographs that come inside installed Python packages."""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from mmenlighten.camera import darken_photograph
from mmenlighten.photos.image_io import list_images, read_image, write_image
from mmenlighten.utils.errors import DatasetError


@dataclass(frozen=True)
class Photograph:
    """A photograph inside an installed package.

    Attributes:
        name: What it shows.
        package: Import name of the package.
        file: Path inside the package.
        distribution: Name under which pip installs the package.
    """

    name: str
    package: str
    file: str
    distribution: str

    def read(self) -> np.ndarray:
        """Reads the photograph as uint8 RGB, without importing the package.

        Raises:
            DatasetError: The package is not installed or does not hold the photograph.
        """
        spec = importlib.util.find_spec(self.package)
        if spec is None or spec.origin is None:
            raise DatasetError(
                f'The demo needs photographs of {self.distribution}: '
                f'pip install {self.distribution}.'
            )
        path = Path(spec.origin).parent / self.file
        if not path.is_file():
            raise DatasetError(
                f'The installed {self.distribution} has no {self.file}, which the demo needs: '
                f'pip install --upgrade {self.distribution}.'
            )
        return read_image(path)


def _scikit_image(name: str, file: str) -> Photograph:
    return Photograph(name, 'skimage', f'data/{file}', 'scikit-image')


def _scikit_learn(name: str, file: str) -> Photograph:
    return Photograph(name, 'sklearn', f'datasets/images/{file}', 'scikit-learn')


# The scenes of training are in both of its folders, as those of LOL are: a discriminator that could
# tell the folders by what they show would have nothing to say about light. Partners are drawn at
# random, so that training is unpaired; the test scenes are never trained on.
TRAIN_SCENES = (
    _scikit_image('motorcycle', 'motorcycle_left.png'),
    _scikit_image('rocket', 'rocket.jpg'),
    _scikit_learn('flower', 'flower.jpg'),
    _scikit_image('astronaut', 'astronaut.png'),
    _scikit_learn('china', 'china.jpg'),
    Photograph('hopper', 'matplotlib', 'mpl-data/sample_data/grace_hopper.jpg', 'matplotlib'),
)
TEST_SCENES = (
    _scikit_image('chelsea', 'chelsea.png'),
    _scikit_image('coffee', 'coffee.png'),
)

TRAIN_EXPOSURES = (1 / 4, 1 / 6, 1 / 10, 1 / 16)
TEST_EXPOSURES = (1 / 4, 1 / 8, 1 / 16)


def write_demo_dataset(
    out_dir: str | os.PathLike[str], longest_side: int = 512, seed: int = 0
) -> None:
    """Writes the demo data set; low-light pictures come from :func:`darken_photograph`.

    ``train/low`` and ``train/normal`` hold the same few scenes, ``test/low`` and ``test/gt`` pairs
    of further ones. Equal arguments give equal files. Existing files of these names are replaced.

    Args:
        out_dir: Folder to write to; made if needed.
        longest_side: Larger photographs are reduced to this many pixels.
        seed: Seed of the noise.

    Raises:
        DatasetError: A package with photographs is not installed; nothing is written then.
    """
    train = [(scene.name, reduced(scene, longest_side)) for scene in TRAIN_SCENES]
    test = [(scene.name, reduced(scene, longest_side)) for scene in TEST_SCENES]
    rng = np.random.default_rng(seed)
    out = Path(out_dir)
    for name, image in train:
        write_image(out / 'train' / 'normal' / f'{name}.png', image)
        for exposure in TRAIN_EXPOSURES:
            dark = darken_photograph(image, exposure, rng)
            write_image(out / 'train' / 'low' / f'{name}_{_label(exposure)}.png', dark)
    for name, image in test:
        for exposure in TEST_EXPOSURES:
            dark = darken_photograph(image, exposure, rng)
            write_image(out / 'test' / 'low' / f'{name}_{_label(exposure)}.png', dark)
            write_image(out / 'test' / 'gt' / f'{name}_{_label(exposure)}.png', image)


def write_photographs(out_dir: str | os.PathLike[str], longest_side: int = 700) -> None:
    """Writes the eight photographs as they are, as examples of what needs no enhancement.

    Args:
        out_dir: Folder to write to; made if needed. Existing files of these names are replaced.
        longest_side: Larger photographs are reduced to this many pixels.

    Raises:
        DatasetError: A package with photographs is not installed; nothing is written then.
    """
    images = {scene.name: reduced(scene, longest_side) for scene in TRAIN_SCENES + TEST_SCENES}
    for name, image in images.items():
        write_image(Path(out_dir) / f'{name}.png', image)


def demo_dataset_is_complete(out_dir: str | os.PathLike[str]) -> bool:
    """Whether the folder holds all that :func:`write_demo_dataset` writes, to the last file."""
    out = Path(out_dir)
    counts = {
        'train/normal': len(TRAIN_SCENES),
        'train/low': len(TRAIN_SCENES) * len(TRAIN_EXPOSURES),
        'test/low': len(TEST_SCENES) * len(TEST_EXPOSURES),
        'test/gt': len(TEST_SCENES) * len(TEST_EXPOSURES),
    }
    return all(len(list_images(out / folder)) == count for folder, count in counts.items())


def _label(exposure: float) -> str:
    return f'1-{round(1 / exposure)}'


def reduced(scene: Photograph, longest_side: int) -> np.ndarray:
    """Reads a photograph (:meth:`Photograph.read`), reduced to so many pixels by area."""
    image = scene.read()
    scale = longest_side / max(image.shape[:2])
    if scale >= 1:
        return image
    height, width = (max(1, round(side * scale)) for side in image.shape[:2])
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
