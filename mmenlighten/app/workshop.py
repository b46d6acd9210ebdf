"""Enhances the photographs of visitors in processes of their own, within a memory budget."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.utils.errors import UserError

from .all_benches import AllBenches
from .bench import Build
from .controls import Controls
from .job import Job
from .job_run import JobRun
from .limit_error import LimitError
from .result import Result
from .step import Step
from .stopped_error import StoppedError
from .task import Task
from .told_work import ToldWork
from .upload import Upload
from .uploads import Uploads
from .visit import Visit

AS_THE_MODEL_JUDGES = Controls()

KEEP_SECONDS = 3600.0
"""How long the results of a visitor are kept who does nothing."""


class Workshop:
    """Enhances the photographs of visitors, one after the other, within a memory budget.

    Files are read, enhanced and written in processes of their own, which are ended if they take too
    much, or if nobody waits any more.

    Attributes:
        uploads: What visitors have sent and not handed over yet.

    Args:
        folder: Where everything is kept; it exists and belongs to this workshop alone.
        models: The models to choose from, by the words that visitors read.
        build: Makes a model ready: a function of a module, which other processes find there. With
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
        self._benches = AllBenches(
            temporary, models, build, options or EnhanceOptions(), max_pixels
        )
        self._visits: dict[str, Visit] = {}
        self._lock = threading.Lock()
        self._is_closed = False

    @property
    def default_model(self) -> str:
        """The words for the first model."""
        return next(iter(self.models))

    def prepare(self, model: str) -> None:
        """Makes a model ready; the one before is let go.

        Raises:
            UserError: There is no such model, or it cannot be built.
        """
        with self._benches.enhancing.place() as bench:
            about = bench.do(Task('prepare', model=model))
        self._benches.has_controls[model] = bool(about['has_controls'])

    def has_controls(self, model: str) -> bool:
        """Whether a model has :class:`.Controls`, as far as is known before it is ready."""
        return self._benches.has_controls.get(model, False)

    def warm_up(self) -> None:
        """Has the default model made ready in the meantime; :meth:`prepare` tells what is wrong."""
        self._benches.enhancing.warm_up()

    def open_visit(self) -> Visit:
        """Room for a new visitor."""
        self.forget_old()
        visit = Visit(self.folder)
        with self._lock:
            self._visits[visit.token] = visit
        return visit

    def find_visit(self, token: str | None) -> Visit | None:
        """The room of a visitor; None if there is none any more."""
        with self._lock:
            visit = self._visits.get(token or '')
        if visit is not None:
            visit.touch()
        return visit

    def enhance(
        self,
        visit: Visit,
        uploads: Sequence[Upload],
        model: str,
        only_dark: bool = False,
        controls: Controls = AS_THE_MODEL_JUDGES,
    ) -> ToldWork[Step]:
        """Enhances photographs, while somebody iterates over what is told.

        Args:
            visit: Whose they are.
            uploads: The photographs; their files are left as they are.
            model: One of `models`.
            only_dark: Whether well-lit photographs are left out.
            controls: Of a model that has them.
        """
        jobs = [Job(visit.take(upload.path), upload.name) for upload in uploads]
        return self._work(visit, jobs, model, only_dark, controls)

    def again(
        self, visit: Visit, model: str, controls: Controls = AS_THE_MODEL_JUDGES
    ) -> ToldWork[Step]:
        """Enhances the photographs of all results in another way; see :meth:`enhance`."""
        jobs = [
            Job(visit.take(result.original), result.name, place)
            for place, result in enumerate(visit.results)
        ]
        return self._work(visit, jobs, model, False, controls)

    def preview(self, result: Result, strength: float) -> tuple[Path, Path]:
        """JPEG files for the screen; see :meth:`Result.preview`.

        Raises:
            UserError: They cannot be made.
            OSError: They cannot be written, as on a full disk.
        """
        after = result.after(strength)
        with result.drawing:
            if not after.is_file():
                self._write(Task('preview', result.folder, result.name, strength=strength))
        return result.before, after

    def write(self, result: Result, strength: float) -> Path:
        """The file of a result at full size; see :meth:`Result.write`."""
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
                with self._benches.enhancing.place():
                    self._write(task)
        return path

    def shows(self, path: str) -> bool:
        """Whether the file at a path is a picture for the screen, of a visitor who is still there.

        Args:
            path: What a request names, such as the path of a file that nobody may see.
        """
        with self._lock:
            visits = list(self._visits.values())
        return any(result.shows(path) for visit in visits for result in list(visit.results))

    def forget_old(self) -> None:
        """Removes what visitors left behind who have done nothing for `KEEP_SECONDS`."""
        self.uploads.forget_old()
        self._benches.close_idle()
        limit = time.monotonic() - KEEP_SECONDS
        with self._lock:
            old = [visit for visit in self._visits.values() if visit.used < limit]
            for visit in old:
                del self._visits[visit.token]
        for visit in old:
            visit.remove()

    def stop(self) -> None:
        """Ends all work; nobody waits any more."""
        self._is_closed = True
        with self._lock:
            visits = list(self._visits.values())
        for visit in visits:
            visit.stop()

    def close(self) -> None:
        """Ends all work, and removes everything."""
        self.stop()
        self._benches.close()
        with self._lock:
            self._visits.clear()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _write(self, task: Task) -> None:
        try:
            with self._benches.writing.place() as bench:
                bench.do(task)
        except LimitError as error:
            raise UserError(f'{error}. Try again, or choose another strength.') from error

    def _work(
        self, visit: Visit, jobs: Sequence[Job], model: str, only_dark: bool, controls: Controls
    ) -> ToldWork[Step]:
        def run(tell: Callable[[Step], None]) -> None:
            JobRun(self._benches, visit, model, only_dark, controls, tell, check).run(jobs)

        def check() -> None:
            if self._is_closed:
                raise StoppedError
            work.check()

        work: ToldWork[Step] = ToldWork(run)
        return work
