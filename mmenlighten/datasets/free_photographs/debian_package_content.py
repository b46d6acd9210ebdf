"""Reads files out of a Debian package without unpacking it."""

from __future__ import annotations

import importlib
import io
import lzma
import posixpath
import tarfile
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import IO, Any

from mmenlighten.utils.errors import DatasetError, error_reason

MAGIC = b'!<arch>\n'
HEADER = 60
"""Bytes before each part: name (16), time, owner, group, mode, size (10, from 48), two marks."""
END_OF_HEADER = b'`\n'
MOST_BYTES = 256 << 20
"""Of one file; a longer one is no photograph of the table."""


class DebianPackageContent:
    """The files that a ``.deb`` would install.

    The package is an ``ar`` archive, of which the part ``data.tar`` holds the files. Only regular
    files that are asked for by name are read, and into memory: whatever names, links or devices
    the archive has, nothing is written anywhere.

    Args:
        path: The package.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, names: Collection[str]) -> dict[str, bytes]:
        """Reads some of the files.

        Args:
            names: Their paths, without a leading slash.

        Raises:
            DatasetError: One is not there or not a regular file, or this is no package that can be
                read.
        """
        found: dict[str, bytes] = {}
        try:
            with open(self.path, 'rb') as file, self._tar(file) as tar:
                for member in tar:
                    name = posixpath.normpath(member.name)
                    if name in names and member.isreg() and member.size <= MOST_BYTES:
                        content = tar.extractfile(member)
                        assert content is not None  # it is a regular file
                        found[name] = content.read()
                    if len(found) == len(names):
                        break
        except (tarfile.TarError, lzma.LZMAError, zlib.error, EOFError, ValueError) as error:
            raise DatasetError(
                f'{self.path} is damaged ({error_reason(error)}): fetch it again.'
            ) from error
        missing = sorted(set(names) - found.keys())
        if missing:
            raise DatasetError(
                f'{self.path} has no file {missing[0]}: it is not the package expected.'
            )
        return found

    def _tar(self, file: IO[bytes]) -> tarfile.TarFile:
        """Opens the part with the files; ``file`` must stay open."""
        if file.read(len(MAGIC)) != MAGIC:
            raise DatasetError(f'{self.path} is not a Debian package: fetch it again.')
        while True:
            header = file.read(HEADER)
            if len(header) < HEADER or header[58:] != END_OF_HEADER:
                raise DatasetError(f'{self.path} has no part data.tar: fetch it again.')
            name = header[:16].decode('ascii', 'replace').strip().rstrip('/')
            size = int(header[48:58])
            if name.startswith('data.tar'):
                return self._unpacked(name, _Part(file, size))
            file.seek(size + size % 2, io.SEEK_CUR)

    def _unpacked(self, name: str, part: Any) -> tarfile.TarFile:
        kind = name.removeprefix('data.tar').removeprefix('.')
        if kind in ('', 'xz', 'gz', 'bz2'):
            return tarfile.open(fileobj=part, mode=f'r|{kind}')  # type: ignore[call-overload]
        if kind == 'zst':
            try:
                zstd = importlib.import_module('compression.zstd')
            except ImportError as error:
                raise DatasetError(
                    f'{self.path} is packed with zstd, which Python reads from 3.14 on: use it.'
                ) from error
            return tarfile.open(fileobj=zstd.ZstdFile(part), mode='r|')
        raise DatasetError(f'{self.path} is packed as {name}, which is not known here.')


class _Part:
    """The next bytes of a file, as a file that ends there."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self.file = file
        self.left = size

    def read(self, count: int = -1) -> bytes:
        """Reads at most so many bytes."""
        count = self.left if count < 0 else min(count, self.left)
        data = self.file.read(count)
        self.left -= len(data)
        return data
