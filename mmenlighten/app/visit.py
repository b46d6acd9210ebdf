"""What one visitor has on the server."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import secrets
import shutil
import time
from pathlib import Path, PurePosixPath

from .result import ORIGINAL, Result
from .step import Step
from .told_work import ToldWork


class Visit:
    """What one visitor has on the server: an open page with its results.

    Args:
        root: The folder in which it makes its own.

    Attributes:
        working: Held while photographs of this visitor are enhanced.
        work: What goes on, or went on last.
        stops: How often the visitor has stopped all work.
        results: What was enhanced.
        chosen: Place of the result that is shown.
        strength: At which all are shown and downloaded.
    """

    def __init__(self, root: Path) -> None:
        self.token = secrets.token_urlsafe(18)  # addresses of results must not be guessed
        self.folder = root / self.token
        self.folder.mkdir(mode=0o700)
        self.results: list[Result] = []
        self.chosen = 0
        self.strength = 1.0
        self.working = asyncio.Lock()  # what is handed over later waits for what came before
        self.stops = 0
        self.work: ToldWork[Step] | None = None
        self.used = time.monotonic()
        self._numbers = itertools.count()

    def touch(self) -> None:
        """Notes that the visitor is still there."""
        self.used = time.monotonic()

    def take(self, source: Path) -> Path:
        """Takes a file in, so that whoever brought it may remove it.

        Args:
            source: The file.

        Returns:
            A new folder with the file as `original`, or an empty one if there is no such file.
        """
        folder = self.folder / str(next(self._numbers))
        folder.mkdir()
        original = folder / ORIGINAL
        try:
            os.link(source, original)
        except OSError:  # another file system, or one without links
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(source, original)
        return folder

    def name_for(self, name: str, place: int | None = None) -> str:
        """A name for the file of a result.

        Args:
            name: The name; it gets a number if another result has it already.
            place: The result that is replaced, whose name is kept.
        """
        if place is not None and place < len(self.results):
            return self.results[place].file_name
        taken = {result.file_name.lower() for result in self.results}
        path, numbers = PurePosixPath(name), itertools.count(2)
        while name.lower() in taken:
            name = f'{path.stem}_{next(numbers)}{path.suffix}'
        return name

    def put(self, result: Result, place: int | None = None) -> None:
        """Adds a result, or puts it in the place of another, which is removed."""
        if place is None or place >= len(self.results):
            self.results.append(result)
            return
        old, self.results[place] = self.results[place], result
        old.remove()

    def stop(self) -> None:
        """Stops what goes on and what was handed over until now."""
        self.stops += 1
        if self.work is not None:
            self.work.stop()

    def clear(self) -> None:
        """Removes all results."""
        results, self.results, self.chosen = self.results, [], 0
        for result in results:
            result.remove()

    def remove(self) -> None:
        """Removes all that is on the disk."""
        self.results = []
        shutil.rmtree(self.folder, ignore_errors=True)
