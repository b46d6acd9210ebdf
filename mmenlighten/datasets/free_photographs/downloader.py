"""Fetches files and refuses what is not the one expected."""

from __future__ import annotations

import hashlib
import time
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from mmenlighten.utils.atomic import write_bytes
from mmenlighten.utils.errors import DatasetError, system_reason
from mmenlighten.utils.http_answer import NoAnswerError, ask, read_piece
from mmenlighten.utils.option_names import option
from mmenlighten.utils.sha256 import sha256_of_file

from .sources import MOST_BYTES, RemoteFile

BLOCK = 1 << 20
SECONDS_OF_SILENCE = 60
TRIES = 3
"""Of an address whose server answers that it is busy, or whose answer breaks off."""

Progress = Callable[[float], None]
"""Takes the share of a file that has arrived, in [0, 1]."""


class _BrokenOffError(Exception):
    """An answer that may be better next time; its text is the reason."""


class Downloader:
    """Fetches files from their addresses, or all of them from one mirror.

    Args:
        mirror: A folder or the start of an address that has the files under their
            :attr:`~mmenlighten.datasets.free_photographs.sources.RemoteFile.mirror_path`.
            Nothing else is asked then.
        pause: Seconds before the second try of an address; it doubles with each.
    """

    def __init__(self, mirror: str | None = None, pause: float = 2.0) -> None:
        self.mirror = mirror
        self.pause = pause
        self._folder: Path | None = None
        if mirror is not None and not mirror.startswith(('http://', 'https://')):
            self._folder = Path(mirror).expanduser()
            if not mirror or not self._folder.is_dir():
                raise DatasetError(
                    f'{option("mirror", repr(mirror))} is neither a folder nor an address that '
                    'starts with https://: correct it.'
                )

    def read(self, file: RemoteFile) -> bytes:
        """The content of a file.

        Raises:
            DatasetError: It cannot be had, or is another one; what and where, in a sentence.
        """
        content = b''

        def keep(blocks: Iterator[bytes]) -> None:
            nonlocal content
            content = b''.join(blocks)

        self._fetch(file, keep)
        return content

    def save(self, file: RemoteFile, path: Path, progress: Progress | None = None) -> Path:
        """Makes a file lie on this machine: whole and right, or not at all.

        Args:
            file: The file.
            path: Where to; what is there already is taken if it is right.
            progress: Called with the share that has arrived.

        Returns:
            Where it is: inside a mirror that is a folder, or at ``path``.

        Raises:
            DatasetError: As of :meth:`read`.
        """
        if self._folder is not None:
            self._fetch(file, _discard)
            return self._folder / file.mirror_path
        if not (path.is_file() and sha256_of_file(path) == file.sha256):
            self._fetch(file, lambda blocks: write_bytes(path, blocks), progress)
        return path

    def _fetch(
        self,
        file: RemoteFile,
        take: Callable[[Iterator[bytes]], None],
        progress: Progress | None = None,
    ) -> None:
        failure: DatasetError | None = None
        for place in self._places(file):
            try:
                return self._fetch_from(place, file, take, progress)
            except DatasetError as error:
                failure = failure or error
        assert failure is not None
        raise failure

    def _places(self, file: RemoteFile) -> tuple[str, ...]:
        if self._folder is not None:
            return (str(self._folder / file.mirror_path),)
        if self.mirror is not None:
            path = urllib.parse.quote(file.mirror_path)
            return (f'{self.mirror.rstrip("/")}/{path}',)
        return file.addresses

    def _fetch_from(
        self,
        place: str,
        file: RemoteFile,
        take: Callable[[Iterator[bytes]], None],
        progress: Progress | None,
    ) -> None:
        for attempt in range(TRIES):
            try:
                with self._open(place, file) as stream:
                    take(_checked(stream, place, file, progress))
                return
            except _BrokenOffError as error:
                if attempt == TRIES - 1:
                    raise DatasetError(self._unreachable(place, file, str(error))) from error
            time.sleep(self.pause * 2**attempt)

    def _open(self, place: str, file: RemoteFile) -> BinaryIO:
        try:
            if self._folder is not None:
                return open(place, 'rb')
            return ask(place, SECONDS_OF_SILENCE)
        except OSError as error:
            raise DatasetError(self._unreachable(place, file, system_reason(error))) from error
        except NoAnswerError as error:
            reason = str(error)
            if error.status == 429 or (error.status or 0) >= 500:
                raise _BrokenOffError(reason) from error
            raise DatasetError(self._unreachable(place, file, reason)) from error

    def _unreachable(self, place: str, file: RemoteFile, reason: str) -> str:
        if self._folder is not None:
            return f'{place} cannot be read ({reason}): the mirror must have {file.mirror_path}.'
        if self.mirror is not None:
            return f'{place} cannot be fetched ({reason}): see to the mirror or the network.'
        return (
            f'{place} cannot be fetched ({reason}): see to the network and give the same command '
            f'again, which goes on from here, or {option("mirror")} (docs/free_photographs.md).'
        )


def _checked(
    stream: BinaryIO, place: str, file: RemoteFile, progress: Progress | None
) -> Iterator[bytes]:
    """The content in blocks; the last one is followed by an error if the whole is not right."""
    digest, length = hashlib.sha256(), 0
    while True:
        try:
            block = read_piece(stream, BLOCK)
        except NoAnswerError as error:
            raise _BrokenOffError(f'it breaks off: {error}') from error
        if not block:
            break
        digest.update(block)
        length += len(block)
        if length > MOST_BYTES:
            raise DatasetError(f'{place} is not the file expected: it is far too long.')
        if progress is not None and file.size:
            progress(min(length / file.size, 1.0))
        yield block
    declared = getattr(stream, 'length', 0)  # what the server has announced and not sent
    if declared:
        raise _BrokenOffError(f'it breaks off {declared} bytes before its end')
    if digest.hexdigest() != file.sha256:
        raise DatasetError(
            f'{place} is not the file expected: its SHA-256 is {digest.hexdigest()[:12]}... and '
            f'not {file.sha256[:12]}...; nothing of it is used. Fetch it from another place, with '
            f'{option("mirror")}.'
        )


def _discard(blocks: Iterator[bytes]) -> None:
    for _ in blocks:
        pass
