"""Channels of a photograph that are neither light nor opacity."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

UNSPECIFIED, MULTIPLIED_ALPHA, ALPHA = 0, 1, 2
"""What a TIFF may say of a channel besides the colours, under the tag ExtraSamples."""


@dataclass(frozen=True, eq=False)
class ExtraBands:
    """Channels such as infrared or a spot colour, which only TIFF files hold.

    Attributes:
        values: Array (H, W, bands) in the type of the photograph's pixels.
        kinds: For each, what the file said of it; a second opacity, of which nothing is known to
            belong to the picture, is among them.
        before_alpha: How many of them are stored before the photograph's opacity, if it has one.
    """

    values: np.ndarray
    kinds: tuple[int, ...]
    before_alpha: int = 0

    @classmethod
    def split(
        cls, values: np.ndarray, kinds: tuple[int, ...]
    ) -> tuple[np.ndarray | None, int, ExtraBands | None]:
        """Takes the opacity out of the channels that follow the colours.

        Args:
            values: Array (H, W, bands).
            kinds: What the file says of them; those that it says nothing of are unspecified.

        Returns:
            The opacity (H, W) or None, its kind, and the rest, None if there is none.
        """
        count = values.shape[2]
        kinds = (*kinds, *[UNSPECIFIED] * count)[:count]
        at = next((at for at, kind in enumerate(kinds) if kind != UNSPECIFIED), count)
        others = [band for band in range(count) if band != at]
        bands = None
        if others:
            bands = cls(values[..., others], tuple(kinds[band] for band in others), at)
        if at == count:
            return None, UNSPECIFIED, bands
        return values[..., at].copy(), kinds[at], bands

    def join(self, alpha: np.ndarray | None) -> tuple[np.ndarray, tuple[int, ...]]:
        """The channels that follow the colours, (H, W, bands), and what to say of each."""
        if alpha is None:
            return self.values, self.kinds
        at = self.before_alpha
        values = np.dstack([self.values[..., :at], alpha, self.values[..., at:]])
        return values, (*self.kinds[:at], ALPHA, *self.kinds[at:])

    def with_values(self, values: np.ndarray) -> ExtraBands:
        """The same bands with other values, such as turned ones."""
        return dataclasses.replace(self, values=values)
