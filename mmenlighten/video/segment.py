"""Finished pieces of a video, as they are kept until the whole is."""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmenlighten.utils.atomic import derived_name, write_bytes, write_text


@dataclass(frozen=True)
class PacketRecord:
    """A packet of encoded pictures, by itself.

    Args:
        pts: When it is shown, in units of the stream's time base; also when it is decoded.
        duration: For how long, in the same unit; 0 if it is not known.
        is_key: Whether decoding can begin here.
        data: What the encoder made.
    """

    pts: int
    duration: int
    is_key: bool
    data: bytes


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


MANIFEST = 'parts.json'


class VideoParts:
    """The folder in which pieces of a video wait for the whole.

    It lies hidden beside the result. Each piece is written whole or not at all, so that a killed
    process leaves pieces from which the next one goes on. Pieces that were made otherwise are
    thrown away.

    Args:
        target: The file that the video becomes.
        fingerprint: All that the pieces depend on.
    """

    def __init__(self, target: Path, fingerprint: dict[str, Any]) -> None:
        self.folder = self.folder_of(target)
        fingerprint = json.loads(json.dumps(fingerprint))  # as it will be read
        manifest = self.folder / MANIFEST
        try:
            is_same = json.loads(manifest.read_text(encoding='utf-8')) == fingerprint
        except (OSError, ValueError):
            is_same = False
        if not is_same:
            self.remove()
            write_text(manifest, json.dumps(fingerprint, indent=1) + '\n')
        self.count = next(index for index in range(10**9) if not self._path(index).exists())

    @staticmethod
    def folder_of(target: Path) -> Path:
        """Where the pieces of this file wait."""
        return target.with_name(derived_name(target.name, '.parts', '.'))

    def __iter__(self) -> Iterator[Segment]:
        """The pieces that are there, one after the other."""
        for index in range(self.count):
            yield Segment.from_bytes(self._path(index).read_bytes())

    def last(self) -> Segment:
        """The last piece that is there."""
        return Segment.from_bytes(self._path(self.count - 1).read_bytes())

    def add(self, segment: Segment) -> None:
        """Writes the next piece."""
        write_bytes(self._path(self.count), segment.to_bytes())
        self.count += 1

    def remove(self) -> None:
        """Deletes the folder and all that is in it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, index: int) -> Path:
        return self.folder / f'{index:06}.part'
