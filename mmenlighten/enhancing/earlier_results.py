"""What earlier runs have done, found out without a model."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mmenlighten.photos.read_budget import MAX_PIXELS
from mmenlighten.utils.errors import failure_reason
from mmenlighten.utils.option_names import option
from mmenlighten.utils.sha256 import sha256_hex, sha256_of_file
from mmenlighten.video.containers import is_video_file
from mmenlighten.video.segment import VideoParts

from .comparisons import complete_comparison, is_named_as_comparison
from .manifest import Manifest
from .options import EnhanceOptions, ModelFacts
from .task import Outcome, Task, Work

MOST_BYTES = 1 << 26
"""Of files that are read without asking what they are."""


@dataclass
class EarlierResults:
    """Finds out what earlier runs have done, without a model.

    Args:
        manifest: What is known of the results.
        facts: What of the model they depend on.
        options: How photographs are enhanced.
        max_pixels: Photographs with more pixels are refused.
    """

    manifest: Manifest
    facts: ModelFacts
    options: EnhanceOptions
    max_pixels: int = MAX_PIXELS

    def compare(self, work: Work, result: bytes) -> str:
        """Completes the picture of before and after; see :func:`.complete_comparison`."""
        return complete_comparison(
            self.manifest,
            work.task.name,
            work.data,
            result,
            self.max_pixels,
            self.options.overwrite,
            work.task.source,
        )

    def outcomes(self, tasks: Sequence[Task]) -> Iterator[Outcome]:
        """Yields what became of the first photographs, up to one that is to be enhanced."""
        for task in tasks:
            try:
                found = self.look(task)
            except Exception:  # which is reported when it is tried again
                return
            if isinstance(found, Work):
                return
            yield found

    def look(self, task: Task) -> Outcome | Work:
        """Finds out whether there is something to do.

        Returns:
            What became of the task, or work with the photograph's content or the video's hash.

        Raises:
            UserError: The file cannot be read.
            OSError: The same.
        """
        if is_video_file(task.source):
            video_hash = sha256_of_file(task.source)
            fingerprint = self.facts.video_fingerprint(self.options)
            state = self.manifest.state(task.name, video_hash, fingerprint)
            if state == 'up to date':
                # A run that was killed after its last step.
                folder = VideoParts.folder_of(self.manifest.out / task.name)
                shutil.rmtree(folder, ignore_errors=True)
                return Outcome(task, state)
            work = Work(task, video_hash=video_hash)
        else:
            if self.options.compare and is_named_as_comparison(task.name):
                message = (
                    f'{task.source} is named as the pictures of {option("compare")} are: give it '
                    'another name.'
                )
                return Outcome(task, 'failed', message)
            work = Work(task, _content(task.source, self.max_pixels))
            fingerprint = self.facts.photo_fingerprint(self.options)
            state = self.manifest.state(task.name, sha256_hex(work.data), fingerprint)
            if state == 'up to date':
                return self._complete(work)
        if state == 'conflict' and (message := self.manifest.refusal(work, self.options.overwrite)):
            return Outcome(task, state, message)
        return work

    def _complete(self, work: Work) -> Outcome:
        """Makes the picture of before and after if the run that made the result did not."""
        if not self.options.compare:
            return Outcome(work.task, 'up to date')
        path = self.manifest.out / work.task.name
        try:
            message = self.compare(work, path.read_bytes())
        except Exception as error:
            reason = failure_reason(error)
            message = f'The picture of before and after of {path} cannot be made: {reason}'
            return Outcome(work.task, 'failed', message)
        return Outcome(work.task, 'conflict' if message else 'up to date', message)


def _content(path: Path, max_pixels: int) -> bytes:
    """The content of a file; what tells the size of large ones is loaded for them alone."""
    try:
        if path.is_file() and path.stat().st_size <= MOST_BYTES:
            return path.read_bytes()
    except OSError:  # which is told in a sentence below
        pass
    from mmenlighten.photos import photo_content

    return photo_content(path, max_pixels=max_pixels)
