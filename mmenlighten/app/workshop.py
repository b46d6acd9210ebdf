"""Enhances the photographs of visitors, one after the other, within a memory budget."""

from __future__ import annotations

import errno
import shutil
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from mmenlighten.apis.enhance_options import EnhanceOptions
from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.apis.named_bytes import NamedBytes
from mmenlighten.apis.photo_enhancer import PhotoEnhancer
from mmenlighten.inference import is_dark
from mmenlighten.photos import Photo, read_photo
from mmenlighten.utils.errors import UserError

from .job import Job
from .result import ORIGINAL, Result, result_name
from .step import Step
from .stopped_error import StoppedError
from .told_work import ToldWork
from .turns import Turns
from .upload import Upload
from .uploads import Uploads
from .visit import Visit

LEAST_SIDE = 8
"""Pixels; less is a dot of a web page and not a photograph."""

KEEP_SECONDS = 3600.0
"""How long the results of a visitor are kept who does nothing."""

Build = Callable[[ModelChoice, EnhanceOptions], PhotoEnhancer]
Tell = Callable[[Step], None]
Told = Callable[..., Step]


class Workshop:
    """Enhances the photographs of visitors, one after the other, within a memory budget.

    Attributes:
        uploads: What visitors have sent and not handed over yet.

    Args:
        folder: Where everything is kept; it exists and belongs to this workshop alone.
        models: The models to choose from, by the words that visitors read.
        build: Makes a model ready.
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
        self._build = build
        self._options = options or EnhanceOptions()
        self._turns = Turns()
        self._visits: dict[str, Visit] = {}
        self._lock = threading.Lock()
        self._ready: tuple[str, PhotoEnhancer] | None = None
        self._is_closed = False

    @property
    def default_model(self) -> str:
        """The words for the first model."""
        return next(iter(self.models))

    def prepare(self, model: str) -> PhotoEnhancer:
        """Makes a model ready; the one before is let go.

        Raises:
            UserError: There is no such model, or it cannot be built.
        """
        if model not in self.models:
            raise UserError(f'There is no model {model}: load the page again.')
        if self._ready is None or self._ready[0] != model:
            self._ready = None  # two models at a time would take twice the memory
            self._ready = (model, self._build(self.models[model], self._options))
        return self._ready[1]

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
        self, visit: Visit, uploads: Sequence[Upload], model: str, only_dark: bool = False
    ) -> ToldWork[Step]:
        """Enhances photographs, while somebody iterates over what is told.

        Args:
            visit: Whose they are.
            uploads: The photographs; their files are left as they are.
            model: One of `models`.
            only_dark: Whether well-lit photographs are left out.
        """
        jobs = [Job(visit.take(upload.path), upload.name) for upload in uploads]
        return ToldWork(lambda tell: self._run(visit, jobs, model, only_dark, tell))

    def again(self, visit: Visit, model: str) -> ToldWork[Step]:
        """Enhances the photographs of all results with another model; see :meth:`enhance`."""
        jobs = [
            Job(visit.take(result.original), result.name, place)
            for place, result in enumerate(visit.results)
        ]
        return ToldWork(lambda tell: self._run(visit, jobs, model, False, tell))

    def write(self, result: Result, strength: float) -> Path:
        """The file of a result at full size; see :meth:`Result.write`."""
        if not result.is_large:
            return result.write(strength, self.max_pixels)
        with self._turns.turn():  # else its copies would come on top of what enhancing takes
            return result.write(strength, self.max_pixels)

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
        limit = time.monotonic() - KEEP_SECONDS
        with self._lock:
            old = [visit for visit in self._visits.values() if visit.used < limit]
            for visit in old:
                del self._visits[visit.token]
        for visit in old:
            visit.remove()

    def stop(self) -> None:
        """Ends all work after the tile that is computed; nobody waits any more."""
        self._is_closed = True
        with self._lock:
            visits = list(self._visits.values())
        for visit in visits:
            visit.stop()

    def close(self) -> None:
        """Ends all work, and removes everything."""
        self.stop()
        with self._lock:
            self._visits.clear()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(
        self, visit: Visit, jobs: Sequence[Job], model: str, only_dark: bool, tell: Tell
    ) -> None:
        try:
            for number, job in enumerate(jobs, 1):
                visit.touch()
                told = partial(Step, job.name, number, len(jobs))
                self._tell(tell, told())
                self._tell(tell, self._end_of(visit, job, model, only_dark, told, tell))
        finally:
            kept = {result.folder for result in visit.results}
            for job in jobs:
                if job.folder not in kept:
                    shutil.rmtree(job.folder, ignore_errors=True)

    def _end_of(
        self, visit: Visit, job: Job, model: str, only_dark: bool, told: Told, tell: Tell
    ) -> Step:
        try:
            with self._turns.turn(lambda ahead: self._tell(tell, told(ahead=ahead))):
                return self._enhance(visit, job, model, only_dark, told, tell)
        except StoppedError:
            raise
        except UserError as error:
            return told(refusal=str(error))
        except OSError as error:
            return told(refusal=_sentence_of_disk(job.name, error))
        except Exception:
            # Whatever it is, the page and the other photographs go on.
            traceback.print_exc()
            sentence = f'{job.name} cannot be enhanced: the terminal tells the error.'
            return told(refusal=sentence)

    def _enhance(
        self, visit: Visit, job: Job, model: str, only_dark: bool, told: Told, tell: Tell
    ) -> Step:
        self._tell(tell, told())  # the turn has come
        original = job.folder / ORIGINAL
        photo = read_photo(NamedBytes(original.read_bytes(), job.name), max_pixels=self.max_pixels)
        _check_side(photo, job.name)
        if only_dark and not is_dark(photo.pixels):
            return told(note=f'{job.name} is well lit and was left as it is.')
        try:
            enhancer = self.prepare(model)
            try:
                enhanced = enhancer.enhance(
                    photo, lambda done, tiles: self._tell(tell, told(done=done, tiles=tiles))
                )
            finally:
                enhancer.release_memory()  # visitors look at a result for longer than it took
        except UserError as error:
            raise UserError(f'{job.name} cannot be enhanced: {error}') from error
        name = visit.name_for(result_name(photo, job.name), job.place)
        result = Result(job.folder, job.name, name, not enhancer.fits_pipeline(photo))
        result.keep(photo, enhanced)
        self._tell(tell, told(done=1, tiles=1))  # nobody wants it who has stopped in the meantime
        visit.put(result, job.place)
        return told(result=result)

    def _tell(self, tell: Tell, step: Step) -> None:
        if self._is_closed:
            raise StoppedError
        tell(step)


def _check_side(photo: Photo, name: str) -> None:
    height, width = photo.pixels.shape[:2]
    if min(height, width) < LEAST_SIDE:
        raise UserError(
            f'{name} has only {width} x {height} pixels, which is no photograph: '
            f'choose one of at least {LEAST_SIDE} x {LEAST_SIDE}.'
        )


def _sentence_of_disk(name: str, error: OSError) -> str:
    reason = error.strerror or type(error).__name__
    remedy = 'Hand it over once more.'
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        remedy = 'Free space on the computer that serves this page.'
    return f'{name} cannot be kept: {reason}. {remedy}'
