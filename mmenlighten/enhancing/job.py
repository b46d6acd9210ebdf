"""Enhances many photographs and videos: what is done is skipped, and what is broken is named."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from mmenlighten.photos import MAX_PIXELS, encode_photo, read_photo
from mmenlighten.photos.writing import result_format
from mmenlighten.utils.atomic import write_bytes
from mmenlighten.utils.errors import UserError, failure_reason
from mmenlighten.utils.sha256 import sha256_hex

from .comparisons import check_comparisons
from .earlier_results import EarlierResults
from .manifest import Manifest
from .photo_enhancer import PhotoEnhancer
from .pipeline import run_pipeline
from .task import Outcome, Status, Task, Work, notes_message
from .video_enhancer import enhance_video_task

Progress = Callable[[float], None]
"""Called with the number of photographs that are done, and the share of the one in work."""

Step = Work | Outcome
"""Between two threads: work that goes on, or its end."""


class EnhanceJob:
    """Enhances many photographs and videos into a folder.

    Args:
        enhancer: What enhances.
        out: The folder of all results.
        max_pixels: Photographs with more pixels are refused.
        manifest: What is known of the results; by default one file for the whole folder.
        model_hash: Of the files of the model, by which the manifest knows it the next time
            before it is loaded.
    """

    def __init__(
        self,
        enhancer: PhotoEnhancer,
        out: Path,
        max_pixels: int = MAX_PIXELS,
        manifest: Manifest | None = None,
        model_hash: str | None = None,
    ) -> None:
        self.enhancer = enhancer
        self.out = out
        self.max_pixels = max_pixels
        self.manifest = Manifest(out) if manifest is None else manifest
        self.manifest.fingerprint = enhancer.fingerprint()
        self.model_hash = model_hash
        self.earlier = EarlierResults(self.manifest, enhancer.facts, enhancer.options, max_pixels)

    def run(self, tasks: Sequence[Task], progress: Progress | None = None) -> Iterator[Outcome]:
        """Yields what became of each photograph, in their order.

        Whatever happens to one of them, the rest goes on.

        Raises:
            UserError: A picture of before and after would replace what is read.
            OSError: The folder cannot be written.
        """
        if self.enhancer.options.compare:
            check_comparisons(tasks, self.out)
        self.manifest.save()  # a folder without rights or a full disk shows before the work
        if self.model_hash is not None:
            self.manifest.journal.remember(self.model_hash, self.enhancer.facts.to_json())
        computed = 0

        def compute(group: Sequence[Step]) -> Sequence[Step]:
            nonlocal computed
            failures: list[Exception] = []

            def report(done: int, total: int) -> None:
                try:
                    if progress is not None:
                        progress(computed + done / total)
                except Exception as error:  # which is not the fault of the photograph
                    failures.append(error)

            results = self._compute(group, report)
            computed += len(group)
            report(0, 1)
            for failure in failures:
                raise failure
            return results

        batch = self.enhancer.options.batch
        try:
            yield from run_pipeline(
                tasks, self._read, compute, self._write, self._may_overlap, self._may_join, batch
            )
        finally:
            self.manifest.close()

    def _read(self, task: Task) -> Step:
        start = time.monotonic()
        try:
            found = self.earlier.look(task)
            if isinstance(found, Work) and not found.video_hash:
                name = str(task.source)
                found.photo = read_photo(found.data, name=name, max_pixels=self.max_pixels)
        except UserError as error:
            return Outcome(task, 'failed', str(error))
        except Exception as error:  # one photograph must not cost the others
            reason = failure_reason(error)
            return Outcome(task, 'failed', f'{task.source} cannot be read: {reason}')
        if isinstance(found, Work):
            found.seconds = time.monotonic() - start
        return found

    def _compute(self, group: Sequence[Step], report: Callable[[int, int], None]) -> Sequence[Step]:
        works = [step for step in group if isinstance(step, Work)]
        pictures = [work.photo.pixels for work in works if work.photo is not None]
        start = time.monotonic()
        if len(group) == len(pictures) > 1:
            with contextlib.suppress(Exception):  # it may be the fault of one of them
                results = self.enhancer.enhance_together(pictures)
                share = (time.monotonic() - start) / len(works)
                return [
                    replace(work, enhanced=result, seconds=work.seconds + share)
                    for work, result in zip(works, results)
                ]
        return [self._compute_one(step, report) for step in group]

    def _compute_one(self, step: Step, report: Callable[[int, int], None]) -> Step:
        if isinstance(step, Outcome):
            return step
        start = time.monotonic()
        try:
            if step.photo is None:
                outcome = enhance_video_task(
                    self.enhancer, self.manifest, step, report, self.max_pixels
                )
                return replace(outcome, seconds=step.seconds + time.monotonic() - start)
            step.enhanced = self.enhancer.enhance(step.photo.pixels, report)
            step.seconds += time.monotonic() - start
        except Exception as error:
            reason = failure_reason(error)
            return Outcome(step.task, 'failed', f'{step.task.source} cannot be enhanced: {reason}')
        return step

    def _write(self, step: Step) -> Outcome:
        if isinstance(step, Outcome):
            return step
        start = time.monotonic()
        try:
            outcome = self._write_result(step)
            return replace(outcome, seconds=step.seconds + time.monotonic() - start)
        except Exception as error:
            path, reason = self.out / step.task.name, failure_reason(error)
            return Outcome(step.task, 'failed', f'{path} cannot be written: {reason}')

    def _write_result(self, work: Work) -> Outcome:
        task, options = work.task, self.enhancer.options
        result, message = work.data, ''  # of a well-lit photograph, which stays as it is
        format = None
        if work.photo is not None:
            format = result_format(work.photo, task.source.name, task.name.name)
        status: Status = 'copied'
        if work.photo is not None and work.enhanced is not None:
            after = work.photo.with_pixels(work.enhanced)
            # In the kind that the content is, which holds all that was in it.
            result = encode_photo(after, format, options.quality)
            status, message = 'enhanced', notes_message(task.source, after.notes)
            del after
        elif work.photo is not None and format is not None:
            result = encode_photo(work.photo, format, options.quality)
        work.photo = work.enhanced = None  # what takes memory, before the disk is waited for
        photo_hash = sha256_hex(work.data)
        refusal = self.manifest.refusal(work, options.overwrite)
        if refusal and self.manifest.state(task.name, photo_hash) == 'conflict':
            return Outcome(task, 'conflict', refusal)  # it came while this one was enhanced
        self.manifest.record_intent(task.name, photo_hash, sha256_hex(result))
        write_bytes(self.out / task.name, result, self.manifest.unfinished)
        if options.compare and (refusal := self.earlier.compare(work, result)):
            return Outcome(task, 'conflict', refusal)
        return Outcome(task, status, message)

    def _may_overlap(self, step: Step) -> bool:
        if isinstance(step, Outcome):
            return True
        return step.photo is not None and self.enhancer.fits_pipeline(step.photo.pixels)

    def _may_join(self, first: Step, other: Step) -> bool:
        photos = [step.photo for step in (first, other) if isinstance(step, Work) and step.photo]
        kinds = {(photo.pixels.shape, photo.pixels.dtype) for photo in photos}
        return len(photos) == 2 and len(kinds) == 1
