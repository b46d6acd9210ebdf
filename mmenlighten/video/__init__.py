"""Videos: frames in and out, timing and sound kept, brightness smoothed, work resumed.

Nothing here needs torch. Modules that read or write files need PyAV; call :func:`require_av`
before importing them.
"""

from .containers import VIDEO_ENDINGS
from .video_error import require_av

__all__ = ['VIDEO_ENDINGS', 'require_av']
