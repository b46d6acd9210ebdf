"""Enhances the photographs that a visitor hands over at once."""

from __future__ import annotations

import errno
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from threading import Event

from mmenlighten.utils.errors import UserError, system_reason

from .background_task import BackgroundTask
from .errors import LimitError, StoppedError
from .progress import Progress
from .session import Session
from .stored_photo import StoredPhoto, result_name
from .task import Task
from .worker_pool import AnyWorker, WorkerPool


class BatchRun(BackgroundTask[Progress]):
    """Enhances the photographs that a visitor hands over at once, one after the other.

    Each is read apart from the others, waits for its turn to be enhanced, and is drawn for the
    screen while the next visitor has the turn. Folders of those without a result are removed.

    Args:
        readers: Read photographs, and draw small pictures.
        enhancers: Hold the model.
        session: Whose photographs they are.
        photos: The photographs.
        task: What is done with each, apart from its folder and name.
        is_closed: Whether the service ends.
    """

    def __init__(
        self,
        readers: WorkerPool,
        enhancers: WorkerPool,
        session: Session,
        photos: Sequence[StoredPhoto],
        task: Task,
        is_closed: Event,
    ) -> None:
        super().__init__(lambda report: self._enhance_all())
        self._readers = readers
        self._enhancers = enhancers
        self._session = session
        self._photos = photos
        self._task = task
        self._is_closed = is_closed

    def check(self) -> None:
        """Raises `StoppedError` if nobody listens any more, or the service ends."""
        if self._is_closed.is_set():
            raise StoppedError
        super().check()

    def _enhance_all(self) -> None:
        try:
            for number, photo in enumerate(self._photos, 1):
                self._session.touch()
                progress = partial(Progress, photo.name, number, len(self._photos))
                self.report(progress())
                self.report(self._end_of(photo, progress))
        finally:
            for photo in self._photos:
                if photo not in self._session.results:
                    photo.remove()

    def _end_of(self, photo: StoredPhoto, progress: Callable[..., Progress]) -> Progress:
        try:
            with self._readers.worker(self._waiting(progress)) as reader:
                return self._enhance(reader, photo, progress)
        except StoppedError:
            raise
        except UserError as error:
            return progress(refusal=str(error))
        except LimitError as error:
            remedy = 'Hand it over once more, or save it with another program first.'
            return progress(refusal=f'{photo.name} cannot be enhanced: {error}. {remedy}')
        except OSError as error:
            remedy = 'Hand it over once more.'
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                remedy = 'Free space on the computer that serves this page.'
            reason = system_reason(error)
            return progress(refusal=f'{photo.name} cannot be kept: {reason}. {remedy}')
        except Exception:
            # Whatever it is, the page and the other photographs go on.
            traceback.print_exc()
            message = f'{photo.name} cannot be enhanced: the terminal tells the error.'
            return progress(refusal=message)

    def _enhance(
        self, reader: AnyWorker, photo: StoredPhoto, progress: Callable[..., Progress]
    ) -> Progress:
        def on_tiles(done: int, tiles: int) -> None:
            self.report(progress(done=done, tiles=tiles))

        task = replace(self._task, kind='read', folder=photo.folder, name=photo.name)
        read = reader.do(task, check=self.check)
        if not read['is_wanted']:
            return progress(note=f'{photo.name} is well lit and was left as it is.')
        photo.pixel_count = int(read['pixels'])
        task = replace(task, kind='enhance', pixels=photo.pixel_count)
        with self._enhancers.worker(self._waiting(progress)) as enhancer:
            self.report(progress())  # its turn has come
            enhanced = enhancer.do(task, on_tiles, self.check)
        photo.is_large = bool(enhanced['is_large'])
        reader.do(replace(task, kind='show'), check=self.check)
        on_tiles(1, 1)  # nobody wants it who has stopped in the meantime
        self._session.put(photo, result_name(read['format'], photo.name))
        return progress(result=photo, note=str(read['note']))

    def _waiting(self, progress: Callable[..., Progress]) -> Callable[[int], None]:
        return lambda ahead: self.report(progress(ahead=ahead))
