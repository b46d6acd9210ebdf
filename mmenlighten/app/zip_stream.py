"""A zip of files that is never whole in memory or on the disk."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

CHUNK = 2**20


class _Sink(io.RawIOBase):
    """Keeps what is written until it is taken; it cannot seek, so zipfile streams."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """What was written since it was called last."""
        data = b''.join(self._parts)
        self._parts.clear()
        return data


def stream_zip(files: Sequence[tuple[str, Callable[[], Path]]]) -> Iterator[bytes]:
    """Yields the pieces of a zip; photographs are compressed already and stored as they are.

    Args:
        files: Names, and what makes each file when its turn has come.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, 'w', zipfile.ZIP_STORED) as archive:
        for name, make in files:
            path = make()
            entry = zipfile.ZipInfo.from_file(path, name)
            with path.open('rb') as source, archive.open(entry, 'w', force_zip64=True) as target:
                while chunk := source.read(CHUNK):
                    target.write(chunk)
                    yield sink.take()
    yield sink.take()
