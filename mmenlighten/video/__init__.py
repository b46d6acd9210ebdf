"""Videos: frames in and out, timing and sound kept, brightness smoothed, work resumed.

Nothing here needs torch. Modules that read or write files need PyAV; call :func:`require_av`
before importing them.
"""

from .requirement import require_av

VIDEO_ENDINGS = ('.mp4', '.mov', '.m4v', '.mkv', '.webm', '.avi')
"""Endings of the names of videos, in lower case."""

__all__ = ['VIDEO_ENDINGS', 'require_av']
