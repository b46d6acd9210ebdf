"""The demo's photographs as raw pictures that were exposed too short."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

import numpy as np

from mmenlighten.photos.image_io import write_image
from mmenlighten.raw import LAYOUTS, make_raw, write_raw
from mmenlighten.registry import DATASETS
from mmenlighten.utils.checks import check_choice

from .demo_dataset import make_once
from .demo_photographs import TEST_SCENES, TRAIN_SCENES, Photograph, reduced
from .sid_dataset import SIDDataset

LONG = 10.0
"""Seconds of the exposures that need no amplification."""

SHORT = dict(train=(0.1, 0.08, 0.05, 0.04), test=(0.1, 0.04))
"""Seconds; See-in-the-Dark has ratios from 100 to 300."""

SHOT, READ = 1 / 20_000, 1e-4
"""Of a sensor at a high ISO: 20,000 photons saturate a pixel, reading adds 1.6 of 15,871 levels."""


@DATASETS.register_module()
class DemoRawDataset(SIDDataset):
    """Raw pictures made of the demo's photographs, see :func:`write_demo_raw`; the photographs are
    what they are to become.

    Args:
        data_root: Folder of the demo's raw pictures; those of a layout have a folder in it. They
            are made where they are missing.
        layout: Of the filters: ``'bayer'`` or ``'xtrans'``.
        split: ``'train'`` or ``'test'``, which share no photograph.
        kwargs: As for :class:`SIDDataset`.

    Raises:
        ConfigError: ``layout`` or ``split`` is unknown.
        DatasetError: A package whose photographs the demo uses is not installed.
    """

    def __init__(
        self,
        data_root: str = 'data/demo_raw',
        layout: Literal['bayer', 'xtrans'] = 'bayer',
        split: Literal['train', 'test'] = 'train',
        **kwargs: Any,
    ) -> None:
        check_choice('DemoRawDataset.layout', layout, LAYOUTS)
        check_choice('DemoRawDataset.split', split, SHORT)
        folder = os.path.join(data_root, layout)
        make_once(_is_complete, write_demo_raw, folder, layout)
        super().__init__(folder, scenes='01'[split == 'test'], **kwargs)


def write_demo_raw(
    out_dir: str | os.PathLike[str], layout: str = 'bayer', longest_side: int = 512, seed: int = 0
) -> None:
    """Writes ``short`` with mosaics and their sidecars and ``long`` with the photographs.

    Names are those of See-in-the-Dark: ``short/00001_00_0.1s.png``, ``long/00001_00_10s.png``.
    Equal arguments give equal files.

    Args:
        out_dir: Folder to write to; made if needed. Existing files of these names are replaced.
        layout: Of the filters.
        longest_side: Larger photographs are reduced to this many pixels.
        seed: Seed of the noise.

    Raises:
        DatasetError: A package with photographs is not installed; nothing is written then.
    """
    random = np.random.default_rng(seed)
    photographs = [(stem, split, reduced(scene, longest_side)) for stem, split, scene in _scenes()]
    out = Path(out_dir)
    for stem, split, photograph in photographs:
        for seconds in SHORT[split]:
            raw = make_raw(
                photograph,
                LAYOUTS[layout],
                ratio=LONG / seconds,
                shot=SHOT,
                read=READ,
                exposure=seconds,
                random=random,
            )
            write_raw(out / 'short' / f'{stem}_{seconds:g}s.png', raw)
        write_image(out / 'long' / f'{stem}_{LONG:g}s.png', photograph)


def _is_complete(folder: str, layout: str) -> bool:
    out = Path(folder)
    return all(
        (out / 'long' / f'{stem}_{LONG:g}s.png').is_file()
        and all((out / 'short' / f'{stem}_{one:g}s.json').is_file() for one in SHORT[split])
        for stem, split, _ in _scenes()
    )


def _scenes() -> list[tuple[str, str, Photograph]]:
    """Beginning of the file names, split and photograph."""
    splits = dict(train=TRAIN_SCENES, test=TEST_SCENES)
    return [
        (f'{digit}{number:04d}_00', split, scene)
        for digit, (split, scenes) in enumerate(splits.items())
        for number, scene in enumerate(scenes, start=1)
    ]
