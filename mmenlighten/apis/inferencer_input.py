"""One picture or video that the inferencer is asked for, before it is opened."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from mmenlighten.video.containers import is_video_file


@dataclass(frozen=True)
class InferencerInput:
    """One picture that the inferencer is asked for, before it is opened.

    Args:
        value: A path, an address, an array (H, W, ...), a PIL image or a tensor (C, H, W).
        name: Where the result goes, relative to the folder of all results.
        title: What errors call it.
        batch: For a picture of a tensor (N, C, H, W), the position of that among the inputs.
    """

    value: Any
    name: Path
    title: str
    batch: int | None = None

    @cached_property
    def is_video(self) -> bool:
        """Whether it is a video: by its content, or if that tells nothing, by its name."""
        return isinstance(self.value, Path) and is_video_file(self.value)
