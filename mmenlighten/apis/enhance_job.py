"""Enhances many photographs and videos: what is done is skipped, and what is broken is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from mmenlighten.photos import MAX_PIXELS, Photo, encode_photo, read_photo
from mmenlighten.utils.atomic import write_bytes
from mmenlighten.utils.errors import UserError, error_reason

from .before_after import ENDING, before_after, before_after_path
from .enhance_outcome import EnhanceOutcome, sentence_of_notes
from .enhance_record import EnhanceRecord, hash_of
from .enhance_task import EnhanceTask
from .enhance_work import EnhanceWork
from .named_bytes import NamedBytes
from .photo_enhancer import PhotoEnhancer
from .pipeline import run_pipeline
from .video_job import VideoJob

Progress = Callable[[float], None]
"""Called with the number of photographs that are done, and the share of the one in work."""


class EnhanceJob:
    """Enhances many photographs and videos into a folder.

    Args:
        enhancer: What enhances.
        out: The folder of all results.
        max_pixels: Photographs with more pixels are refused.
        record: What is known of the results; by default one file for the whole folder.
    """

    def __init__(
        self,
        enhancer: PhotoEnhancer,
        out: Path,
        max_pixels: int = MAX_PIXELS,
        record: EnhanceRecord | None = None,
    ) -> None:
        self.enhancer = enhancer
        self.out = out
        self.max_pixels = max_pixels
        self.record = record or EnhanceRecord(out, enhancer.recipe())
        self.videos = VideoJob(enhancer, self.record, max_pixels)

    @property
    def notes(self) -> list[str]:
        """What of the files of earlier runs cannot be used, each in a sentence."""
        return self.record.notes

    def run(
        self, tasks: Sequence[EnhanceTask], progress: Progress | None = None
    ) -> Iterator[EnhanceOutcome]:
        """Yields what became of each photograph, in their order.

        Raises:
            OSError: The folder cannot be written.
        """
        self.record.save()  # a folder without rights or a full disk shows before the work
        computed = 0

        def compute(group: Sequence[EnhanceWork]) -> Sequence[EnhanceWork]:
            nonlocal computed

            def tell(done: int, total: int) -> None:
                if progress is not None:
                    progress(computed + done / total)

            works = self._compute(group, tell)
            computed += len(group)
            tell(0, 1)
            return works

        batch = self.enhancer.options.batch
        try:
            yield from run_pipeline(
                tasks, self._read, compute, self._write, self._may_overlap, self._may_join, batch
            )
        finally:
            self.record.close()

    def _read(self, task: EnhanceTask) -> EnhanceWork:
        if self.videos.is_video(task):
            return self.videos.read(task)
        work = EnhanceWork(task)
        if self.enhancer.options.compare and task.name.name.endswith(ENDING):
            return work.ended(
                'failed',
                f'{task.source} is named as the pictures of --compare are: give it another name.',
            )
        try:
            if task.source.is_file():
                work.data = task.source.read_bytes()
                state = self.record.state(task.name, hash_of(work.data))
                if state == 'done':
                    self._complete(task, work.data)
                    return work.ended('done')
                if state == 'otherwise' and not self.enhancer.options.overwrite:
                    return work.ended(
                        'otherwise', self.record.sentence_of_other(task, 'photograph')
                    )
                source: Path | NamedBytes = NamedBytes(work.data, str(task.source))
            else:  # the reader says what is wrong with it
                source = task.source
            work.photo = read_photo(source, max_pixels=self.max_pixels)
            work.is_wanted = self.enhancer.wants(work.photo)
        except UserError as error:
            return work.ended('failed', str(error))
        except OSError as error:
            return work.ended('failed', f'{task.source} cannot be read: {error.strerror or error}.')
        return work

    def _compute(
        self, group: Sequence[EnhanceWork], tell: Callable[[int, int], None]
    ) -> Sequence[EnhanceWork]:
        if len(group) == 1:
            return [self._compute_one(group[0], tell)]
        try:
            pictures = self.enhancer.enhance_together([_photo(work).pixels for work in group])
        except UserError:  # it may be the fault of one of them
            return [self._compute_one(work, tell) for work in group]
        for work, enhanced in zip(group, pictures):
            work.enhanced = enhanced
        return group

    def _compute_one(self, work: EnhanceWork, tell: Callable[[int, int], None]) -> EnhanceWork:
        if work.video_hash:
            return self.videos.enhance(work, tell)
        if not work.is_wanted:
            return work
        try:
            work.enhanced = self.enhancer.enhance(_photo(work), tell)
        except UserError as error:
            return work.ended('failed', f'{work.task.source} cannot be enhanced: {error}')
        return work

    def _write(self, work: EnhanceWork) -> EnhanceOutcome:
        if work.outcome is not None:
            return work.outcome
        before, after = _photo(work), None
        path = self.out / work.task.name
        result = work.data  # of a well-lit photograph, which stays as it is
        try:
            if work.enhanced is not None:
                after = self.enhancer.finish(before, work.enhanced)
                # In the kind that the content is, which holds all that was in it.
                result = encode_photo(after, quality=self.enhancer.options.quality)
            self.record.announce(work.task.name, hash_of(work.data), hash_of(result))
            write_bytes(path, result, self.record.unfinished)
            if self.enhancer.options.compare and after is not None:
                comparison = before_after(before, after)
                write_bytes(before_after_path(path), comparison, self.record.unfinished)
        except (UserError, OSError) as error:
            reason = str(error) if isinstance(error, UserError) else f'{_reason(error)}.'
            sentence = f'{path} cannot be written: {reason}'
            return EnhanceOutcome(work.task, 'failed', sentence)
        if after is None:
            return EnhanceOutcome(work.task, 'bright')
        notes = sentence_of_notes(work.task.source, after.notes)
        return EnhanceOutcome(work.task, 'enhanced', notes)

    def _may_overlap(self, work: EnhanceWork) -> bool:
        if work.video_hash:
            return False
        return work.photo is None or self.enhancer.fits_pipeline(work.photo)

    def _may_join(self, first: EnhanceWork, other: EnhanceWork) -> bool:
        if not (first.is_wanted and other.is_wanted):
            return False
        one, two = _photo(first).pixels, _photo(other).pixels
        return one.shape == two.shape and one.dtype == two.dtype

    def _complete(self, task: EnhanceTask, data: bytes) -> None:
        """Makes the picture of before and after if the run that made the result was not asked."""
        result = self.out / task.name
        path = before_after_path(result)
        if not self.enhancer.options.compare or path.exists():
            return
        after = result.read_bytes()
        if after != data:  # else it was well lit
            photos = (read_photo(NamedBytes(file, str(result))) for file in (data, after))
            write_bytes(path, before_after(*photos), self.record.unfinished)


def _photo(work: EnhanceWork) -> Photo:
    assert work.photo is not None
    return work.photo


def _reason(error: Exception) -> str:
    return getattr(error, 'strerror', None) or error_reason(error)
