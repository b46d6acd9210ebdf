"""Enhances many photographs: what is done is skipped, and what is broken is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from mmenlighten.photos import MAX_PIXELS, encode_photo, read_photo
from mmenlighten.utils.atomic import write_bytes
from mmenlighten.utils.errors import UserError, error_reason

from .enhance_outcome import EnhanceOutcome
from .enhance_record import EnhanceRecord, hash_of
from .enhance_task import EnhanceTask
from .enhance_work import EnhanceWork
from .named_bytes import NamedBytes
from .photo_enhancer import PhotoEnhancer
from .pipeline import run_pipeline

Progress = Callable[[float], None]
"""Called with the number of photographs that are done, and the share of the one in work."""


class EnhanceJob:
    """Enhances many photographs into a folder.

    Args:
        enhancer: What enhances.
        out: The folder of all results.
        max_pixels: Photographs with more pixels are refused.
    """

    def __init__(self, enhancer: PhotoEnhancer, out: Path, max_pixels: int = MAX_PIXELS) -> None:
        self.enhancer = enhancer
        self.out = out
        self.max_pixels = max_pixels
        self.record = EnhanceRecord(out, enhancer.recipe())

    def run(
        self, tasks: Sequence[EnhanceTask], progress: Progress | None = None
    ) -> Iterator[EnhanceOutcome]:
        """Yields what became of each photograph, in their order.

        Raises:
            OSError: The folder cannot be written.
        """
        self.record.save()  # a folder without rights or a full disk shows before the work
        computed = 0

        def compute(work: EnhanceWork) -> EnhanceWork:
            nonlocal computed

            def tell(done: int, total: int) -> None:
                if progress is not None:
                    progress(computed + done / total)

            work = self._compute(work, tell)
            computed += 1
            tell(0, 1)
            return work

        yield from run_pipeline(tasks, self._read, compute, self._write, self._may_overlap)

    def _read(self, task: EnhanceTask) -> EnhanceWork:
        work = EnhanceWork(task)
        try:
            if task.source.is_file():
                work.data = task.source.read_bytes()
                state = self.record.state(task.name, hash_of(work.data))
                if state == 'done':
                    return work.ended('done')
                if state == 'otherwise' and not self.enhancer.options.overwrite:
                    return work.ended('otherwise', self._sentence_of_other(task))
                source: Path | NamedBytes = NamedBytes(work.data, str(task.source))
            else:  # the reader says what is wrong with it
                source = task.source
            work.photo = read_photo(source, max_pixels=self.max_pixels)
        except UserError as error:
            return work.ended('failed', str(error))
        except OSError as error:
            return work.ended('failed', f'{task.source} cannot be read: {error.strerror or error}.')
        return work

    def _compute(self, work: EnhanceWork, tell: Callable[[int, int], None]) -> EnhanceWork:
        if work.photo is None or not self.enhancer.wants(work.photo):
            return work
        try:
            work.enhanced = self.enhancer.enhance(work.photo, tell)
        except UserError as error:
            return work.ended('failed', f'{work.task.source} cannot be enhanced: {error}')
        return work

    def _write(self, work: EnhanceWork) -> EnhanceOutcome:
        if work.outcome is not None:
            return work.outcome
        assert work.photo is not None
        path = self.out / work.task.name
        result = work.data  # of a well-lit photograph, which stays as it is
        try:
            if work.enhanced is not None:
                photo = self.enhancer.finish(work.photo, work.enhanced)
                # In the kind that the content is, which holds all that was in it.
                result = encode_photo(photo, quality=self.enhancer.options.quality)
            self.record.announce(work.task.name, hash_of(work.data), result)
            write_bytes(path, result)
        except (UserError, OSError) as error:
            reason = str(error) if isinstance(error, UserError) else f'{_reason(error)}.'
            sentence = f'{path} cannot be written: {reason}'
            return EnhanceOutcome(work.task, 'failed', sentence)
        return EnhanceOutcome(work.task, 'bright' if work.enhanced is None else 'enhanced')

    def _may_overlap(self, work: EnhanceWork) -> bool:
        return work.photo is None or self.enhancer.fits_pipeline(work.photo)

    def _sentence_of_other(self, task: EnhanceTask) -> str:
        return (
            f'{self.out / task.name} exists and was made otherwise (another photograph, model, '
            'option or program): give --overwrite to replace it.'
        )


def _reason(error: Exception) -> str:
    return getattr(error, 'strerror', None) or error_reason(error)
