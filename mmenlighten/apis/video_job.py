"""Enhances the videos among many files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from mmenlighten.utils.errors import UserError, error_reason
from mmenlighten.video.containers import is_video_file
from mmenlighten.video.video_parts import VideoParts

from .enhance_outcome import sentence_of_notes
from .enhance_record import EnhanceRecord, hash_of_file
from .enhance_task import EnhanceTask
from .enhance_work import EnhanceWork
from .photo_enhancer import PhotoEnhancer
from .video_work import VideoWork, video_recipe


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

    @staticmethod
    def is_video(task: EnhanceTask) -> bool:
        """Whether a file is a video: by its content, or if that tells nothing, by its name."""
        return is_video_file(task.source)

    def read(self, task: EnhanceTask) -> EnhanceWork:
        """Finds out whether there is something to do; the video is not kept in memory."""
        work = EnhanceWork(task)
        try:
            work.video_hash = hash_of_file(task.source)
            recipe = video_recipe(self.enhancer)
            state = self.record.state(task.name, work.video_hash, recipe)
        except OSError as error:
            return work.ended('failed', f'{task.source} cannot be read: {_reason(error)}.')
        if state == 'done':
            # A run that was killed after its last step.
            shutil.rmtree(VideoParts.folder_of(self.record.out / task.name), ignore_errors=True)
            return work.ended('done')
        if state == 'otherwise' and (sentence := self._refusal(task)):
            return work.ended('otherwise', sentence)
        return work

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
        return work.ended('enhanced' if is_wanted else 'bright', notes)

    def _refusal(self, task: EnhanceTask) -> str:
        return self.record.refusal(task, 'video', self.enhancer.options.overwrite)

    def _publish(self, finished: Path, task: EnhanceTask, video_hash: str) -> None:
        """Announces the result before it gets its name, as for photographs."""
        recipe = video_recipe(self.enhancer)
        sentence = self._refusal(task)
        if sentence and self.record.state(task.name, video_hash, recipe) == 'otherwise':
            raise UserError(sentence)  # what is there came while the video was enhanced
        self.record.announce(task.name, video_hash, hash_of_file(finished), recipe)
        os.replace(finished, self.record.out / task.name)


def _reason(error: OSError) -> str:
    return error.strerror or error_reason(error)
