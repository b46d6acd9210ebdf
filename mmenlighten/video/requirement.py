"""The package that videos need."""

from __future__ import annotations

from mmenlighten.utils.errors import UserError
from mmenlighten.utils.required_packages import install_extra


def require_av() -> None:
    """Makes sure that PyAV is there.

    Raises:
        UserError: It is not.
    """
    try:
        import av  # noqa: F401
    except ImportError as error:
        raise UserError(f'videos need PyAV: {install_extra("video")}.') from error
