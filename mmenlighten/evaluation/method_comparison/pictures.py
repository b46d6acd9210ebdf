"""Finished pictures on the disk, each made once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from mmenlighten.evaluation.folder_matching import stem_of
from mmenlighten.photos.image_io import list_images, read_image, write_image
from mmenlighten.utils.atomic import derived_name, write_text
from mmenlighten.utils.errors import DatasetError, ImageReadError
from mmenlighten.utils.sha256 import sha256_of_file

from .methods import Enhance, Method
from .sets import BenchmarkSet


class Task(NamedTuple):
    """A picture that a method makes."""

    method: Method
    low: str
    """The input."""
    path: Path
    """The result; a note of the same name with ``.json`` appended says what it was made from."""

    @property
    def is_of_another_program(self) -> bool:
        """Whether it is only measured."""
        return self.method.outputs is not None

    @property
    def note(self) -> Path:
        """File of the note, which is written last: where it is, the picture is whole."""
        return self.path.with_name(derived_name(self.path.name, '.json'))


def tasks_of(folder: Path, method: Method, sets: Sequence[BenchmarkSet]) -> dict[str, list[Task]]:
    """The pictures of a method on data sets, by the names of these.

    The folder carries the method's key: another setting or other weights are another folder.
    Outputs of another program are in sub-folders named after the data sets; a folder without
    such ones holds those of the first.

    Returns:
        Data sets for which there are no outputs of another program are left out.

    Raises:
        DatasetError: Outputs of another program lack some of the pictures.
    """
    if method.outputs is None:
        own = folder_of(folder, method)
        return {
            one.name: [Task(method, p.low, own / one.name / n) for n, p in one.pictures.items()]
            for one in sets
        }
    places = {one.name: method.outputs / one.name for one in sets}
    if not any(place.is_dir() for place in places.values()):
        places = {sets[0].name: method.outputs}
    return {
        one.name: _outputs(method, places[one.name], one)
        for one in sets
        if one.name in places and places[one.name].is_dir()
    }


def folder_of(folder: Path, method: Method) -> Path:
    """Where a method's pictures are."""
    slug = ''.join(c if c.isalnum() or c in '-_.@=' else '_' for c in method.name)
    return folder / f'{slug}-{method.key}'


def _outputs(method: Method, place: Path, one: BenchmarkSet) -> list[Task]:
    files = {stem_of(name): place / name for name in list_images(place)}
    tasks = []
    for name, pair in one.pictures.items():
        file = files.get(stem_of(name))
        if file is None:
            raise DatasetError(
                f'{place} has no picture for {pair.low}: add what {method.name} makes of it, or '
                'leave the data set out.'
            )
        tasks.append(Task(method, pair.low, file))
    return tasks


def seconds_of(task: Task) -> float | None:
    """How long a finished picture took; None if it is missing or of another input."""
    try:
        note = json.loads(task.note.read_text(encoding='utf-8'))
        is_of_input = note['input'] == sha256_of_file(task.low) and task.path.is_file()
        return float(note['seconds']) if is_of_input else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def make_pictures(
    tasks: Sequence[Task], progress: Callable[[Sequence[Task]], Iterable[Task]]
) -> list[str]:
    """Makes the pictures; a method is loaded at its first one.

    Args:
        tasks: Those that are missing, sorted by method.
        progress: Goes through the tasks and shows how far it is.

    Returns:
        A sentence for each input that cannot be read; its picture is left out.
    """
    errors: dict[str, None] = {}
    enhance: Enhance | None = None
    loaded: Method | None = None
    for task in progress(tasks):
        try:
            low = read_image(task.low)
        except ImageReadError as error:
            errors[str(error)] = None
            continue
        if enhance is None or loaded is not task.method:
            enhance, loaded = task.method.load(), task.method
            enhance(low)  # not timed: the first call also sets up memory and kernels
        start = time.perf_counter()
        result = enhance(low)
        seconds = time.perf_counter() - start
        task.note.unlink(missing_ok=True)  # of another input
        write_image(task.path, result)
        note = dict(input=sha256_of_file(task.low), low=task.low, seconds=seconds)
        write_text(task.note, json.dumps(note) + '\n')
    return list(errors)
