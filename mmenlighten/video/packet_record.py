"""A packet of encoded pictures, by itself."""

from __future__ import annotations

from dataclasses import dataclass


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
