"""Compares what was exported with PyTorch, on sizes other than that of the trace."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mmenlighten.utils.errors import UserError, error_reason
from mmenlighten.utils.network_protocols import round_up

Shape = tuple[int, int, int]
"""Number of pictures, height, width."""

TOLERANCE = 1e-4
"""Largest difference of values in [-1, 1]: a hundredth of a level."""

UNEQUAL_SHARE = 1e-3
"""Share of finished values, of all that are compared, that may be rounded to the other side."""

FEWEST_SHAPES = 3

WHITE = 255

LEAST_SQUARE = 1e-6
"""Of differences, in levels: what is equal has 108 dB."""

FINISHED_SHAPES: tuple[Shape, ...] = (
    (1, 1, 1), (2, 1, 40), (1, 16, 1), (2, 17, 31), (3, 33, 16), (1, 50, 65), (1, 64, 96),
)  # fmt: skip
"""Shapes to compare where any size is taken."""


class ExportError(UserError):
    """A model that cannot be exported, or whose export does not do what the model does."""


@dataclass(frozen=True)
class Comparison:
    """How far an export is from PyTorch where it is accepted.

    Args:
        shapes: Number, height and width of the pictures that were compared.
        largest: Largest difference: of values in [-1, 1], or levels of finished pictures.
        unequal_share: Share of the values that differ at all.
        finished: Whether pictures were finished ones, in levels.
        psnr: Of finished pictures in dB, where differences are more than round-off.
    """

    shapes: tuple[Shape, ...]
    largest: float
    unequal_share: float
    finished: bool
    psnr: float | None = None

    def __str__(self) -> str:
        if self.psnr is not None:
            return f'finished pictures differ by {self.largest:.0f} levels, {self.psnr:.1f} dB'
        if not self.finished:
            return f'the largest difference is {self.largest:.1e}'
        return f'{self.unequal_share:.3%} of the values differ, by {self.largest:.0f} levels'


def padded_shapes(multiple: int) -> tuple[Shape, ...]:
    """Shapes to compare where sides are multiples of ``multiple``.

    At a quarter of its size all but the first have two pixels a side, which reflection needs.
    """
    sides = ((1, 1, 1), (2, 17, 40), (3, 50, 5), (1, 33, 80))
    return tuple((n, round_up(h, multiple), round_up(w, multiple)) for n, h, w in sides)


def make_pictures(
    shape: Shape, finished: bool, channels_last: bool = False, channels: int = 3
) -> np.ndarray:
    """Noise over the whole range, in every second picture over its darkest quarter.

    Args:
        shape: Number, height and width.
        finished: Whether it is uint8 instead of float32 in [-1, 1].
        channels_last: Whether it is (N, H, W, 3) instead of (N, 3, H, W).
        channels: Their number, if not 3.
    """
    number, height, width = shape
    values = np.random.default_rng(shape).random((number, channels, height, width))
    values[1::2] /= 4
    if not finished:
        return (values * 2 - 1).astype(np.float32)
    pictures = (values * 256).astype(np.uint8)
    return np.ascontiguousarray(pictures.transpose(0, 2, 3, 1)) if channels_last else pictures


def compare_with_torch(
    exported: Callable[[np.ndarray], np.ndarray],
    original: Callable[[Tensor], Tensor],
    shapes: Sequence[Shape],
    finished: bool,
    channels_last: bool = False,
    channels: int = 3,
    pictures: Sequence[np.ndarray] = (),
    least_psnr: float | None = None,
) -> Comparison:
    """Runs both on the same pictures.

    Shapes that PyTorch itself refuses are left out: instance norm takes no picture whose deepest
    features are a single position.

    Args:
        exported: What was exported, as a function of arrays.
        original: What it has to equal, as a function of tensors.
        shapes: Number, height and width of the pictures.
        finished: Whether pictures are uint8.
        channels_last: Whether they are (N, H, W, 3) instead of (N, 3, H, W).
        channels: Channels of what is taken, if not 3.
        pictures: What is compared instead of noise of these shapes.
        least_psnr: Of the finished pictures in dB: all that is asked of an export that computes in
            fewer bits.

    Raises:
        ExportError: They differ, or the exported network fails, on a shape that the message names;
            or too few shapes could be compared.
    """
    compared: list[Shape] = []
    largest, unequal, values, squares = 0.0, 0, 0, 0.0
    allowed = 1.0 if finished else TOLERANCE
    noise = (make_pictures(shape, finished, channels_last, channels) for shape in shapes)
    expectations = _expectations(original, pictures or noise, channels_last)
    for shape, images, expected in expectations:
        place = f'{shape[0]} pictures of {shape[1]} x {shape[2]} pixels'
        try:
            found = exported(images)
        except Exception as error:  # of the runtime, whatever it raises
            raise ExportError(
                f'The export fails on {place}, which PyTorch takes ({error_reason(error)}). No '
                'file was written: does the model contain steps that depend on the size?'
            ) from error
        if found.shape != expected.shape or found.dtype != expected.dtype:
            raise ExportError(
                f'The export gives {found.dtype} {found.shape} instead of {expected.dtype} '
                f'{expected.shape} for {place}. No file was written.'
            )
        found, expected = found.astype(np.float64), expected.astype(np.float64)
        if least_psnr is not None and not finished:
            found, expected = _levels(found), _levels(expected)
        with np.errstate(invalid='ignore'):
            difference = np.abs(found - expected)
        # A value that is not a number is no difference that is small enough.
        difference = np.nan_to_num(difference, nan=np.inf)
        if least_psnr is None and difference.max() > allowed:
            worst = tuple(int(i) for i in np.unravel_index(difference.argmax(), difference.shape))
            raise ExportError(
                f'The export differs from PyTorch by {difference.max():.3g} (allowed: {allowed:g}) '
                f'on {place}, at {worst} of {found.shape}. No file was written: does the model '
                'contain steps that depend on the size, or values that are not finite?'
            )
        compared.append(shape)
        largest = max(largest, float(difference.max()))
        unequal += int((difference > 0).sum())
        values += difference.size
        squares += float(np.square(difference).sum())
    if len(compared) < FEWEST_SHAPES:
        raise ExportError(
            f'PyTorch takes only {len(compared)} of the {len(pictures or shapes)} sizes on '
            'which exports are compared. No file was written: declare the size_multiple that the '
            'model needs.'
        )
    share = unequal / values
    if least_psnr is not None:
        psnr = float(10 * np.log10(WHITE**2 / max(squares / values, LEAST_SQUARE)))
        if psnr < least_psnr:
            raise ExportError(
                f'The export differs from PyTorch by {largest:.3g} levels, {psnr:.1f} dB (allowed: '
                f'{least_psnr:g} dB and more). No file was written: use more digits.'
            )
        return Comparison(tuple(compared), largest, share, finished, psnr)
    if finished and share > UNEQUAL_SHARE:
        raise ExportError(
            f'The export differs from PyTorch in {share:.2%} of all values (allowed: '
            f'{UNEQUAL_SHARE:.1%}), though by one level only. No file was written.'
        )
    return Comparison(tuple(compared), largest, share, finished)


def _levels(image: np.ndarray) -> np.ndarray:
    """Values in [-1, 1] as levels of a finished picture, in float64."""
    return np.round((image.clip(-1, 1) + 1) * WHITE / 2)


def _expectations(
    original: Callable[[Tensor], Tensor], pictures: Iterable[np.ndarray], channels_last: bool
) -> Iterator[tuple[Shape, np.ndarray, np.ndarray]]:
    for images in pictures:
        try:
            with torch.no_grad():
                expected = original(torch.from_numpy(images)).numpy()
        except (ValueError, RuntimeError):
            continue
        axis = 1 if channels_last else 2
        yield (len(images), images.shape[axis], images.shape[axis + 1]), images, expected
