"""Two folders that show the same scenes under the same names."""

from __future__ import annotations

import os
from typing import Any

from mmenlighten.registry import DATASETS
from mmenlighten.utils.errors import DatasetError

from .base_image_dataset import BaseImageDataset


@DATASETS.register_module()
class PairedImageDataset(BaseImageDataset):
    """Low-light pictures with the normal-light picture of the same scene.

    A pair has the same path inside ``data_prefix.low`` and ``data_prefix.normal``, apart from the
    ending: ``low/a/1.jpg`` belongs to ``normal/a/1.png``. Arguments as in
    :class:`BaseImageDataset`.

    Raises:
        DatasetError: A picture has no partner or several, or a folder is missing or empty; the
            message names the files.
    """

    def load_data_list(self) -> list[dict[str, Any]]:
        """Lists the pairs, sorted by name."""
        low, normal = self._by_stem('low'), self._by_stem('normal')
        lonely = [f'low/{low[stem]}' for stem in low.keys() - normal.keys()]
        lonely += [f'normal/{normal[stem]}' for stem in normal.keys() - low.keys()]
        if lonely:
            raise DatasetError(
                f'{len(lonely)} pictures have no partner of the same name: {_some(sorted(lonely))} '
                f'(low is {self.data_prefix["low"]}, normal is {self.data_prefix["normal"]}). Add '
                'the missing files, delete these, or use UnpairedImageDataset.'
            )
        self.count_files(2 * len(low))
        return [
            dict(
                low_path=os.path.join(self.data_prefix['low'], low[stem]),
                normal_path=os.path.join(self.data_prefix['normal'], normal[stem]),
                file_numbers=dict(low=2 * index, normal=2 * index + 1),
            )
            for index, stem in enumerate(low)
        ]

    def _by_stem(self, kind: str) -> dict[str, str]:
        names: dict[str, str] = {}
        for name in self.list_folder(kind):
            stem = os.path.splitext(name)[0]
            if stem in names:
                raise DatasetError(
                    f'{names[stem]} and {name} in {self.data_prefix[kind]} differ only in their '
                    'ending, so that their partner is not clear: delete or rename one.'
                )
            names[stem] = name
        return names


def _some(names: list[str], number: int = 5) -> str:
    rest = f' and {len(names) - number} more' if len(names) > number else ''
    return ', '.join(names[:number]) + rest
