"""The times of the packets of a stream that is copied, with small faults mended."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from av.packet import Packet
from av.stream import Stream

from .video_error import VideoError

MOST_SECONDS = 1
"""A time that lies farther behind is no small fault: sound would no longer suit the pictures."""


class CopiedTimes:
    """The times of the packets of a stream that is copied, with small faults mended.

    A time that is missing follows from the packet before; one that lies before that of the packet
    before, which no kind of file takes, becomes the next one that it takes.

    Args:
        source: The stream of packets.
        result: What they are copied to, after its header has been written.
        may_repeat: Whether the kind of file takes equal times.
    """

    def __init__(self, source: Stream, result: Stream, may_repeat: bool) -> None:
        # As text: a stream must not be asked after its file is closed.
        self._name = f'its stream {source.index} ({source.type})'
        self.mended = 0
        self._is_video = source.type == 'video'
        is_strict = not may_repeat and source.type in ('audio', 'video')
        self._unit = result.time_base or Fraction(1, 1000)
        self._least = 1 if is_strict else 0
        self._last: int | None = None
        self._end: int | None = None

    def mend(self, packet: Packet) -> Fraction:
        """Sets the times of the next packet, and gives when it is due, in seconds.

        Raises:
            VideoError: They are too far behind.
        """
        assert packet.time_base is not None
        if packet.dts is None and packet.pts is None:
            packet.dts = packet.pts = self._end or 0
            self.mended += self._last is not None  # a picture on the cover has no time
        elif packet.dts is None and self._is_video and packet.pts is not None:
            return packet.pts * packet.time_base  # the writer finds the order of decoding
        elif packet.dts is None:
            packet.dts = packet.pts
        assert packet.dts is not None
        if self._last is not None and self._ticks(packet.dts, packet) < self._last + self._least:
            self._move(packet, packet.dts)
            self.mended += 1
        elif packet.pts is not None and packet.pts < packet.dts:
            packet.pts = packet.dts
            self.mended += 1
        self._last = self._ticks(packet.dts, packet)
        self._end = packet.dts + (packet.duration or 0)
        return packet.dts * packet.time_base

    def note(self) -> str:
        """What was mended, as a message without a full stop; empty if nothing was."""
        if not self.mended:
            return ''
        return (
            f'the times of {self.mended} packets of {self._name} were out of order, and were mended'
        )

    def _move(self, packet: Packet, time: int) -> None:
        assert self._last is not None
        assert packet.time_base is not None
        least = ceil((self._last + self._least) * self._unit / packet.time_base)
        while self._ticks(least, packet) < self._last + self._least:
            least += 1
        behind = float((least - time) * packet.time_base)
        if behind > MOST_SECONDS:
            raise VideoError(
                f'the times of {self._name} go back by {behind:.1f} seconds. '
                'Repair it, for example with `ffmpeg -i IN -c copy OUT`.'
            )
        packet.dts = least
        packet.pts = least if packet.pts is None else max(packet.pts, least)

    def _ticks(self, time: int, packet: Packet) -> int:
        """A time in units of the result, rounded as FFmpeg does."""
        assert packet.time_base is not None
        ticks = time * packet.time_base / self._unit
        away = Fraction(1, 2) if ticks >= 0 else Fraction(-1, 2)
        return int(ticks + away)
