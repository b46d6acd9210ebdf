"""Searches what a user names for photographs and videos."""

from __future__ import annotations

import errno
import fnmatch
import glob
import os
import stat
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

from mmenlighten.photos.formats import FORMATS
from mmenlighten.utils.option_names import option
from mmenlighten.utils.optional_kinds import OPTIONAL_ENDINGS
from mmenlighten.video.containers import result_name

from .comparisons import ENDING
from .folder_walk import FolderWalk, FoundInputs, broken_link
from .manifest import SIDECARS, Manifest
from .options import ENDINGS_OF_FORMATS, ResultFormat
from .real_paths import RealPaths
from .task import Task

OUT = 'the folder of the results'
RESULTS = 'results of an earlier run'
NOWHERE = (errno.ENOENT, errno.ENOTDIR)


class InputSearch:
    """Searches paths, folders and patterns for photographs and videos.

    Args:
        out: The folder of all results; None if none are written.
        endings: Of the names of files that are taken from folders, in lower case.
        suffix: What is added to names of results, before their endings.
        format: Of results of kinds that are not written.
    """

    def __init__(
        self,
        out: Path | None,
        endings: Sequence[str],
        suffix: str = '',
        format: ResultFormat = 'auto',
    ) -> None:
        self.out = out
        self.suffix = suffix
        self.format = format
        self.endings = endings
        self.found = FoundInputs()
        self.paths = RealPaths()
        self._out = None if out is None else Path(os.path.realpath(out))
        self._walk = FolderWalk(endings, self.found, out)

    def add(self, text: str) -> None:
        """Adds what a path or pattern names; whatever is wrong with it is kept."""
        path = Path(text if os.path.lexists(text) else os.path.expanduser(text))
        try:
            mode = os.stat(path).st_mode
        except OSError as error:
            self._add_unreachable(path, text, error)
            return
        if stat.S_ISREG(mode):
            self._take(path, Path(path.name), is_asked=True)
        elif not stat.S_ISDIR(mode):
            self.found.refuse(
                path,
                f'{path} is a pipe, a socket or a device, which is not opened: give - and send '
                'the photograph to standard input.',
            )
        elif self._is_out(path):
            self._add_out(path)
        else:
            self._add_all(path, [path], text)

    def finish(self) -> FoundInputs:
        """All that was found; results alone are too little."""
        found = self.found
        if found.tasks or found.refused:
            return found
        if OUT in found.passed:
            path = found.passed.pop(OUT)[0]
            found.refuse(path, f'{path} holds the results: give the photographs and videos too.')
        elif RESULTS in found.passed:
            self._refuse_result(found.passed.pop(RESULTS)[0])
        return found

    def _add_unreachable(self, path: Path, text: str, error: OSError) -> None:
        if os.path.islink(path) and error.errno in (*NOWHERE, errno.ELOOP):
            self.found.refuse(path, broken_link(path))
        elif error.errno not in NOWHERE:
            self.found.refuse_unreadable(path, error)
        elif glob.has_magic(str(path)):
            self._add_all(*find_matches(path, self._walk), text)
        else:
            self.found.refuse(path, f'{text} does not exist: give a file, a folder, or a pattern.')

    def _add_all(self, root: Path, paths: Sequence[Path], text: str) -> None:
        """Adds what a folder holds or a pattern finds, with names from a folder on."""
        found = self.found
        before, passed = len(found.tasks) + len(found.refused), len(found.passed.get(RESULTS, ()))
        for path in paths:
            if os.path.isfile(path):
                self._take(path, path.relative_to(root))
            elif not os.path.isdir(path):
                self._walk.keep_odd(path, is_handled=True)
            elif not self._is_out(path):
                for file in self._walk.files(path):
                    self._take(file, file.relative_to(root))
        if len(found.tasks) + len(found.refused) > before:
            return
        if len(found.passed.get(RESULTS, ())) > passed:
            message = f'{text} holds results of an earlier run only: give the photographs.'
        else:
            message = (
                f'{text} holds no photographs or videos: their names end in '
                f'{", ".join(one for one in self.endings if one not in OPTIONAL_ENDINGS)}, or as '
                'those of HEIC, AVIF, JPEG XL and raw files.'
            )
        found.refuse(Path(text), message)

    def _add_out(self, path: Path) -> None:
        """A shell that expands ``photos/*`` names the results too; other files there are named."""
        walk = FolderWalk(self.endings, FoundInputs(), None)
        others = [
            file for file in walk.files(path) if not self._is_described(file.relative_to(path))
        ]
        if not others:
            self.found.pass_over(path, OUT)
            return
        self.found.refuse(
            path,
            f'{path} is the folder of the results, and {len(others)} photographs or videos in it, '
            f'such as {others[0]}, are none: give another '
            f'{option("out_dir", flag="out")} to enhance them.',
        )

    def _take(self, path: Path, name: Path, is_asked: bool = False) -> None:
        if name.parts[0].startswith(SIDECARS.parts[0]):
            self.found.refuse(path, f'{path} is named as what mmenlighten notes of its results.')
        elif not self._is_result(path):
            result = _result_name(path, name, self.format)
            result = result.with_name(f'{result.stem}{self.suffix}{result.suffix}')
            self.found.tasks.append(Task(path, result))
        elif is_asked and not self.suffix:
            self._refuse_result(path)
        else:
            self.found.pass_over(path, RESULTS)

    def _refuse_result(self, path: Path) -> None:
        self.found.refuse(
            path, f'{path} is the result of an earlier run: give what it was made of.'
        )

    def _is_out(self, path: Path) -> bool:
        return self._out is not None and Path(os.path.realpath(path)) == self._out

    def _is_result(self, path: Path) -> bool:
        place = Path(self.paths.of(path))
        if self._out is None or not place.is_relative_to(self._out):
            return False
        name = place.relative_to(self._out)
        return self._manifest.is_known(name) or self._is_old_comparison(name)

    def _is_described(self, name: Path) -> bool:
        """Whether an earlier run has written down that it makes a file; it may be another one."""
        return self._manifest.describes(name) or self._is_old_comparison(name)

    def _is_old_comparison(self, name: Path) -> bool:
        """Whether it is a picture of before and after, which earlier versions did not note."""
        plain = name.with_suffix('').with_suffix('').as_posix()
        return name.name.endswith(ENDING) and plain in self._manifest.earlier_names

    @cached_property
    def _manifest(self) -> Manifest:
        assert self._out is not None
        return Manifest(self._out)


def _result_name(path: Path, name: Path, format: ResultFormat) -> Path:
    """A name that suits what becomes of a file; photographs, which are many, keep theirs."""
    if path.suffix.lower() in FORMATS:
        return name
    written = named_as_written(name, format)
    return result_name(path, name) if written == name else written


def named_as_written(name: Path, format: ResultFormat) -> Path:
    """The name with the ending of its result if its own is that of a kind that is not written."""
    kind = OPTIONAL_ENDINGS.get(name.suffix.lower())
    if kind is None:
        return name
    return name.with_suffix(kind.result if format == 'auto' else ENDINGS_OF_FORMATS[format])


def find_matches(pattern: Path, walk: FolderWalk) -> tuple[Path, list[Path]]:
    """Finds what fits a path with ``*``, ``?``, ``[...]`` in its parts, or ``**`` as a part.

    Unlike with :mod:`glob`, ``**`` enters each real folder once, so links that lead back end; parts
    that exist as they are written are no patterns; and what may not be read is kept in the walk.

    Returns:
        The folder before the first wildcard, and what fits, in the order of names; nothing hidden
        unless the pattern's part is.
    """
    parts = pattern.parts
    count = 0
    while count < len(parts) and not _is_pattern(Path(*parts[:count]), parts[count]):
        count += 1
    root = Path(*parts[:count])
    found = [root]
    for position, part in enumerate(parts[count:], count + 1):
        if part == '**' and position == len(parts):
            break  # all that is below: the folder itself says it
        found = list(dict.fromkeys(path for top in found for path in _step(walk, top, part)))
    return root, found


def _step(walk: FolderWalk, folder: Path, part: str) -> Iterator[Path]:
    if part == '**':
        yield from (below for below, _ in walk.folders(folder))
    elif not _is_pattern(folder, part):
        if os.path.lexists(folder / part):
            yield folder / part
    else:
        entries = walk.entries(folder, with_hidden=part.startswith('.'))
        yield from (folder / name for name in fnmatch.filter([one.name for one in entries], part))


def _is_pattern(folder: Path, part: str) -> bool:
    return part == '**' or (glob.has_magic(part) and not os.path.lexists(folder / part))
