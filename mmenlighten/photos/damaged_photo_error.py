"""The error by which the readers of single formats tell what is wrong with a file."""

from __future__ import annotations


class DamagedPhotoError(ValueError):
    """Says why a file cannot be read, as the end of a sentence that does not name the file.

    :func:`~mmenlighten.photos.read_photo`, which knows the name, turns it into an
    :class:`~mmenlighten.utils.errors.ImageReadError`.
    """


class DamagedMetadataError(DamagedPhotoError):
    """Says that only metadata is damaged, without which the photograph can be read."""
