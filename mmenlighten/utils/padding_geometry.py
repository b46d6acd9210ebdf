"""Where an image and its padding lie; the same for tensors, arrays and integers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor


class Padding(NamedTuple):
    """Pixels added on each side, in the order of ``torch.nn.functional.pad``."""

    left: int
    right: int
    top: int
    bottom: int


def padding_to_multiple(height: int, width: int, multiple: int) -> Padding:
    """Splits the missing pixels: half (rounded down) to the left and top, as official code does."""
    missing_height, missing_width = -height % multiple, -width % multiple
    left, top = missing_width // 2, missing_height // 2
    return Padding(left, missing_width - left, top, missing_height - top)


def reflect_positions(positions: Any, size: int) -> Any:
    """Positions, also outside of [0, size), as positions of the pixels they show.

    The reflection does not repeat the edge pixel and goes to and fro as often as needed.

    Args:
        positions: Integers of any kind that has ``%``, ``-`` and ``abs``: an array, a tensor.
        size: Number of pixels that there are.
    """
    last = size - 1
    period = 2 * last + (last < 1)  # never 0; a trace would keep what max() chose
    return last - abs(positions % period - last)


class Window(NamedTuple):
    """Where an image lies in a picture that it is a part of, in pixels.

    Each is a number, or (N, 1, 1) with one for each image.

    Attributes:
        top: Row of the picture in which the image begins; negative where it is padded.
        left: The column likewise.
        height: Of the picture, without padding.
        width: Of the picture.
    """

    top: float | Tensor
    left: float | Tensor
    height: float | Tensor
    width: float | Tensor
