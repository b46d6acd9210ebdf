"""Where an image lies in a picture that it is a part of; the same for numbers and tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor


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
