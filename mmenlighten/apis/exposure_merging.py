"""Merges exposures of one scene into its light; torch is loaded for models of torch alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from mmenlighten.brackets import Bracket, find_exposure_values, measured_response, merged_rows
from mmenlighten.inference.bracket_network import merge_tiled
from mmenlighten.photos import MAX_PIXELS, read_photo
from mmenlighten.utils.checks import check_choice
from mmenlighten.utils.errors import CheckpointError, ConfigError, UserError
from mmenlighten.utils.option_names import option
from mmenlighten.utils.weights_address import file_name

from .model_files import find_files
from .weights_files import existing_weights

if TYPE_CHECKING:
    from mmengine.config import Config

DEBEVEC = 'debevec'
"""What merges without weights: Debevec and Malik (1997)."""

ALIGNMENTS = ('identity', 'dis')

ALIGNED_SIDE = 2048
"""Longer side, in pixels, to which frames are reduced to find how they moved."""

LONGEST_ALIGNED = 32_766
"""OpenCV moves the pixels of no longer sides."""

ROWS = 256
"""That Debevec's method merges at a time."""

Align = Literal['identity', 'dis']


@dataclass(frozen=True)
class Merger:
    """What merges brackets.

    Args:
        name: What it is called.
        merge: From a bracket, and the greatest side of a tile, to light.
        frames: How many exposures it takes; None for any number.
        takes_aligned: Whether they are to be aligned before, unless a user says otherwise.
    """

    name: str
    merge: Callable[[Bracket, int | str | None], np.ndarray]
    frames: int | None = None
    takes_aligned: bool = False

    def __call__(
        self, bracket: Bracket, align: Align | None = None, tile: int | str | None = 'auto'
    ) -> np.ndarray:
        """Merges a bracket to linear RGB (H, W, 3), float32; 1 is the white of its darkest frame.

        Args:
            bracket: The bracket.
            align: How its frames are aligned with the middle one; None as the method needs it.
            tile: Greatest side of a tile of a network, ``'auto'``, or None for none.

        Raises:
            ConfigError: ``align`` is unknown, or a tile is too small.
            UserError: It takes another number of frames.
        """
        check_choice('align', align, (None, *ALIGNMENTS))
        self.check_number(len(bracket.frames))
        if align == 'dis' or (align is None and self.takes_aligned):
            if max(bracket.frames[0].shape) > LONGEST_ALIGNED:
                raise UserError(
                    f'Frames of more than {LONGEST_ALIGNED} pixels a side cannot be aligned: '
                    'reduce them, or leave them as they are by align=identity.'
                )
            bracket = bracket.aligned(ALIGNED_SIDE)
        return self.merge(bracket, tile)

    def check_number(self, number: int) -> None:
        """Refuses another number of frames.

        Raises:
            UserError: It is one.
        """
        if self.frames is not None and number != self.frames:
            raise UserError(
                f'{self.name} merges {self.frames} exposures and was given {number}: give '
                f'{self.frames}, or use model {DEBEVEC}, which takes any number.'
            )
        if number < 2:
            raise UserError(f'{number} exposure is nothing to merge: give two or more of a scene.')


def merge_exposures(
    frames: Sequence[str | os.PathLike[str] | np.ndarray],
    ev: Sequence[float] | None = None,
    model: str | os.PathLike[str] | Mapping[str, Any] | Config | None = None,
    weights: str | os.PathLike[str] | None = None,
    *,
    align: Align | None = None,
    device: str = 'auto',
    tile: int | str | None = 'auto',
) -> np.ndarray:
    """Merges exposures of one scene into its light.

    Args:
        frames: Paths of photographs, or RGB arrays (H, W, 3): uint8, uint16, or floating point
            with white at 1. In any order.
        ev: The exposure of each, in stops, of which only differences matter; None takes what the
            camera tells, or names such as ``EV-2.jpg``.
        model: A name, a config or its path; None, or ``'debevec'``, needs no weights.
        weights: Of the model: a checkpoint, or an ONNX file of ``mmenlighten export``, which needs
            no model beside it.
        align: ``'dis'`` aligns the frames with the middle one by optical flow, ``'identity'``
            leaves them as they are; None does as the model was trained.
        device: Where a network runs.
        tile: Greatest side of its tiles, ``'auto'``, or None for none.

    Returns:
        Linear RGB (H, W, 3), float32. 1 is the white of the darkest frame.

    Raises:
        UserError: Frames cannot be read or differ in size, their exposures are not known, or are
            more or fewer than the model merges, or there is no such model; one sentence.
    """
    merger = build_merger(model, weights, device)
    merger.check_number(len(frames))
    return merger(read_bracket(frames, ev), align, tile)


def read_bracket(
    frames: Sequence[str | os.PathLike[str] | np.ndarray],
    ev: Sequence[float] | None = None,
    max_pixels: int = MAX_PIXELS,
) -> Bracket:
    """Reads exposures, upright, in the order of their light; the darkest has exposure 1.

    Args:
        frames: As for :func:`merge_exposures`.
        ev: Likewise.
        max_pixels: Photographs with more pixels are refused.

    Raises:
        UserError: Something cannot be read, sizes differ, or exposures are not known.
    """
    names: list[str] = []
    exif: list[bytes | None] = []
    pixels: list[np.ndarray] = []
    for number, frame in enumerate(frames, start=1):
        if isinstance(frame, np.ndarray):
            _check_array(frame)
            names.append(f'frame {number}')
            exif.append(None)
            pixels.append(frame)
        else:
            photo = read_photo(Path(frame).expanduser(), max_pixels=max_pixels)
            names.append(os.fspath(frame))
            exif.append(photo.exif)
            pixels.append(photo.pixels)
    for name, own in zip(names, pixels, strict=True):
        if own.shape != pixels[0].shape:
            sizes = [f'{image.shape[1]}x{image.shape[0]}' for image in (own, pixels[0])]
            raise UserError(
                f'{name} has {sizes[0]} pixels and {names[0]} {sizes[1]}: the exposures of a scene '
                'must have one size.'
            )
    values = find_exposure_values(names, exif, ev)
    order = sorted(range(len(values)), key=values.__getitem__)
    darkest = min(values, default=0.0)
    return Bracket(
        [pixels[index] for index in order], [2.0 ** (values[index] - darkest) for index in order]
    )


def build_merger(
    model: str | os.PathLike[str] | Mapping[str, Any] | Config | None = None,
    weights: str | os.PathLike[str] | None = None,
    device: str = 'auto',
) -> Merger:
    """Makes what merges ready.

    Args:
        model: As for :func:`merge_exposures`.
        weights: Likewise.
        device: Where a network runs.

    Raises:
        ConfigError: There is no such model or device, or it merges nothing.
        CheckpointError: There are no weights, or they do not fit.
    """
    if model == DEBEVEC or (model is None and weights is None):
        if weights is not None:
            raise ConfigError(
                f'{option("weights", weights, "checkpoint")} are not for {DEBEVEC}: leave them out.'
            )
        return Merger(DEBEVEC, _merge_by_response)
    if weights is not None and file_name(os.fspath(weights)).endswith('.onnx'):
        return _onnx_merger(weights, device)
    return _torch_merger(model, weights, device)


def _merge_by_response(bracket: Bracket, tile: int | str | None) -> np.ndarray:
    response, _ = measured_response(bracket)
    height, width = bracket.frames[0].shape[:2]
    light = np.empty((height, width, 3), np.float32)
    for top in range(0, height, ROWS):
        light[top : top + ROWS] = merged_rows(bracket, response, top, min(top + ROWS, height))
    return light


def _onnx_merger(weights: str | os.PathLike[str], device: str) -> Merger:
    from mmenlighten.inference.onnx_network import OnnxNetwork

    from .onnx_enhancer import choose_providers, usable_threads

    network = OnnxNetwork(existing_weights(weights), choose_providers(device), usable_threads())
    traits = network.traits
    _check_merges(network.name, traits.frames)
    return Merger(
        network.name,
        lambda bracket, tile: merge_tiled(network.merge, traits, bracket, tile),
        traits.frames,
        traits.takes_aligned,
    )


def _torch_merger(
    model: str | os.PathLike[str] | Mapping[str, Any] | Config | None,
    weights: str | os.PathLike[str] | None,
    device: str,
) -> Merger:
    from mmenlighten.inference.generator import generator_of
    from mmenlighten.inference.torch_network import TorchNetwork
    from mmenlighten.utils.network_protocols import traits_of
    from mmenlighten.utils.quiet import quiet_mmengine

    from .model import init_model
    from .torch_enhancer import choose_device

    device = choose_device(device)
    with quiet_mmengine():  # that a file was loaded is no news
        built = init_model(*find_files(model, weights))
    generator = generator_of(built)
    name = type(generator).__name__
    _check_merges(name, traits_of(generator).frames)
    network = TorchNetwork(generator, device)
    traits = network.traits
    return Merger(
        name,
        lambda bracket, tile: merge_tiled(
            network.merge, traits, bracket, tile, network.free_memory()
        ),
        traits.frames,
        traits.takes_aligned,
    )


def _check_merges(name: str, frames: int) -> None:
    if frames < 2:
        raise CheckpointError(
            f'{name} enhances single photographs: use `mmenlighten enhance`, or a model that '
            f'merges exposures, such as {DEBEVEC}.'
        )


def _check_array(frame: np.ndarray) -> None:
    is_known = frame.dtype in (np.uint8, np.uint16) or frame.dtype.kind == 'f'
    if frame.ndim != 3 or frame.shape[2] != 3 or 0 in frame.shape or not is_known:
        raise UserError(
            f'Frames are RGB (H, W, 3), uint8, uint16 or floating point, not {frame.dtype} '
            f'{frame.shape}.'
        )
