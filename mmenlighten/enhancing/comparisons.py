"""The pictures of before and after, which lie beside the results and replace nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mmenlighten.utils.atomic import derived_name, read_only_reason, write_bytes
from mmenlighten.utils.errors import UserError
from mmenlighten.utils.option_names import option
from mmenlighten.utils.sha256 import sha256_hex

from .manifest import Manifest
from .real_paths import RealPaths
from .task import Task

if TYPE_CHECKING:
    from mmenlighten.photos import Photo

LONGEST_SIDE = 1280
QUALITY = 90
ENDING = '.compare.jpg'
"""Added to the whole name of the result: ``a.png`` and ``a.jpg`` may lie side by side."""


def complete_comparison(
    manifest: Manifest,
    result_name: Path,
    photo: bytes,
    result: bytes,
    max_pixels: int,
    overwrite: bool,
    source: Path,
) -> str:
    """Makes the picture of before and after if it is missing or that of another result.

    It is made of the two files, so that it is the same whether it is made with the result or later,
    and noted in the manifest as results are. One that a run has made follows its result, whatever
    the options; nothing else is replaced without being asked.

    Args:
        manifest: What is known of the results.
        result_name: Of the result, relative to the folder of all results.
        photo: The content of the file before.
        result: The same after; if it is equal, there is nothing to compare.
        max_pixels: As for the photographs.
        overwrite: Whether what no run has made is replaced too.
        source: The file before, whose ending tells raw files apart that start alike.

    Returns:
        Why it is not made, in a sentence, if something else is in its place; else nothing.

    Raises:
        UserError: One of the two cannot be read.
        OSError: It cannot be written.
    """
    if photo == result:
        return ''
    name = before_after_path(result_name)
    photo_hash = sha256_hex(photo)
    fingerprint = dict(before_and_after_of=sha256_hex(result))
    state = manifest.state(name, photo_hash, fingerprint)
    if state == 'up to date':
        return ''
    is_free = state == 'missing' or overwrite or manifest.is_known(name)
    if not is_free and result_name.as_posix() in manifest.earlier_names:
        return ''  # earlier versions made it, which wrote down the result alone
    from mmenlighten.photos import read_photo  # NumPy is not needed before

    path = manifest.out / name
    before = read_photo(photo, name=str(source), max_pixels=max_pixels)
    picture = before_after(before, read_photo(result, name=str(path), max_pixels=max_pixels))
    if not is_free and not (path.is_file() and path.read_bytes() == picture):
        return (
            f'{path} exists and was not made here: give {option("overwrite", True)} to replace it, '
            f'or leave out {option("compare")}. {manifest.out / result_name} itself is done.'
        )
    if state != 'missing' and (reason := read_only_reason(path)):
        return reason
    manifest.record_intent(name, photo_hash, sha256_hex(picture), fingerprint)
    write_bytes(path, picture, manifest.unfinished)
    return ''


def check_comparisons(tasks: Sequence[Task], out: Path) -> None:
    """Makes sure that no picture of before and after would take the place of what is read.

    Args:
        tasks: All photographs.
        out: The folder of all results.

    Raises:
        UserError: One would.
    """
    paths = RealPaths()
    read = {
        place: task.source
        for task in tasks
        for place in paths.both(task.source)
        if is_named_as_comparison(Path(place))
    }
    for task in tasks if read else ():
        for place in paths.both(before_after_path(out / task.name)):
            if place in read:
                raise UserError(
                    f'The picture of before and after of {task.source} would replace '
                    f'{read[place]}, which is read: give another {option("out")}, or '
                    f'leave out {option("compare")}.'
                )


def is_named_as_comparison(path: Path) -> bool:
    """Whether a file is named as the pictures of before and after are, on any file system."""
    return path.name.lower().endswith(ENDING)


def before_after_path(result: Path) -> Path:
    """Where the picture that belongs to a result goes."""
    return result.with_name(derived_name(result.name, ENDING))


def before_after(before: Photo, after: Photo) -> bytes:
    """The content of a JPEG with both side by side, the longest side of each at most 1280 pixels.

    It has the colour profile of the photograph, and nothing else of what its file says.
    """
    import numpy as np

    from mmenlighten.photos import Photo, encode_photo
    from mmenlighten.photos.shrinking import shrink
    from mmenlighten.utils.side_by_side import comparison_row

    images = {'before': before.pixels, 'after': after.pixels}
    row = comparison_row({name: shrink(pixels, LONGEST_SIDE) for name, pixels in images.items()})
    photo = Photo(np.ascontiguousarray(row), format='jpeg', icc_profile=after.icc_profile)
    return encode_photo(photo, quality=QUALITY)
