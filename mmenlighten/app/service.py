"""Enhances the photographs of visitors in processes of their own, within a memory budget."""

from __future__ import annotations

import dataclasses
import importlib
import shutil
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.utils.errors import UserError

from .background_task import BackgroundTask
from .batch_run import BatchRun
from .errors import LimitError
from .limits import memory_to_read
from .offered_models import models_with_controls
from .progress import Progress
from .session import Session
from .stored_photo import StoredPhoto
from .task import Controls, Task
from .uploads import Uploads
from .worker import Build, Worker, WorkerSetup
from .worker_pool import AnyWorker, WorkerPool
from .worker_process import WorkerProcess

READERS = 4
"""Photographs that are read at the same time: one that takes long must not keep others waiting."""

WRITERS = 2
"""Results that are drawn or written at the same time."""

AS_THE_MODEL_JUDGES = Controls()

KEEP_SECONDS = 3600.0
"""How long the results of a visitor are kept who does nothing."""


class EnhanceService:
    """Enhances the photographs of visitors, one after the other, within a memory budget.

    Files are read, enhanced and written in processes of their own, which are ended if they take too
    much, or if nobody waits any more.

    Attributes:
        uploads: What visitors have sent and not handed over yet.
        readers: Read the files of visitors, and draw small pictures.
        enhancers: One worker, which holds the model. It gets pixels, and never a visitor's file.
        writers: Draw and write results at another strength.

    Args:
        folder: Where everything is kept; it exists and belongs to this service alone.
        models: The models to choose from, by the words that visitors read.
        build: Builds a model: a function of a module, which other processes find there. With
            anything else, all work is done in this process, and can be stopped between tiles only.
        options: How photographs are enhanced; the strength is chosen afterwards.
        max_pixels: Photographs with more pixels are refused.
    """

    def __init__(
        self,
        folder: Path,
        models: Mapping[str, ModelChoice],
        build: Build,
        options: EnhanceOptions | None = None,
        max_pixels: int = 100_000_000,
    ) -> None:
        self.folder = folder.resolve()
        self.uploads = Uploads(self.folder)
        self.models = models
        self.max_pixels = max_pixels
        temporary = self.folder / 'processes'
        temporary.mkdir(exist_ok=True)
        setup = WorkerSetup(
            dict(models), _importable_name(build), options or EnhanceOptions(), max_pixels
        )
        start: Callable[[], AnyWorker]
        start_reader: Callable[[], AnyWorker]
        start_early: Callable[[], AnyWorker] | None = None
        if setup.build is None:
            here = Worker(setup, build)
            start = start_reader = lambda: here
        else:
            reader = dataclasses.replace(setup, memory=memory_to_read(max_pixels))
            start = partial(WorkerProcess, setup, temporary)
            start_reader = partial(WorkerProcess, reader, temporary)
            start_early = partial(WorkerProcess, setup, temporary, self.default_model)
        self.readers = WorkerPool(start_reader, READERS)
        self.enhancers = WorkerPool(start, 1, start_early)
        self.writers = WorkerPool(start_reader, WRITERS)
        self._has_controls = models_with_controls(models)
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()
        self._is_closed = threading.Event()

    @property
    def default_model(self) -> str:
        """The words for the first model."""
        return next(iter(self.models))

    def prepare(self, model: str) -> None:
        """Builds a model; the one before is let go.

        Raises:
            UserError: There is no such model, or it cannot be built.
        """
        with self.enhancers.worker() as worker:
            facts = worker.do(Task('prepare', model=model))
        self._has_controls[model] = bool(facts['has_controls'])

    def has_controls(self, model: str) -> bool:
        """Whether a model has :class:`.Controls`, as far as is known before it is built."""
        return self._has_controls.get(model, False)

    def open_session(self) -> Session:
        """Room for a new visitor."""
        self.forget_old()
        session = Session(self.folder)
        with self._lock:
            self._sessions[session.token] = session
        return session

    def find_session(self, token: str | None) -> Session | None:
        """The room of a visitor; None if there is none any more."""
        with self._lock:
            session = self._sessions.get(token or '')
        if session is not None:
            session.touch()
        return session

    def enhance(
        self,
        session: Session,
        photos: Sequence[StoredPhoto],
        model: str,
        only_dark: bool = False,
        controls: Controls = AS_THE_MODEL_JUDGES,
    ) -> BackgroundTask[Progress]:
        """Enhances photographs while somebody iterates over the progress.

        Args:
            session: Whose they are.
            photos: What :meth:`.Session.add` gave.
            model: One of `models`.
            only_dark: Whether well-lit photographs are left out.
            controls: Of a model that has them.
        """
        task = Task('read', model=model, only_dark=only_dark, controls=controls)
        return BatchRun(self.readers, self.enhancers, session, photos, task, self._is_closed)

    def again(
        self, session: Session, model: str, controls: Controls = AS_THE_MODEL_JUDGES
    ) -> BackgroundTask[Progress]:
        """Enhances the photographs of all results in another way; see :meth:`enhance`."""
        photos = [session.add(result.original, result.name, result) for result in session.results]
        return self.enhance(session, photos, model, controls=controls)

    def preview(self, result: StoredPhoto, strength: float) -> tuple[Path, Path]:
        """JPEG files for the screen; see :meth:`.StoredPhoto.preview`.

        Raises:
            UserError: They cannot be made.
            OSError: They cannot be written, as on a full disk.
        """
        after = result.after(strength)
        with result.drawing:
            if not after.is_file():
                self._write(Task('preview', result.folder, result.name, strength=strength))
        return result.before, after

    def write(self, result: StoredPhoto, strength: float) -> Path:
        """The file of a result at full size; see :meth:`.StoredPhoto.write`."""
        path = result.written(strength)
        task = Task(
            'write', result.folder, result.name, strength=strength, pixels=result.pixel_count
        )
        with result.writing:
            if path.is_file():
                return path
            if not result.is_large:
                self._write(task)
            else:
                # Else its copies would come on top of what enhancing takes.
                with self.enhancers.worker():
                    self._write(task)
        return path

    def shows(self, path: str) -> bool:
        """Whether the file at a path, which may be anything, is a small picture of a visitor."""
        with self._lock:
            sessions = list(self._sessions.values())
        return any(result.shows(path) for session in sessions for result in list(session.results))

    def forget_old(self) -> None:
        """Removes what visitors left behind who have done nothing for `KEEP_SECONDS`."""
        self.uploads.forget_old()
        self.readers.close_idle()
        self.writers.close_idle()
        limit = time.monotonic() - KEEP_SECONDS
        with self._lock:
            old = [session for session in self._sessions.values() if session.used < limit]
            for session in old:
                del self._sessions[session.token]
        for session in old:
            session.remove()

    def stop(self) -> None:
        """Ends all work; nobody waits any more."""
        self._is_closed.set()
        with self._lock:
            sessions = list(self._sessions.values())
        for session in sessions:
            session.stop()

    def close(self) -> None:
        """Ends all work, and removes everything."""
        self.stop()
        for pool in (self.enhancers, self.readers, self.writers):
            pool.close()
        with self._lock:
            self._sessions.clear()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _write(self, task: Task) -> None:
        try:
            with self.writers.worker() as worker:
                worker.do(task)
        except LimitError as error:
            raise UserError(f'{error}. Try again, or choose another strength.') from error


def _importable_name(build: Build) -> tuple[str, str] | None:
    """Module and name under which other processes find a function; None if they do not."""
    module, name = getattr(build, '__module__', None), getattr(build, '__qualname__', '')
    if module is None or module == '__main__' or '.' in name:
        return None
    found = getattr(importlib.import_module(module), name, None)
    return (module, name) if name and found is build else None
