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

from .background_task import BackgroundTask
from .progress import Progress
from .stored_photo import StoredPhoto


class Session:
    """What one visitor has on the server: an open page with its results.

    Args:
        root: The folder in which it makes its own.

    Attributes:
        working: Held while photographs of this visitor are enhanced.
        task: What goes on, or went on last.
        stops: How often the visitor has stopped all work.
        results: What was enhanced.
        chosen: Index of the result that is shown.
        strength: At which all are shown and downloaded.
    """

    def __init__(self, root: Path) -> None:
        self.token = secrets.token_urlsafe(18)  # addresses of results must not be guessed
        self.folder = root / self.token
        self.folder.mkdir(mode=0o700)
        self.results: list[StoredPhoto] = []
        self.chosen = 0
        self.strength = 1.0
        self.working = asyncio.Lock()  # what is handed over later waits for what came before
        self.stops = 0
        self.task: BackgroundTask[Progress] | None = None
        self.used = time.monotonic()
        self._numbers = itertools.count()

    def touch(self) -> None:
        """Notes that the visitor is still there."""
        self.used = time.monotonic()

    def add(self, source: Path, name: str = '', replaced: StoredPhoto | None = None) -> StoredPhoto:
        """Takes in a photograph to be enhanced; its file may be removed afterwards.

        Args:
            source: The file. If it does not exist, reading it fails later.
            name: What the visitor calls it; by default the name of the file.
            replaced: The result whose place the new one takes; None adds one.
        """
        folder = self.folder / str(next(self._numbers))
        folder.mkdir()
        photo = StoredPhoto(folder, name or source.name, replaced)
        try:
            os.link(source, photo.original)
        except OSError:  # another file system, or one without links
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(source, photo.original)
        return photo

    def put(self, photo: StoredPhoto, file_name: str) -> None:
        """Adds an enhanced photograph to the results, or puts it in the place of another.

        Args:
            photo: The photograph.
            file_name: Name of the file with the result. It gets a number if another result has it
                already; one that replaces another keeps the name of that.
        """
        old, photo.replaced = photo.replaced, None
        if old in self.results:
            photo.file_name = old.file_name
            self.results[self.results.index(old)] = photo
            old.remove()
            return
        taken = {result.file_name.lower() for result in self.results}
        path, numbers = PurePosixPath(file_name), itertools.count(2)
        while file_name.lower() in taken:
            file_name = f'{path.stem}_{next(numbers)}{path.suffix}'
        photo.file_name = file_name
        self.results.append(photo)

    def stop(self) -> None:
        """Stops what goes on and what was handed over until now."""
        self.stops += 1
        if self.task is not None:
            self.task.stop()

    def clear(self) -> None:
        """Removes all results."""
        results, self.results, self.chosen = self.results, [], 0
        for result in results:
            result.remove()

    def remove(self) -> None:
        """Removes all that is on the disk."""
        self.results = []
        shutil.rmtree(self.folder, ignore_errors=True)
