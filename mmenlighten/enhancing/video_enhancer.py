"""Enhances one video from Python, and the videos among many files."""

from __future__ import annotations

import os
from pathlib import Path

from mmenlighten.photos import MAX_PIXELS
from mmenlighten.utils.errors import UserError, system_reason
from mmenlighten.utils.sha256 import sha256_of_file
from mmenlighten.utils.windows import replace

from .manifest import Manifest
from .photo_enhancer import PhotoEnhancer
from .task import Outcome, Work, notes_message
from .video_work import Progress, VideoWork


def enhance_video(
    enhancer: PhotoEnhancer,
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    progress: Progress | None = None,
    max_pixels: int = MAX_PIXELS,
) -> list[str]:
    """Enhances one video; a call that was killed before is continued.

    Args:
        enhancer: What enhances, and how.
        source: The video.
        target: The result, of the same kind of file; what is there is replaced.
        progress: Called with the frames that are done, and their number.
        max_pixels: Videos with more pixels in a frame are refused.

    Returns:
        What could not be kept, each in a sentence without a full stop.

    Raises:
        UserError: PyAV is missing, the video is damaged, or it cannot be enhanced.
        OSError: The result cannot be written.
    """
    source, target = Path(source), Path(target)
    if target.resolve() == source.resolve():
        raise UserError(f'{target} is read: give the result another name.')
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        work = VideoWork(enhancer, source, target, sha256_of_file(source), max_pixels)
        finished = work.make(progress) if work.is_wanted() else work.copy()
    except UserError as error:
        raise UserError(f'{source} cannot be enhanced: {error}') from error
    replace(finished, target)
    work.clean()
    return work.notes


def enhance_video_task(
    enhancer: PhotoEnhancer, manifest: Manifest, work: Work, progress: Progress, max_pixels: int
) -> Outcome:
    """Enhances a video among many files, from reading to writing, and notes it in the manifest."""
    task = work.task
    target = manifest.out / task.name
    try:
        video = VideoWork(enhancer, task.source, target, work.video_hash, max_pixels)
        is_wanted = video.is_wanted()
        try:
            finished = video.make(progress) if is_wanted else video.copy()
        except UserError:
            video.clean()
            raise
        _publish(finished, work, enhancer, manifest)
        video.clean()
    except UserError as error:
        return Outcome(task, 'failed', f'{task.source} cannot be enhanced: {error}')
    except OSError as error:
        message = f'{target} cannot be written: {system_reason(error)}.'
        return Outcome(task, 'failed', message)
    message = notes_message(task.source, video.notes)
    return Outcome(task, 'enhanced' if is_wanted else 'copied', message)


def _publish(finished: Path, work: Work, enhancer: PhotoEnhancer, manifest: Manifest) -> None:
    """Gives the result its name, after what it is going to be is noted, as for photographs."""
    name = work.task.name
    fingerprint = enhancer.facts.video_fingerprint(enhancer.options)
    message = manifest.refusal(work, enhancer.options.overwrite)
    if message and manifest.state(name, work.video_hash, fingerprint) == 'conflict':
        raise UserError(message)  # what is there came while the video was enhanced
    manifest.record_intent(name, work.video_hash, sha256_of_file(finished), fingerprint)
    replace(finished, manifest.out / name)
