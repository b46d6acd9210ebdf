"""What earlier runs have done, found out without a model."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence

from mmenlighten.photos import MAX_PIXELS, photo_content
from mmenlighten.utils.errors import failure_reason
from mmenlighten.video.containers import is_video_file
from mmenlighten.video.video_parts import VideoParts

from .comparisons import Comparisons, is_named_as_comparison
from .manifest import EnhanceRecord, hash_of, hash_of_file
from .model_facts import ModelFacts
from .options import EnhanceOptions
from .outcome import EnhanceOutcome
from .task import EnhanceTask
from .work import EnhanceWork


class EarlierResults:
    """Tells what earlier runs have done, without a model.

    Args:
        record: What is known of the results.
        facts: What of the model they depend on.
        options: How photographs are enhanced.
        max_pixels: Photographs with more pixels are refused.
    """

    def __init__(
        self,
        record: EnhanceRecord,
        facts: ModelFacts,
        options: EnhanceOptions,
        max_pixels: int = MAX_PIXELS,
    ) -> None:
        self.record = record
        self.facts = facts
        self.options = options
        self.max_pixels = max_pixels
        self.comparisons = Comparisons(record, max_pixels, options.overwrite)

    def outcomes(self, tasks: Sequence[EnhanceTask]) -> Iterator[EnhanceOutcome]:
        """Yields what became of the first photographs, up to one that is to be enhanced."""
        for task in tasks:
            try:
                work = self.look(task)
            except Exception:  # which is told when it is tried again
                return
            if work.outcome is None:
                return
            yield work.outcome

    def look(self, task: EnhanceTask) -> EnhanceWork:
        """Finds out whether there is something to do.

        Returns:
            Work that has ended, or has the content of the photograph, or the hash of the video.

        Raises:
            UserError: The file cannot be read.
            OSError: The same.
        """
        work = EnhanceWork(task)
        if is_video_file(task.source):
            return self._look_at_video(work)
        if self.options.compare and is_named_as_comparison(task.name):
            return work.ended(
                'failed',
                f'{task.source} is named as the pictures of --compare are: give it another name.',
            )
        work.data = photo_content(task.source, max_pixels=self.max_pixels)
        recipe = self.facts.photo_recipe(self.options)
        state = self.record.state(task.name, hash_of(work.data), recipe)
        if state == 'up to date':
            return self._complete(work)
        return self._refused(work, 'photograph') if state == 'conflict' else work

    def _look_at_video(self, work: EnhanceWork) -> EnhanceWork:
        task = work.task
        work.video_hash = hash_of_file(task.source)
        recipe = self.facts.video_recipe(self.options)
        state = self.record.state(task.name, work.video_hash, recipe)
        if state == 'up to date':
            # A run that was killed after its last step.
            shutil.rmtree(VideoParts.folder_of(self.record.out / task.name), ignore_errors=True)
            return work.ended('up to date')
        return self._refused(work, 'video') if state == 'conflict' else work

    def _refused(self, work: EnhanceWork, kind: str) -> EnhanceWork:
        sentence = self.record.refusal(work.task, kind, self.options.overwrite)
        return work.ended('conflict', sentence) if sentence else work

    def _complete(self, work: EnhanceWork) -> EnhanceWork:
        """Makes the picture of before and after if the run that made the result did not."""
        if not self.options.compare:
            return work.ended('up to date')
        path = self.record.out / work.task.name
        try:
            sentence = self.comparisons.complete(work.task, work.data, path.read_bytes())
        except Exception as error:
            reason = failure_reason(error)
            sentence = f'The picture of before and after of {path} cannot be made: {reason}'
            return work.ended('failed', sentence)
        return work.ended('conflict' if sentence else 'up to date', sentence)
