"""What a piece of work may take."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from mmenlighten.inference import free_ram

from .stored_photo import ORIGINAL
from .task import Task

MEGA = 10**6
MIB = 2**20

LIBRARIES = 512 * MIB
"""Memory of a process that has read nothing yet, and some more."""

BYTES_PER_PIXEL = 32
"""Of a photograph with its file and what is made of it: four times the largest kind."""

KINDS_OF_MEMORY = ('RssAnon:', 'RssShmem:', 'VmSwap:')
"""What is not just a part of a file that the system keeps in memory while there is room."""

LEAST_SECONDS = 60.0
SECONDS_PER_MIB_READ = 1.0
SECONDS_PER_MEGAPIXEL_WRITTEN = 5.0
SECONDS_TO_BUILD = 600.0
SECONDS_PER_MEGAPIXEL_ENHANCED = 120.0


@dataclass(frozen=True)
class Limits:
    """What a piece of work may take.

    They are generous: ten times what a slow computer takes for an honest photograph.

    Args:
        seconds: How long it may take.
        memory: Bytes of its process; None if there is no limit.
    """

    seconds: float
    memory: int | None

    @staticmethod
    def of(task: Task, max_pixels: int, resident: int = 0, budget: int | None = None) -> Limits:
        """The limits of a task.

        Args:
            task: The task.
            max_pixels: Photographs with more pixels are refused.
            resident: Memory of the process before the task.
            budget: What enhancing may take, once that is known.
        """
        if task.kind in ('prepare', 'enhance'):
            seconds = SECONDS_TO_BUILD + SECONDS_PER_MEGAPIXEL_ENHANCED * task.pixels / MEGA
            return Limits(seconds, None if budget is None else resident + 2 * budget + LIBRARIES)
        seconds = LEAST_SECONDS
        if task.kind == 'read':  # how many pixels there are is not known yet
            seconds += SECONDS_PER_MIB_READ * (task.folder / ORIGINAL).stat().st_size / MIB
        elif task.kind == 'write':
            seconds += SECONDS_PER_MEGAPIXEL_WRITTEN * task.pixels / MEGA
        return Limits(seconds, memory_to_read(max_pixels))


def memory_to_read(max_pixels: int) -> int:
    """Bytes that a process may take that reads, shows and writes photographs."""
    return min(LIBRARIES + BYTES_PER_PIXEL * max_pixels, max(free_ram() * 3 // 4, LIBRARIES))


def process_memory(process: int) -> int:
    """Bytes that a process has taken; 0 if that is not known, as outside of Linux."""
    total = 0
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path(f'/proc/{process}/status').read_text().splitlines():
            if line.startswith(KINDS_OF_MEMORY):
                total += int(line.split()[1]) * 1024
    return total
