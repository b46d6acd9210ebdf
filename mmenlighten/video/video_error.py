"""The error by which videos are refused, and the package that they need."""

from __future__ import annotations

from mmenlighten.utils.errors import UserError
from mmenlighten.utils.required_packages import install_extra


class VideoError(UserError):
    """A video that cannot be read or written: the end of a sentence that does not name it."""


def require_av() -> None:
    """Makes sure that PyAV is there.

    Raises:
        UserError: It is not.
    """
    try:
        import av  # noqa: F401
    except ImportError as error:
        raise UserError(f'videos need PyAV: {install_extra("video")}.') from error
