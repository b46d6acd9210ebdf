"""Enhances the videos among many files."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from mmenlighten.utils.errors import UserError, error_reason

from .manifest import EnhanceRecord, hash_of_file
from .outcome import sentence_of_notes
from .photo_enhancer import PhotoEnhancer
from .task import EnhanceTask
from .video_work import VideoWork
from .work import EnhanceWork


class VideoJob:
    """Enhances the videos among many files, each from reading to writing at once.

    Args:
        enhancer: What enhances.
        record: What is known of the results.
        max_pixels: Videos with more pixels in a frame are refused.
    """

    def __init__(self, enhancer: PhotoEnhancer, record: EnhanceRecord, max_pixels: int) -> None:
        self.enhancer = enhancer
        self.record = record
        self.max_pixels = max_pixels

    def enhance(self, work: EnhanceWork, tell: Callable[[int, int], None]) -> EnhanceWork:
        """Does all that is to be done; ``tell`` is told of the frames."""
        task = work.task
        target = self.record.out / task.name
        try:
            video = VideoWork(self.enhancer, task.source, target, work.video_hash, self.max_pixels)
            is_wanted = video.is_wanted()
            try:
                finished = video.make(tell) if is_wanted else video.copy()
            except UserError:
                video.clean()
                raise
            self._publish(finished, task, work.video_hash)
            video.clean()
        except UserError as error:
            return work.ended('failed', f'{task.source} cannot be enhanced: {error}')
        except OSError as error:
            return work.ended('failed', f'{target} cannot be written: {_reason(error)}.')
        notes = sentence_of_notes(task.source, video.notes)
        return work.ended('enhanced' if is_wanted else 'copied', notes)

    def _publish(self, finished: Path, task: EnhanceTask, video_hash: str) -> None:
        """Announces the result before it gets its name, as for photographs."""
        recipe = self.enhancer.facts.video_recipe(self.enhancer.options)
        overwrite = self.enhancer.options.overwrite
        sentence = self.record.refusal(task, 'video', overwrite)
        if sentence and self.record.state(task.name, video_hash, recipe) == 'conflict':
            raise UserError(sentence)  # what is there came while the video was enhanced
        self.record.announce(task.name, video_hash, hash_of_file(finished), recipe)
        os.replace(finished, self.record.out / task.name)


def _reason(error: OSError) -> str:
    return error.strerror or error_reason(error)
