"""Goes through folders, each real one once, wherever links lead."""

from __future__ import annotations

import errno
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mmenlighten.utils.errors import system_reason
from mmenlighten.utils.file_kinds import KNOWN_PHOTO_ENDINGS, recognise_file
from mmenlighten.utils.optional_kinds import OPTIONAL_ENDINGS, OptionalKind
from mmenlighten.video.containers import VIDEO_ENDINGS, head_of, is_program_text

from .task import Outcome, Task

AGAIN = 'links to folders that are entered anyway, each once'
BROKEN = 'links that lead nowhere'
NOT_HANDLED = 'kinds that are not handled; export them as JPEG, PNG or TIFF'
NOT_INSTALLED = 'kinds that need a package: {}'
SPECIAL = 'pipes, sockets and devices, which are never opened'

MOST_NAMES = 5
"""Files that a note names; the others it counts."""

_NOWHERE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)

Key = tuple[int, int]
"""Device and inode, which tell a real folder under all its names."""


@dataclass
class FoundInputs:
    """What a user names: what can be tried, what cannot, and what is passed over.

    Args:
        tasks: Photographs and videos, and where their results go.
        refused: What was asked for and cannot be done, such as a folder that may not be read.
        passed: What folders hold besides and is passed over, by the reason.
    """

    tasks: list[Task] = field(default_factory=list)
    refused: list[Outcome] = field(default_factory=list)
    passed: dict[str, list[Path]] = field(default_factory=dict)

    @property
    def notes(self) -> list[str]:
        """A sentence for each reason, with the number of files and the names of some."""
        return [
            f'{len(paths)} passed over ({reason}): {_some(paths)}.'
            for reason, paths in self.passed.items()
        ]

    def refuse(self, path: Path, message: str) -> None:
        """Keeps why something that was asked for is not done, once."""
        if all(outcome.message != message for outcome in self.refused[-MOST_NAMES:]):
            self.refused.append(Outcome(Task(path, Path(path.name)), 'failed', message))

    def refuse_unreadable(self, path: Path, error: OSError) -> None:
        """Keeps that the system does not let us read a file or folder."""
        self.refuse(path, f'{path} cannot be read: {system_reason(error)}.')

    def pass_over(self, path: Path, reason: str) -> None:
        """Keeps that a folder holds something that is not taken."""
        self.passed.setdefault(reason, []).append(path)


class FolderWalk:
    """Goes through folders without hidden names, and keeps what it cannot or need not take.

    Args:
        endings: Of the names of files that are taken, in lower case; without an ending, the content
            decides.
        found: Where that is kept.
        out: A folder that is not entered unless it is asked for; None for none.
    """

    def __init__(self, endings: Sequence[str], found: FoundInputs, out: Path | None) -> None:
        self.endings = frozenset(endings)
        self.takes_videos = not self.endings.isdisjoint(VIDEO_ENDINGS)
        self.found = found
        self.out = None if out is None else _key_of(out)

    def files(self, top: Path) -> Iterator[Path]:
        """Files in a folder and those below it whose names have one of the endings."""
        for _, entries in self.folders(top):
            for entry in entries:
                if self._is_wanted(entry):
                    yield Path(entry.path)

    def folders(self, top: Path) -> Iterator[tuple[Path, list[os.DirEntry[str]]]]:
        """A folder and those below it, with their sorted entries.

        Links to folders come last, so that a folder is met under its own name first.
        """
        waiting, linked = [top], deque[Path]()
        entered: set[Key] = set()
        while waiting or linked:
            is_link = not waiting
            folder = linked.popleft() if is_link else waiting.pop()
            key = _key_of(folder)
            if key is not None and key in entered:
                self.found.pass_over(folder, AGAIN)
                continue
            if key is not None:
                entered.add(key)
            entries = self.entries(folder)
            yield folder, entries
            below = [entry for entry in entries if self._is_folder(entry)]
            linked.extend(Path(entry.path) for entry in below if entry.is_symlink())
            waiting.extend(Path(entry.path) for entry in reversed(below) if not entry.is_symlink())

    def entries(self, folder: Path, with_hidden: bool = False) -> list[os.DirEntry[str]]:
        """What is in a folder, sorted by name; nothing if there is no such folder."""
        try:
            with os.scandir(folder) as entries:
                shown = [entry for entry in entries if with_hidden or entry.name[0] != '.']
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            self.found.refuse_unreadable(folder, error)
            return []
        return sorted(shown, key=lambda entry: entry.name)

    def _is_folder(self, entry: os.DirEntry[str]) -> bool:
        if not _asked(entry.is_dir):
            return False
        return self.out is None or _key_of(Path(entry.path)) != self.out

    def _is_wanted(self, entry: os.DirEntry[str]) -> bool:
        ending = os.path.splitext(entry.name)[1].lower()
        is_handled = ending in self.endings
        path = Path(entry.path)
        if _asked(entry.is_file):
            if not ending:
                return self._is_wanted_by_content(path)
            if not is_handled and ending in KNOWN_PHOTO_ENDINGS:
                self.found.pass_over(path, NOT_HANDLED)
            if is_handled and not self._is_readable(path, OPTIONAL_ENDINGS.get(ending)):
                return False
            return is_handled and not is_program_text(path)
        if not _asked(entry.is_dir):
            self.keep_odd(path, is_handled)
        return False

    def _is_wanted_by_content(self, path: Path) -> bool:
        """The same of a file without an ending, as backups of phones have them."""
        kind = recognise_file(head_of(path))
        if kind is None or kind.group not in ('photo', 'video'):
            return False
        if kind.group == 'photo' and not kind.is_read:
            self.found.pass_over(path, NOT_HANDLED)
        if not self._is_readable(path, kind.reader):
            return False
        return kind.is_read or (kind.group == 'video' and self.takes_videos)

    def _is_readable(self, path: Path, reader: OptionalKind | None) -> bool:
        """Whether what reads a file is there; else one note for all of them says what is not."""
        if reader is None or reader.is_installed:
            return True
        self.found.pass_over(path, NOT_INSTALLED.format(reader.install))
        return False

    def keep_odd(self, path: Path, is_handled: bool) -> None:
        """Keeps what is neither a file nor a folder, or leads to neither.

        Args:
            path: What it is.
            is_handled: Whether it is called as a photograph or video.
        """
        try:
            os.stat(path)
        except OSError as error:
            is_broken = os.path.islink(path) and error.errno in _NOWHERE
            if is_broken and is_handled:
                self.found.refuse(path, broken_link(path))
            elif is_broken:
                self.found.pass_over(path, BROKEN)
            elif error.errno != errno.ENOENT:  # else it has gone in the meantime
                self.found.refuse_unreadable(path, error)
        else:
            if is_handled:
                self.found.pass_over(path, SPECIAL)


def broken_link(path: Path) -> str:
    """What is wrong with a link to nothing, or to itself."""
    return f'{path} is a link to {os.readlink(path)}, which does not exist or leads back to it.'


def _some(paths: list[Path]) -> str:
    rest = len(paths) - MOST_NAMES
    names = ', '.join(str(path) for path in paths[:MOST_NAMES])
    return names + (f' and {rest} more' if rest > 0 else '')


def _asked(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except OSError:  # a link into a folder that may not be read, or to itself
        return False


def _key_of(path: Path) -> Key | None:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino
