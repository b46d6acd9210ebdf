"""A file that is fetched, and how it is known to be the right one."""

from __future__ import annotations

from dataclasses import dataclass

MOST_BYTES = 256 << 20
"""What no file of the table comes near to; a server that sends more is not the right one."""


@dataclass(frozen=True)
class RemoteFile:
    """A file of known content at one or several addresses."""

    addresses: tuple[str, ...]
    """Tried one after the other."""
    mirror_path: str
    """Where a mirror has it, relative to the root, with forward slashes."""
    sha256: str
    size: int | None = None
    """Bytes, if known; only to tell the progress."""
