"""Finds the pictures of one scene in several folders."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

from mmenlighten.photos.image_io import IMAGE_EXTENSIONS, PathLike, list_images
from mmenlighten.utils.errors import DatasetError


class Matching(NamedTuple):
    """What :func:`match_folders` finds."""

    pictures: dict[str, dict[str, str]]
    """For each stem, in sorted order, the file of each kind."""

    lonely: list[str]
    """Files that lack a partner in some folder."""


def match_folders(folders: Mapping[str, PathLike]) -> Matching:
    """Matches pictures by their path inside each folder, without the ending.

    ``pred/night/1.png`` belongs to ``gt/night/1.jpg``; both have the stem ``night/1``.

    Args:
        folders: Folder of each kind of picture.

    Raises:
        DatasetError: A folder is missing or has no picture, two of its files differ only in their
            ending, or no picture is in all folders.
    """
    files = {kind: _by_stem(os.fspath(folder)) for kind, folder in folders.items()}
    common = set.intersection(*(set(names) for names in files.values()))
    if not common:
        examples = ', '.join(f'{next(iter(names.values()))}' for names in files.values())
        raise DatasetError(
            f'No picture has the same name in all folders (the first ones are {examples}): rename '
            'them so that the names agree, apart from the ending.'
        )
    return Matching(
        {stem: {kind: files[kind][stem] for kind in files} for stem in sorted(common)},
        [names[stem] for names in files.values() for stem in names if stem not in common],
    )


def stem_of(name: str) -> str:
    """The name by which results are kept: a path inside a folder, without the ending."""
    return os.path.splitext(name)[0]


def _by_stem(folder: str) -> dict[str, str]:
    if not os.path.isdir(folder):
        raise DatasetError(f'The folder {folder} does not exist: give a folder of pictures.')
    names: dict[str, str] = {}
    for name in list_images(folder):
        stem = stem_of(name)
        if stem in names:
            raise DatasetError(
                f'{names[stem]} and {os.path.join(folder, name)} differ only in their ending, so '
                'that it is not clear which one is meant: rename one or move it elsewhere.'
            )
        names[stem] = os.path.join(folder, name)
    if not names:
        raise DatasetError(
            f'The folder {folder} has no picture ({" ".join(IMAGE_EXTENSIONS)}): put some there or '
            'give another folder.'
        )
    return names
