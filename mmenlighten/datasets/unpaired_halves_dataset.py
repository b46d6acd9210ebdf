"""One folder of photographs, divided into two halves that share none."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from mmenlighten.registry import DATASETS
from mmenlighten.utils.errors import DatasetError

from .unpaired_image_dataset import UnpairedImageDataset

KINDS = ('low', 'normal')


@DATASETS.register_module()
class UnpairedHalvesDataset(UnpairedImageDataset):
    """Photographs of one folder: one half to be darkened by the pipeline, the other as it is.

    No photograph is in both halves, so that nothing is learned from pairs. A photograph's half
    follows from its name alone (:func:`half_of`): it stays when others are added or are missing.

    Args:
        data_root: As for :class:`UnpairedImageDataset`.
        data_prefix: Folders ``low`` and ``normal``; by default ``data_root`` itself for both. Of
            each only its half is taken.
        kwargs: As for :class:`UnpairedImageDataset`.

    Raises:
        ConfigError: As for :class:`UnpairedImageDataset`.
        DatasetError: The folder is missing, or a half of it has no photograph.
    """

    def __init__(
        self,
        data_root: str | os.PathLike[str] = '',
        data_prefix: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        prefix = dict(low='', normal='') if data_prefix is None else data_prefix
        super().__init__(data_root, prefix, **kwargs)

    def list_folder(self, kind: str) -> list[str]:
        """Lists the photographs of a half, as paths relative to its folder."""
        names = super().list_folder(kind)
        half = [name for name in names if half_of(name) == kind]
        if not half:
            raise DatasetError(
                f'None of the {len(names)} photographs in {self.data_prefix[kind]} falls into the '
                f'half {kind!r}, which goes by their names: put more photographs there.'
            )
        return half


def half_of(name: str) -> str:
    """The half of a photograph: ``'low'`` or ``'normal'``, by a hash of its relative path.

    By a good one: a checksum as CRC-32 puts whole runs of numbered files into one half.
    """
    return KINDS[hashlib.sha256(PurePath(name).as_posix().encode()).digest()[0] % 2]
