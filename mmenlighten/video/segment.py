"""A finished piece of a video, as it is kept until the whole is."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import Any

from .packet_record import PacketRecord

HEAD = struct.Struct('<Q')
PACKET = struct.Struct('<qqBQ')


@dataclass(frozen=True)
class Segment:
    """A finished piece of a video, as it is kept until the whole is.

    Args:
        frames: How many frames it holds.
        state: Of what smooths frames over time, after the last of them.
        packets: What the encoder made of them.
    """

    frames: int
    state: dict[str, Any]
    packets: list[PacketRecord]

    def to_bytes(self) -> bytes:
        """All of it: a head in JSON, then one packet after the other."""
        head = json.dumps(dict(frames=self.frames, state=self.state)).encode()
        parts = [HEAD.pack(len(head)), head]
        for packet in self.packets:
            parts.append(PACKET.pack(packet.pts, packet.duration, packet.is_key, len(packet.data)))
            parts.append(packet.data)
        return b''.join(parts)

    @classmethod
    def from_bytes(cls, data: bytes) -> Segment:
        """The inverse of :meth:`to_bytes`.

        Raises:
            ValueError: Something else was given.
        """
        try:
            (size,) = HEAD.unpack_from(data)
            place = HEAD.size + size
            head = json.loads(data[HEAD.size : place])
            packets = []
            while place < len(data):
                pts, duration, is_key, size = PACKET.unpack_from(data, place)
                place += PACKET.size
                packets.append(
                    PacketRecord(pts, duration, bool(is_key), data[place : place + size])
                )
                place += size
            if place != len(data):
                raise ValueError('the last packet is cut off')
            return cls(head['frames'], head['state'], packets)
        except (struct.error, KeyError) as error:
            raise ValueError(f'no segment of a video: {error}') from error
