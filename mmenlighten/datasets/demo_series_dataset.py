"""The demo's photographs as series of exposures."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

import numpy as np

from mmenlighten.photos.image_io import write_image
from mmenlighten.registry import DATASETS
from mmenlighten.utils.checks import check_choice
from mmenlighten.utils.srgb import linear_to_srgb, srgb_to_linear

from .demo_dataset import make_once
from .demo_photographs import TEST_SCENES, TRAIN_SCENES, reduced
from .multi_exposure_dataset import MultiExposureDataset

STOPS = (-3, -2.5, -2, -1.5, -1, -0.5, 0, 0.5, 1)
"""Of the exposures, as many as the longest series of SICE have."""

SPLITS = dict(train=TRAIN_SCENES, test=TEST_SCENES)


@DATASETS.register_module()
class DemoSeriesDataset(MultiExposureDataset):
    """Darker exposures of the demo's photographs, see :func:`write_demo_series`, with these.

    Args:
        data_root: Folder of the demo's pictures; the series are in ``exposures`` in it, and made
            where they are missing.
        split: ``'train'`` or ``'test'``, which share no photograph.
        kwargs: As for :class:`MultiExposureDataset`.

    Raises:
        ConfigError: ``split`` is unknown.
        DatasetError: A package whose photographs the demo uses is not installed.
    """

    def __init__(
        self,
        data_root: str = 'data/demo',
        split: Literal['train', 'test'] = 'train',
        **kwargs: Any,
    ) -> None:
        check_choice('DemoSeriesDataset.split', split, SPLITS)
        folder = os.path.join(data_root, 'exposures')
        make_once(_is_complete, write_demo_series, folder)
        super().__init__(folder, dict(low=split, normal=f'{split}/Label'), **kwargs)


def expose(photograph: np.ndarray, stops: float) -> np.ndarray:
    """A photograph, uint8 RGB, with 2^stops times its light; what is too bright becomes white."""
    light = srgb_to_linear(photograph / 255) * 2**stops
    return np.rint(linear_to_srgb(light.clip(0, 1)) * 255).astype(np.uint8)


def write_demo_series(out_dir: str | os.PathLike[str], longest_side: int = 512) -> None:
    """Writes the layout of SICE: ``<split>/<scene>/<k>.png`` and ``<split>/Label/<scene>.png``.

    Equal arguments give equal files.

    Args:
        out_dir: Folder to write to; made if needed. Existing files of these names are replaced.
        longest_side: Larger photographs are reduced to this many pixels.

    Raises:
        DatasetError: A package with photographs is not installed; nothing is written then.
    """
    photographs = [
        (split, scene.name, reduced(scene, longest_side))
        for split, scenes in SPLITS.items()
        for scene in scenes
    ]
    for split, name, photograph in photographs:
        folder = Path(out_dir) / split
        for number, stops in enumerate(STOPS, start=1):
            write_image(folder / name / f'{number}.png', expose(photograph, stops))
        write_image(folder / 'Label' / f'{name}.png', photograph)  # last, as what is complete


def _is_complete(folder: str) -> bool:
    return all(
        (Path(folder) / split / 'Label' / f'{scene.name}.png').is_file()
        for split, scenes in SPLITS.items()
        for scene in scenes
    )
