"""The folder in which pieces of a video wait for the whole."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mmenlighten.utils.atomic import write_bytes, write_text
from mmenlighten.utils.derived_name import derived_name

from .segment import Segment

MANIFEST = 'parts.json'


class VideoParts:
    """The folder in which pieces of a video wait for the whole.

    It lies hidden beside the result. Each piece is written whole or not at all, so that a killed
    process leaves pieces from which the next one goes on. Pieces that were made otherwise are
    thrown away.

    Args:
        target: The file that the video becomes.
        recipe: All that the pieces depend on.
    """

    def __init__(self, target: Path, recipe: dict[str, Any]) -> None:
        self.folder = self.folder_of(target)
        recipe = json.loads(json.dumps(recipe))  # as it will be read
        manifest = self.folder / MANIFEST
        try:
            is_same = json.loads(manifest.read_text(encoding='utf-8')) == recipe
        except (OSError, ValueError):
            is_same = False
        if not is_same:
            self.remove()
            write_text(manifest, json.dumps(recipe, indent=1) + '\n')
        self.count = next(index for index in range(10**9) if not self._path(index).exists())

    @staticmethod
    def folder_of(target: Path) -> Path:
        """Where the pieces of this file wait."""
        return target.with_name(derived_name(target.name, '.parts', '.'))

    def __iter__(self) -> Iterator[Segment]:
        """The pieces that are there, one after the other."""
        for index in range(self.count):
            yield Segment.from_bytes(self._path(index).read_bytes())

    def last(self) -> Segment:
        """The last piece that is there."""
        return Segment.from_bytes(self._path(self.count - 1).read_bytes())

    def add(self, segment: Segment) -> None:
        """Writes the next piece."""
        write_bytes(self._path(self.count), segment.to_bytes())
        self.count += 1

    def remove(self) -> None:
        """Deletes the folder and all that is in it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, index: int) -> Path:
        return self.folder / f'{index:06}.part'
