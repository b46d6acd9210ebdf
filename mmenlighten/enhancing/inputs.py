"""Finds the photographs and videos that paths, patterns and folders name."""

from __future__ import annotations

import os
import stat
import warnings
from collections.abc import Sequence
from pathlib import Path

from mmenlighten.photos.formats import FORMATS
from mmenlighten.utils.errors import UserError, system_reason
from mmenlighten.utils.option_names import option
from mmenlighten.utils.optional_kinds import OPTIONAL_ENDINGS
from mmenlighten.utils.windows import case_key
from mmenlighten.video import VIDEO_ENDINGS

from .folder_walk import FoundInputs, broken_link
from .input_search import InputSearch
from .options import ResultFormat
from .real_paths import RealPaths
from .task import Task

PLAIN_ENDINGS = (*FORMATS, '.jfif', '.jpe', '.jif', '.pjpeg', '.pjpg', '.mpo', '.dib', '.pnm')
PHOTO_ENDINGS = (*PLAIN_ENDINGS, *OPTIONAL_ENDINGS)
ENDINGS = (*PHOTO_ENDINGS, *VIDEO_ENDINGS)


def find_inputs(
    inputs: Sequence[str],
    out: Path | None,
    endings: Sequence[str] = ENDINGS,
    suffix: str = '',
    format: ResultFormat = 'auto',
) -> FoundInputs:
    """Plans where the result of each file goes, and refuses what could destroy files.

    A file keeps its name, but for the ending of what is of a kind that is not written. Of a
    folder, and of what a pattern finds, the structure is kept too, from that folder or from the
    last folder without a wildcard on. Hidden files are left out, and so are files in folders with
    other endings, and the results themselves. Links count as what they lead to, under their own
    names. What cannot be taken is in what is returned.

    Args:
        inputs: Paths of files and folders, and patterns with ``*``, ``?``, ``[...]`` and ``**``.
        out: The folder of all results; None if none are written.
        endings: Of the names of files that are taken from folders, in lower case.
        suffix: What is added to names of results, before their endings. With one, results that
            are named among inputs are passed over, as a shell's ``*`` names them too.
        format: Of results of kinds that are not written, such as HEIC.

    Raises:
        UserError: A path is empty, two results would have the same name, or a result would
            replace a file that is read.
    """
    if out is not None:
        _check_out(out)
    for text in inputs:
        check_path(text)
    search = InputSearch(out, endings, suffix, format)
    for text in inputs:
        search.add(text)
    found = search.finish()
    found.tasks = _without_conflicts(with_own_names(found.tasks), out, search.paths)
    return found


def find_tasks(
    inputs: Sequence[str],
    out: Path | None,
    endings: Sequence[str] = ENDINGS,
    format: ResultFormat = 'auto',
) -> list[Task]:
    """What :func:`find_inputs` finds, if all of it can be tried; the notes become warnings.

    Raises:
        UserError: As there, or something that is asked for cannot be taken.
    """
    found = find_inputs(inputs, out, endings, format=format)
    for note in found.notes:
        warnings.warn(note, stacklevel=2)
    if found.refused:
        raise UserError(found.refused[0].message)
    return found.tasks


def check_path(text: str) -> None:
    """Refuses what can be no path, which would count as the folder that the process is in.

    Raises:
        UserError: It is empty, blank, or has a character that no name can have.
    """
    if not text.strip():
        raise UserError(
            f'{text!r} is no path: give a file, a folder or a pattern; the folder where you are '
            'is written as a dot.'
        )
    try:
        is_possible = b'\0' not in os.fsencode(text)
    except UnicodeEncodeError:
        is_possible = False
    if not is_possible:
        raise UserError(f'{text!r} is no path: no name of a file has such characters.')


def _check_out(out: Path) -> None:
    try:
        if not stat.S_ISDIR(os.stat(out).st_mode):
            raise UserError(
                f'{option("out_dir", out, "out")} is a file: give the name of a folder.'
            )
    except FileNotFoundError as error:  # it is made later on
        if os.path.islink(out):
            raise UserError(f'{option("out_dir", broken_link(out), "out")}') from error
    except OSError as error:
        raise UserError(
            f'{option("out_dir", out, "out")} cannot be a folder for the results: '
            f'{system_reason(error)}.'
        ) from error


def with_own_names(tasks: Sequence[Task]) -> list[Task]:
    """Names a result after its kind too if another has its name, as of a raw file and its JPEG."""

    def is_renamed(task: Task) -> bool:
        return task.source.suffix.lower() in OPTIONAL_ENDINGS

    def key(task: Task) -> str:
        return task.name.as_posix().lower()  # on a Mac, a.JPG and a.jpg are one file

    taken = {key(task): task.source for task in tasks if not is_renamed(task)}
    named = []
    for task in tasks:
        if is_renamed(task):
            if taken.get(key(task), task.source) != task.source:
                name = f'{task.name.stem}_{task.source.suffix[1:].lower()}{task.name.suffix}'
                task = Task(task.source, task.name.with_name(name))
            taken.setdefault(key(task), task.source)
        named.append(task)
    return named


def _without_conflicts(tasks: Sequence[Task], out: Path | None, paths: RealPaths) -> list[Task]:
    """Tasks without those that are named twice.

    Raises:
        UserError: Two results would have one name, or one would replace what is read.
    """
    once: dict[str, Task] = {}
    for task in tasks:
        once.setdefault(case_key(os.path.abspath(task.source)), task)
    if out is None:
        return list(once.values())
    read = {
        case_key(place): task.source for task in once.values() for place in paths.both(task.source)
    }
    taken: dict[str, Task] = {}
    for task in once.values():
        result = out / task.name
        for place in map(case_key, paths.both(result)):
            if place in read:
                raise UserError(
                    f'The result of {task.source} would replace {read[place]}, which is read: '
                    f'give another {option("out_dir", flag="out")}.'
                )
        other = taken.setdefault(case_key(paths.of(result)), task)
        if case_key(paths.of(other.source)) != case_key(paths.of(task.source)):
            raise UserError(
                f'{other.source} and {task.source} would both be written to {result}: '
                f'enhance them one after the other, each with its own '
                f'{option("out_dir", flag="out")}.'
            )
    return list(taken.values())
