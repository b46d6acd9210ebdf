"""The pictures of before and after, which lie beside the results and replace nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mmenlighten.photos import MAX_PIXELS, read_photo
from mmenlighten.utils.atomic import read_only_reason, write_bytes
from mmenlighten.utils.errors import UserError

from .before_after import ENDING, before_after, before_after_path
from .manifest import EnhanceRecord, hash_of
from .named_bytes import NamedBytes
from .real_paths import RealPaths
from .task import EnhanceTask


class Comparisons:
    """The pictures of before and after, which are written down as results are.

    Each is made of the two files, so that it is the same whether it is made with the result or
    later. One that a run has made follows its result, whatever the options; nothing else is
    replaced without being asked.

    Args:
        record: What is known of the results.
        max_pixels: As for the photographs.
        overwrite: Whether what no run has made is replaced too.
    """

    def __init__(
        self, record: EnhanceRecord, max_pixels: int = MAX_PIXELS, overwrite: bool = False
    ) -> None:
        self.record = record
        self.max_pixels = max_pixels
        self.overwrite = overwrite

    def complete(self, task: EnhanceTask, photo: bytes, result: bytes) -> str:
        """Makes the picture if it is missing or that of another result.

        Args:
            task: Of the result.
            photo: The content of the file before.
            result: The same after; if it is equal, there is nothing to compare.

        Returns:
            Why it is not made, in a sentence, if something else is in its place; else nothing.

        Raises:
            UserError: One of the two cannot be read.
            OSError: It cannot be written.
        """
        if photo == result:
            return ''
        name = before_after_path(task.name)
        photo_hash, recipe = hash_of(photo), _recipe(result)
        state = self.record.state(name, photo_hash, recipe)
        if state == 'up to date':
            return ''
        is_free = state == 'missing' or self.overwrite or self.record.is_known(name)
        if not is_free and task.name.as_posix() in self.record.manifest.names:
            return ''  # earlier versions made it, which wrote down the result alone
        path = self.record.out / name
        files = (NamedBytes(content, str(path)) for content in (photo, result))
        picture = before_after(*(read_photo(file, max_pixels=self.max_pixels) for file in files))
        if not is_free and not (path.is_file() and path.read_bytes() == picture):
            return (
                f'{path} exists and was not made here: give --overwrite to replace it, or leave '
                f'out --compare. {self.record.out / task.name} itself is done.'
            )
        if state != 'missing' and (reason := read_only_reason(path)):
            return reason
        self.record.announce(name, photo_hash, hash_of(picture), recipe)
        write_bytes(path, picture, self.record.unfinished)
        return ''


def check_comparisons(tasks: Sequence[EnhanceTask], out: Path) -> None:
    """Makes sure that no picture of before and after would take the place of what is read.

    Args:
        tasks: All photographs.
        out: The folder of all results.

    Raises:
        UserError: One would.
    """
    paths = RealPaths()
    read = {
        place: task.source
        for task in tasks
        for place in (paths.place_of(task.source), paths.of(task.source))
        if is_named_as_comparison(Path(place))
    }
    for task in tasks if read else ():
        path = before_after_path(out / task.name)
        for place in (paths.place_of(path), paths.of(path)):
            if place in read:
                raise UserError(
                    f'The picture of before and after of {task.source} would replace '
                    f'{read[place]}, which is read: give another --out, or leave out --compare.'
                )


def is_named_as_comparison(path: Path) -> bool:
    """Whether a file is named as the pictures of before and after are, on any file system."""
    return path.name.lower().endswith(ENDING)


def _recipe(result: bytes) -> dict[str, Any]:
    return dict(before_and_after_of=hash_of(result))
