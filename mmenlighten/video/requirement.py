"""The package that videos need."""

from __future__ import annotations

from mmenlighten.utils.errors import UserError


def require_av() -> None:
    """Makes sure that PyAV is there.

    Raises:
        UserError: It is not.
    """
    try:
        import av  # noqa: F401
    except ImportError as error:
        raise UserError(
            'videos need PyAV: pip install -r requirements/video.txt, or '
            'pip install "mmenlighten[video]".'
        ) from error
