"""Takes out of a photograph what belongs to the picture before it is changed."""

from __future__ import annotations

import dataclasses

from .jpeg_trailer import has_video
from .photo import Photo
from .xmp_cleaning import CREDENTIALS, GAIN_MAP, MOTION, PARTS, clean_xmp

TRAILER = 'trailer'
"""Name of what follows the picture in a JPEG, among the native pieces of a photograph."""

GAIN_MAP_NOTE = 'its gain map for HDR displays is left out, which fits only the picture as it was'
PICTURES_NOTE = 'the further pictures in it, such as previews and depth maps, are left out'
CREDENTIALS_NOTE = 'its content credentials are left out, which vouch for the picture as it was'
VIDEO_NOTE = 'the video of this motion photo is kept as it was'
_LOST_VIDEO_NOTE = 'the mark of a motion photo is left out, since its video is not there or is lost'
_NOTES = {
    GAIN_MAP: GAIN_MAP_NOTE,
    MOTION: _LOST_VIDEO_NOTE,
    PARTS: PICTURES_NOTE,
    CREDENTIALS: CREDENTIALS_NOTE,
}


def without_stale_parts(photo: Photo) -> Photo:
    """Removes from the metadata what is not, or not rightly, written again, and notes it.

    Thumbnails go without a note: nothing is lost with them, and nearly every photograph has one.
    """
    video = any(name == TRAILER and has_video(content) for name, content in photo.native)
    notes = list(photo.notes)
    xmp, removed = photo.xmp, frozenset[str]()
    if xmp is not None:
        xmp, removed = clean_xmp(xmp, video)
    if video:
        notes.append(VIDEO_NOTE)
    if GAIN_MAP in removed or MOTION in removed or video:
        removed -= {PARTS}  # which are the same ones
    notes += [note for what, note in _NOTES.items() if what in removed]
    if GAIN_MAP_NOTE in notes and PICTURES_NOTE in notes:  # which is the gain map
        notes.remove(PICTURES_NOTE)
    return dataclasses.replace(photo, xmp=xmp, notes=tuple(dict.fromkeys(notes)))


def for_format(photo: Photo, format: str) -> Photo:
    """The photograph for a file of a format, which may not hold what follows a JPEG."""
    if format == photo.format or not any(name == TRAILER for name, _ in photo.native):
        return photo
    native = tuple(piece for piece in photo.native if piece[0] != TRAILER)
    xmp = photo.xmp and clean_xmp(photo.xmp)[0]
    return dataclasses.replace(photo, native=native, xmp=xmp)
