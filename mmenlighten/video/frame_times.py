"""When the frames of a video are shown, with small faults mended."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median


@dataclass(frozen=True)
class FrameTimes:
    """When the frames of a video are shown, each later than the one before.

    Args:
        times: In units of the stream.
        durations: In the same unit; 0 if it is not known.
        mended: How many times were repeated, backward or missing, and lie between others now.
        disorder: The largest fault, in the same unit: by how much times in a row were changed, or
            how long all of them take if that is less.
        disorder_frame: The first frame that it concerns, from 1.
    """

    times: Sequence[int]
    durations: Sequence[int]
    mended: int = 0
    disorder: int = 0
    disorder_frame: int = 0

    def __len__(self) -> int:
        return len(self.times)

    @classmethod
    def mend(
        cls, reported: Sequence[int | None], durations: Sequence[int], usual_step: int
    ) -> FrameTimes:
        """Keeps as many times as possible, and spreads the others evenly between them.

        A set of times can be kept if each leaves at least one unit for each frame up to the next:
        if ``time - index`` never decreases. The largest such set is found by patience sorting.

        Args:
            reported: What the file reports for each frame, in the order in which they are shown.
            durations: The same.
            usual_step: From frame to frame, where nothing is reported.
        """
        kept = _longest_order(reported) or [(0, 0)]
        steps = [after[1] - before[1] for before, after in pairwise(kept)]
        step = max(1, round(median(steps)) if steps else usual_step)
        # One more at each side, as if the usual step had led there.
        (first, start), (last, end) = kept[0], kept[-1]
        before = (-1, start - step * (first + 1))
        after = (len(reported), end + step * (len(reported) - last))
        times, lengths = array('q', bytes(8 * len(reported))), array('q', durations)
        disorder = disorder_frame = 0
        for (left, time), (right, next_time) in pairwise([before, *kept, after]):
            if left >= 0:
                times[left] = time
            for index in range(left + 1, right):
                times[index] = time + (next_time - time) * (index - left) // (right - left)
            changes = [
                abs(times[index] - value)
                for index in range(left + 1, right)
                if (value := reported[index]) is not None
            ]
            size = min(max(changes, default=0), next_time - time)
            if size > disorder:
                disorder, disorder_frame = size, left + 2
            if right - left > 1:
                for index in range(max(left, 0), right):
                    following = times[index + 1] if index + 1 < right else next_time
                    lengths[index] = following - times[index]
        mended = sum(before != after for before, after in zip(reported, times))
        return cls(times, lengths, mended, disorder, disorder_frame)


def _longest_order(reported: Sequence[int | None]) -> list[tuple[int, int]]:
    """Indices and times of the largest set that can be kept, in order.

    Of equal times the first is kept: from the last frame to the first, that is the later choice.
    """
    room: list[int] = []  # the smallest `index - time` that ends an order of each length
    ends: list[int] = []  # its index
    following = array('q', [-1]) * len(reported)
    for index in reversed(range(len(reported))):
        time = reported[index]
        if time is None:
            continue
        place = bisect_right(room, index - time)
        room[place : place + 1] = [index - time]
        ends[place : place + 1] = [index]
        if place:
            following[index] = ends[place - 1]
    kept: list[tuple[int, int]] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        time = reported[index]
        assert time is not None
        kept.append((index, time))
        index = following[index]
    return kept
