"""Enhances what a visitor hands over, photograph by photograph."""

from __future__ import annotations

import errno
import shutil
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial

from mmenlighten.utils.errors import UserError

from .all_benches import AllBenches
from .benches import AnyBench
from .controls import Controls
from .job import Job
from .limit_error import LimitError
from .result import Result, result_name
from .step import Step
from .stopped_error import StoppedError
from .task import Task
from .visit import Visit

Told = Callable[..., Step]


class JobRun:
    """Enhances what a visitor hands over, photograph by photograph.

    Each is read apart from the others, waits for its turn to be enhanced, and is drawn for the
    screen while the next visitor has the turn.

    Args:
        benches: Where the work is done.
        visit: Whose photographs they are.
        model: With what they are enhanced.
        only_dark: Whether well-lit photographs are left out.
        controls: Of the model.
        tell: Told how far it is; it raises `StoppedError` when nobody listens any more.
        check: Raises the same.
    """

    def __init__(
        self,
        benches: AllBenches,
        visit: Visit,
        model: str,
        only_dark: bool,
        controls: Controls,
        tell: Callable[[Step], None],
        check: Callable[[], None],
    ) -> None:
        self._benches = benches
        self._visit = visit
        self._model = model
        self._only_dark = only_dark
        self._controls = controls
        self._tell_step = tell
        self._check = check

    def run(self, jobs: Sequence[Job]) -> None:
        """Enhances the photographs; the folders of those that give no result are removed."""
        try:
            for number, job in enumerate(jobs, 1):
                self._visit.touch()
                told = partial(Step, job.name, number, len(jobs))
                self._tell(told())
                self._tell(self._end_of(job, told))
        finally:
            kept = {result.folder for result in self._visit.results}
            for job in jobs:
                if job.folder not in kept:
                    shutil.rmtree(job.folder, ignore_errors=True)

    def _end_of(self, job: Job, told: Told) -> Step:
        try:
            with self._benches.reading.place(self._teller(told)) as reader:
                return self._enhance(reader, job, told)
        except StoppedError:
            raise
        except UserError as error:
            return told(refusal=str(error))
        except LimitError as error:
            remedy = 'Hand it over once more, or save it with another program first.'
            return told(refusal=f'{job.name} cannot be enhanced: {error}. {remedy}')
        except OSError as error:
            return told(refusal=_sentence_of_disk(job.name, error))
        except Exception:
            # Whatever it is, the page and the other photographs go on.
            traceback.print_exc()
            sentence = f'{job.name} cannot be enhanced: the terminal tells the error.'
            return told(refusal=sentence)

    def _enhance(self, reader: AnyBench, job: Job, told: Told) -> Step:
        task = Task('read', job.folder, job.name, self._model, self._only_dark)
        read = reader.do(task, check=self._check)
        if not read['is_wanted']:
            return told(note=f'{job.name} is well lit and was left as it is.')
        task = replace(task, kind='enhance', pixels=int(read['pixels']), **asdict(self._controls))
        with self._benches.enhancing.place(self._teller(told)) as bench:
            self._tell(told())  # the turn has come
            enhanced = bench.do(
                task, lambda done, tiles: self._tell(told(done=done, tiles=tiles)), self._check
            )
        self._benches.has_controls[self._model] = bool(enhanced['has_controls'])
        reader.do(replace(task, kind='show'), check=self._check)
        name = self._visit.name_for(result_name(read['format'], job.name), job.place)
        result = Result(job.folder, job.name, name, bool(enhanced['is_large']), task.pixels)
        self._tell(told(done=1, tiles=1))  # nobody wants it who has stopped in the meantime
        self._visit.put(result, job.place)
        return told(result=result, note=str(read['note']))

    def _teller(self, told: Told) -> Callable[[int], None]:
        return lambda ahead: self._tell(told(ahead=ahead))

    def _tell(self, step: Step) -> None:
        self._check()
        self._tell_step(step)


def _sentence_of_disk(name: str, error: OSError) -> str:
    reason = error.strerror or type(error).__name__
    remedy = 'Hand it over once more.'
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        remedy = 'Free space on the computer that serves this page.'
    return f'{name} cannot be kept: {reason}. {remedy}'
