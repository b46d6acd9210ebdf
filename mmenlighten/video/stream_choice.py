"""Which streams of a video its result holds."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class StreamChoice:
    """Which streams of a video its result holds: all but some.

    Args:
        left_out: Indices of streams.
        keeps_timecode: Whether the timecode of the pictures is written.
    """

    left_out: frozenset[int] = frozenset()
    keeps_timecode: bool = True

    def with_stream(self, index: int) -> StreamChoice:
        """The same, and this stream."""
        return replace(self, left_out=self.left_out - {index})

    def without_stream(self, index: int) -> StreamChoice:
        """The same, but for this stream."""
        return replace(self, left_out=self.left_out | {index})
