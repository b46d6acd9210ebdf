"""A photograph on its way from file to file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmenlighten.photos import Photo

from .outcome import EnhanceOutcome, Status
from .task import EnhanceTask


@dataclass
class EnhanceWork:
    """A photograph on its way; once there is an outcome, nothing is left to do.

    Args:
        task: Where it comes from and goes.
        outcome: What became of it.
        data: The content of its file.
        photo: What was read.
        enhanced: Its enhanced pixels; None if it stays as it is.
        video_hash: Of a video, of which nothing is in memory: the hash of its content.
    """

    task: EnhanceTask
    outcome: EnhanceOutcome | None = None
    data: bytes = b''
    photo: Photo | None = None
    enhanced: np.ndarray | None = None
    video_hash: str = ''

    def ended(self, status: Status, sentence: str = '') -> EnhanceWork:
        """The end of this work, without what takes memory."""
        return EnhanceWork(self.task, EnhanceOutcome(self.task, status, sentence))
