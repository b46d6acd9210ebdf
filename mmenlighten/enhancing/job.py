"""Enhances many photographs and videos: what is done is skipped, and what is broken is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from mmenlighten.photos import MAX_PIXELS, Photo, encode_photo, read_photo
from mmenlighten.utils.atomic import write_bytes
from mmenlighten.utils.errors import UserError, failure_reason

from .comparisons import check_comparisons
from .earlier_results import EarlierResults
from .manifest import EnhanceRecord, hash_of
from .named_bytes import NamedBytes
from .outcome import EnhanceOutcome, sentence_of_notes
from .photo_enhancer import PhotoEnhancer
from .pipeline import run_pipeline
from .task import EnhanceTask
from .video_job import VideoJob
from .work import EnhanceWork

Progress = Callable[[float], None]
"""Called with the number of photographs that are done, and the share of the one in work."""


class EnhanceJob:
    """Enhances many photographs and videos into a folder.

    Args:
        enhancer: What enhances.
        out: The folder of all results.
        max_pixels: Photographs with more pixels are refused.
        record: What is known of the results; by default one file for the whole folder.
        fingerprint: Of the files of the model, with which the record can tell it the next time
            before it is loaded.
    """

    def __init__(
        self,
        enhancer: PhotoEnhancer,
        out: Path,
        max_pixels: int = MAX_PIXELS,
        record: EnhanceRecord | None = None,
        fingerprint: str | None = None,
    ) -> None:
        self.enhancer = enhancer
        self.out = out
        self.max_pixels = max_pixels
        self.record = EnhanceRecord(out) if record is None else record
        self.record.recipe = enhancer.recipe()
        self.fingerprint = fingerprint
        self.videos = VideoJob(enhancer, self.record, max_pixels)
        self.earlier = EarlierResults(self.record, enhancer.facts, enhancer.options, max_pixels)

    def run(
        self, tasks: Sequence[EnhanceTask], progress: Progress | None = None
    ) -> Iterator[EnhanceOutcome]:
        """Yields what became of each photograph, in their order.

        Whatever happens to one of them, the rest goes on.

        Raises:
            UserError: A picture of before and after would replace what is read.
            OSError: The folder cannot be written.
        """
        if self.enhancer.options.compare:
            check_comparisons(tasks, self.out)
        self.record.save()  # a folder without rights or a full disk shows before the work
        if self.fingerprint is not None:
            self.record.journal.remember(self.fingerprint, self.enhancer.facts.to_json())
        computed = 0

        def compute(group: Sequence[EnhanceWork]) -> Sequence[EnhanceWork]:
            nonlocal computed
            failures: list[Exception] = []

            def tell(done: int, total: int) -> None:
                try:
                    if progress is not None:
                        progress(computed + done / total)
                except Exception as error:  # which is not the fault of the photograph
                    failures.append(error)

            works = self._compute(group, tell)
            computed += len(group)
            tell(0, 1)
            for failure in failures:
                raise failure
            return works

        batch = self.enhancer.options.batch
        try:
            yield from run_pipeline(
                tasks, self._read, compute, self._write, self._may_overlap, self._may_join, batch
            )
        finally:
            self.record.close()

    def _read(self, task: EnhanceTask) -> EnhanceWork:
        work = EnhanceWork(task)
        try:
            work = self.earlier.look(task)
            if work.outcome is None and not work.video_hash:
                source = NamedBytes(work.data, str(task.source))
                work.photo = read_photo(source, max_pixels=self.max_pixels)
        except UserError as error:
            return work.ended('failed', str(error))
        except Exception as error:  # one photograph must not cost the others
            return work.ended('failed', f'{task.source} cannot be read: {failure_reason(error)}')
        return work

    def _compute(
        self, group: Sequence[EnhanceWork], tell: Callable[[int, int], None]
    ) -> Sequence[EnhanceWork]:
        if len(group) == 1:
            return [self._compute_one(group[0], tell)]
        try:
            pictures = self.enhancer.enhance_together([_photo(work).pixels for work in group])
        except Exception:  # it may be the fault of one of them
            return [self._compute_one(work, tell) for work in group]
        for work, enhanced in zip(group, pictures):
            work.enhanced = enhanced
        return group

    def _compute_one(self, work: EnhanceWork, tell: Callable[[int, int], None]) -> EnhanceWork:
        try:
            if work.video_hash:
                return self.videos.enhance(work, tell)
            if work.photo is not None:
                work.enhanced = self.enhancer.enhance(work.photo.pixels, tell)
        except Exception as error:
            reason = failure_reason(error)
            return work.ended('failed', f'{work.task.source} cannot be enhanced: {reason}')
        return work

    def _write(self, work: EnhanceWork) -> EnhanceOutcome:
        if work.outcome is not None:
            return work.outcome
        path = self.out / work.task.name
        result = work.data  # of a well-lit photograph, which stays as it is
        notes: tuple[str, ...] = ()
        sentence = ''
        try:
            if work.enhanced is not None:
                after = _photo(work).with_pixels(work.enhanced)
                # In the kind that the content is, which holds all that was in it.
                result = encode_photo(after, quality=self.enhancer.options.quality)
                notes = after.notes
                del after
            is_bright, work.enhanced, work.photo = work.enhanced is None, None, None
            photo_hash = hash_of(work.data)
            refusal = self._refusal(work.task)
            if refusal and self.record.state(work.task.name, photo_hash) == 'conflict':
                # What is there came while this one was enhanced.
                return EnhanceOutcome(work.task, 'conflict', refusal)
            self.record.announce(work.task.name, photo_hash, hash_of(result))
            write_bytes(path, result, self.record.unfinished)
            if self.enhancer.options.compare:
                sentence = self.earlier.comparisons.complete(work.task, work.data, result)
        except Exception as error:
            sentence = f'{path} cannot be written: {failure_reason(error)}'
            return EnhanceOutcome(work.task, 'failed', sentence)
        if sentence:
            return EnhanceOutcome(work.task, 'conflict', sentence)
        if is_bright:
            return EnhanceOutcome(work.task, 'copied')
        return EnhanceOutcome(work.task, 'enhanced', sentence_of_notes(work.task.source, notes))

    def _refusal(self, task: EnhanceTask) -> str:
        return self.record.refusal(task, 'photograph', self.enhancer.options.overwrite)

    def _may_overlap(self, work: EnhanceWork) -> bool:
        if work.video_hash:
            return False
        return work.photo is None or self.enhancer.fits_pipeline(work.photo.pixels)

    def _may_join(self, first: EnhanceWork, other: EnhanceWork) -> bool:
        if first.photo is None or other.photo is None:
            return False
        one, two = first.photo.pixels, other.photo.pixels
        return one.shape == two.shape and one.dtype == two.dtype


def _photo(work: EnhanceWork) -> Photo:
    assert work.photo is not None
    return work.photo
