"""Exposures of one scene, from dark to bright, read in rows as the reference sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from .alignment import Alignment, find_alignment, re_exposed
from .light import unit_range


@dataclass(frozen=True, eq=False)
class Bracket:
    """Frames of a scene.

    Args:
        frames: RGB (H, W, 3) from dark to bright, of 8 or 16 bits or floating point.
        exposures: What the light of each was multiplied by, in the same order.
        alignments: Where the pixels of the reference are in other frames, by their numbers.
    """

    frames: Sequence[np.ndarray]
    exposures: Sequence[float]
    alignments: Mapping[int, Alignment] = field(default_factory=dict)

    @property
    def reference(self) -> int:
        """The number of the frame in the middle, which others are aligned with."""
        return len(self.frames) // 2

    def aligned(self, longest: int | None = None) -> Bracket:
        """The same, with all frames aligned with the reference.

        Args:
            longest: As in :func:`find_alignment`.
        """
        middle = self.reference
        alignments = {
            index: find_alignment(
                self.frames[middle], frame, self.exposures[middle], exposure, longest
            )
            for index, (frame, exposure) in enumerate(zip(self.frames, self.exposures, strict=True))
            if index != middle
        }
        return Bracket(self.frames, self.exposures, alignments)

    def rows(
        self, top: int = 0, bottom: int | None = None
    ) -> tuple[list[np.ndarray], dict[int, np.ndarray]]:
        """Rows of all frames, (rows, W, 3), float32 in [0, 1].

        What is unknown of a frame, as it lies outside of it, is what the reference shows, exposed
        anew.

        Returns:
            The rows, and where (rows, W) they were unknown, for each frame that is aligned.
        """
        reference = unit_range(self.frames[self.reference][top:bottom])
        rows, unknown = [], {}
        for index, frame in enumerate(self.frames):
            if index == self.reference:
                rows.append(reference)
            elif index in self.alignments:
                warped, unknown[index] = self.alignments[index].warp(frame, top, bottom)
                filling = re_exposed(
                    reference, self.exposures[self.reference], self.exposures[index]
                )
                rows.append(np.where(unknown[index][..., None], filling, unit_range(warped)))
            else:
                rows.append(unit_range(frame[top:bottom]))
        return rows, unknown
