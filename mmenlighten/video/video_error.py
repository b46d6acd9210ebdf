"""The error by which videos are refused."""

from __future__ import annotations

from mmenlighten.utils.errors import UserError


class VideoError(UserError):
    """A video that cannot be read or written: the end of a sentence that does not name it."""
