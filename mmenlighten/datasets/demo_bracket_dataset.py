"""The demo's photographs as brackets: three exposures of more light than one of them holds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np

from mmenlighten.brackets.light import GAMMA
from mmenlighten.photos import write_radiance
from mmenlighten.photos.image_io import write_image
from mmenlighten.photos.stored_channels import to_8_bits
from mmenlighten.registry import DATASETS
from mmenlighten.utils.atomic import write_text
from mmenlighten.utils.checks import check_choice
from mmenlighten.utils.srgb import srgb_to_linear

from .demo_dataset import make_once
from .demo_photographs import TEST_SCENES, TRAIN_SCENES, Photograph, reduced
from .exposure_bracket_dataset import (
    EXPOSURES,
    FRAMES,
    TARGET,
    ExposureBracketDataset,
    write_arrays,
)
from .transforms.align_exposures import AlignExposures

EV = (0, 2, 4)
"""Exposures; 0 holds all of the light."""

HEADROOM = dict(train=(0.5, 1.0, 1.5, 2.0), test=(1.0, 2.0))
"""Stops by which the brightest light exceeds what the middle exposure holds, of each bracket."""

MOST_HEADROOM = 2.0

MOTION = 4
"""Pixels by which the outer frames are shifted at most."""

SHOT, READ = 1 / 20_000, 1e-3
"""Of the sensor: 20,000 photons saturate a pixel, and reading adds a thousandth of that."""

SPLITS = dict(train=TRAIN_SCENES, test=TEST_SCENES)


@DATASETS.register_module()
class DemoBracketDataset(ExposureBracketDataset):
    """Brackets made of the demo's photographs, see :func:`make_bracket`.

    Args:
        data_root: Folder of the demo's pictures. The brackets are made where they are missing, in
            the folder ``brackets`` in it.
        split: ``'train'`` or ``'test'``, which share no photograph.
        aligned: Whether frames are those of the folder ``brackets_aligned``, aligned by optical
            flow (:class:`.AlignExposures`).
        kwargs: As for :class:`ExposureBracketDataset`.

    Raises:
        ConfigError: ``split`` is unknown.
        DatasetError: A package whose photographs the demo uses is not installed.
    """

    def __init__(
        self,
        data_root: str = 'data/demo',
        split: Literal['train', 'test'] = 'train',
        aligned: bool = False,
        **kwargs: Any,
    ) -> None:
        check_choice('DemoBracketDataset.split', split, SPLITS)
        folder = os.path.join(data_root, 'brackets_aligned' if aligned else 'brackets')
        write = write_aligned_demo_brackets if aligned else write_demo_brackets
        make_once(_is_complete, write, folder)
        super().__init__(folder, dict(low=split), **kwargs)


def make_bracket(
    photograph: np.ndarray,
    random: np.random.Generator,
    headroom: float = MOST_HEADROOM,
    motion: int = MOTION,
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Makes exposures of a photograph that hides more light than the middle one can hold.

    A photograph does not tell how bright its highlights were. The brighter a place is at large, the
    more it is raised, up to 2^headroom times, and that is the light; divided by four, so that it is
    in [0, 1] for up to two stops. An exposure is the light times 2^EV, with the noise of a sensor,
    clipped, to the power 1 / 2.2, and rounded to 16 bits (files of the demo have 8). The outer two
    are shifted by some pixels, as if the camera had moved.

    Args:
        photograph: RGB (H, W, 3), uint8.
        random: What shifts and noise are drawn from.
        headroom: Stops from 0 to 2.
        motion: Pixels of the largest shift; as many are cut from each side.

    Returns:
        Light (h, w, 3), float32 in [0, 1], and the frames (h, w, 3), uint16, in the order of `EV`.
    """
    linear = srgb_to_linear(photograph.astype(np.float64) / 255)
    height, width = linear.shape[:2]
    large = cv2.GaussianBlur(linear.max(axis=2), (0, 0), max(height, width) / 40)
    raised = np.exp2(headroom * np.clip(large / max(large.max(), 1e-6), 0, 1))
    light = linear * raised[..., None] / 2**MOST_HEADROOM
    inner = (height - 2 * motion, width - 2 * motion)
    frames = []
    for number, stops in enumerate(EV):
        is_reference = number == FRAMES // 2
        top, left = (motion, motion) if is_reference else random.integers(0, 2 * motion + 1, 2)
        seen = light[top : top + inner[0], left : left + inner[1]] * 2.0**stops
        noise = random.standard_normal(seen.shape) * np.sqrt(SHOT * seen + READ**2)
        values = (seen + noise).clip(0, 1) ** (1 / GAMMA)
        frames.append((values * 65535).round().astype(np.uint16))
    centre = light[motion : motion + inner[0], motion : motion + inner[1]]
    return centre.astype(np.float32), frames


def write_demo_brackets(
    out_dir: str | os.PathLike[str], longest_side: int = 512, seed: int = 0
) -> None:
    """Writes brackets in the layout of :class:`ExposureBracketDataset`; equal seeds, equal files.

    Args:
        out_dir: Gets ``train`` and ``test``, with a folder for each scene. Existing files of these
            names are replaced.
        longest_side: Larger photographs are reduced to this many pixels.
        seed: Seed of shifts and noise.

    Raises:
        DatasetError: A package with photographs is not installed; nothing is written then.
    """
    for folder, light, frames in _brackets(out_dir, longest_side, seed):
        for number, frame in enumerate(frames, start=1):
            write_image(folder / f'{number}.png', to_8_bits(frame))
        write_radiance(folder / f'{TARGET}.hdr', light)
        write_text(folder / EXPOSURES, ''.join(f'{stops}\n' for stops in EV))  # last


def write_aligned_demo_brackets(
    out_dir: str | os.PathLike[str], longest_side: int = 512, seed: int = 0
) -> None:
    """As :func:`write_demo_brackets`, with frames aligned and written as arrays."""
    for folder, light, frames in _brackets(out_dir, longest_side, seed):
        sample = dict(
            ldr=np.concatenate([to_8_bits(frame) for frame in frames], axis=2) / np.float32(255),
            exposures=np.exp2(np.array(EV, np.float32)),
            hdr=light,
            ev=EV,
        )
        align = AlignExposures(changes_target=folder.parent.name == 'train')
        write_arrays(folder, align.transform(sample))


def _brackets(
    out_dir: str | os.PathLike[str], longest_side: int, seed: int
) -> Iterator[tuple[Path, np.ndarray, list[np.ndarray]]]:
    """Folder, light and frames of each scene."""
    random = np.random.default_rng(seed)
    scenes = [
        (folder, headroom, reduced(scene, longest_side))
        for folder, headroom, scene in _scenes(out_dir)
    ]
    for folder, headroom, photograph in scenes:
        yield folder, *make_bracket(photograph, random, headroom)


def _scenes(out_dir: str | os.PathLike[str]) -> list[tuple[Path, float, Photograph]]:
    return [
        (Path(out_dir) / split / f'{scene.name}_{headroom:g}', headroom, scene)
        for split, scenes in SPLITS.items()
        for scene in scenes
        for headroom in HEADROOM[split]
    ]


def _is_complete(out_dir: str) -> bool:
    return all((folder / EXPOSURES).is_file() for folder, *_ in _scenes(out_dir))
