"""Enhances one video, from Python."""

from __future__ import annotations

import os
from pathlib import Path

from mmenlighten.photos import MAX_PIXELS
from mmenlighten.utils.errors import UserError

from .manifest import hash_of_file
from .photo_enhancer import PhotoEnhancer
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
        progress: Told of the frames that are done, and of all.
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
        work = VideoWork(enhancer, source, target, hash_of_file(source), max_pixels)
        finished = work.make(progress) if work.is_wanted() else work.copy()
    except UserError as error:
        raise UserError(f'{source} cannot be enhanced: {error}') from error
    os.replace(finished, target)
    work.clean()
    return work.notes
