"""Finds the photographs and videos that paths, patterns and folders name."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from mmenlighten.photos.writing import FORMATS
from mmenlighten.utils.errors import UserError
from mmenlighten.video import VIDEO_ENDINGS

from .enhance_task import EnhanceTask

PHOTO_ENDINGS = tuple(FORMATS)
ENDINGS = (*PHOTO_ENDINGS, *VIDEO_ENDINGS)


def find_tasks(
    inputs: Sequence[str], out: Path | None, endings: Sequence[str] = ENDINGS
) -> list[EnhanceTask]:
    """Plans where the result of each file goes, and refuses what could destroy files.

    A file keeps its name. Of a folder, and of what a pattern finds, the structure is kept too,
    from that folder or from the last folder without a wildcard on. Hidden files are left out, and
    so are files in folders with other endings, and the results themselves.

    Args:
        inputs: Paths of files and folders, and patterns with ``*``, ``?``, ``[...]`` and ``**``.
        out: The folder of all results; None if none are written.
        endings: Of the names of files that are taken from folders, in lower case.

    Raises:
        UserError: Nothing is found, two results would have the same name, or a result would
            replace a file that is read.
    """
    if out is not None and out.exists() and not out.is_dir():
        raise UserError(f'--out {out} is a file: give the name of a folder.')
    tasks: dict[Path, EnhanceTask] = {}
    for text in inputs:
        if Path(text).is_dir() and _is_within(Path(text), out):
            continue  # a shell that expands `photos/*` names the results too
        found = list(_find(text, out, endings))
        if not found:
            raise UserError(
                f'{text} holds no photographs or videos: their names end in {", ".join(endings)}.'
            )
        for task in found:
            tasks.setdefault(task.source.resolve(), task)
    if not tasks:
        raise UserError(f'{out} holds the results: give the photographs and videos too.')
    if out is not None:
        _check_results(tasks, out)
    return list(tasks.values())


def _find(text: str, out: Path | None, endings: Sequence[str]) -> Iterator[EnhanceTask]:
    path = Path(os.path.expanduser(text))
    if path.is_dir():
        yield from _walk(path, path, out, endings)
    elif path.exists():
        yield EnhanceTask(path, Path(path.name))
    elif glob.has_magic(str(path)):
        root = Path(*_plain_parts(path))
        for match in sorted(glob.glob(str(path), recursive=True)):
            if Path(match).is_dir():
                yield from _walk(Path(match), root, out, endings)
            elif not _is_within(Path(match), out):
                yield EnhanceTask(Path(match), Path(match).relative_to(root))
    else:
        raise UserError(f'{text} does not exist: give a file, a folder, or a pattern.')


def _plain_parts(path: Path) -> Iterator[str]:
    """The folders before the first wildcard."""
    for part in path.parts:
        if glob.has_magic(part):
            return
        yield part


def _walk(
    folder: Path, root: Path, out: Path | None, endings: Sequence[str]
) -> Iterator[EnhanceTask]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith('.') and not _is_within(Path(parent, name), out)
        )
        for name in sorted(names):
            if not name.startswith('.') and Path(name).suffix.lower() in endings:
                source = Path(parent, name)
                yield EnhanceTask(source, source.relative_to(root))


def _is_within(path: Path, out: Path | None) -> bool:
    return out is not None and path.resolve().is_relative_to(out.resolve())


def _check_results(tasks: dict[Path, EnhanceTask], out: Path) -> None:
    taken: dict[str, Path] = {}
    for task in tasks.values():
        result = (out / task.name).resolve()
        if result in tasks:
            raise UserError(
                f'The result of {task.source} would replace {tasks[result].source}, which is read: '
                'give another --out.'
            )
        key = os.path.normcase(result)
        if key in taken:
            raise UserError(
                f'{taken[key]} and {task.source} would both be written to {out / task.name}: '
                'enhance them one after the other, each with an --out of its own.'
            )
        taken[key] = task.source
