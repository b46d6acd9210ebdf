"""Two folders that show the same scenes under the same names."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from mmenlighten.registry import DATASETS
from mmenlighten.utils.checks import check_at_least
from mmenlighten.utils.errors import ConfigError, DatasetError, error_reason, some_of

from .base_image_dataset import BaseImageDataset


@DATASETS.register_module()
class PairedImageDataset(BaseImageDataset):
    """Low-light pictures with the normal-light picture of the same scene.

    A pair has the same path inside ``data_prefix.low`` and ``data_prefix.normal``, apart from the
    ending: ``low/a/1.jpg`` belongs to ``normal/a/1.png``.

    Args:
        args: As for :class:`BaseImageDataset`.
        strip_prefix: What the file names of a kind begin with and those of their partners do not:
            with ``dict(low='low', normal='normal')`` are ``low/low7.png`` and
            ``normal/normal7.png`` a pair.
        file_list: A text file with the paths of pictures inside both folders, one in a line, if
            others there are no pairs; a relative one starts at ``data_root``.
        repeat: How often an epoch goes through the pairs, each time with other random choices.
        kwargs: As for :class:`BaseImageDataset`.

    Raises:
        ConfigError: ``strip_prefix`` is of a kind that there is not, or ``repeat`` is below 1.
        DatasetError: A picture has no partner or several, or a folder is missing or empty; the
            message names the files.
    """

    def __init__(
        self,
        *args: Any,
        strip_prefix: Mapping[str, str] | None = None,
        file_list: str | None = None,
        repeat: int = 1,
        **kwargs: Any,
    ) -> None:
        check_at_least(1, repeat=repeat)
        self.repeat = repeat
        self.file_list = file_list
        self.strip_prefix = dict(strip_prefix or {})
        unknown = self.strip_prefix.keys() - set(self.FOLDERS)
        if unknown:
            raise ConfigError(
                f'strip_prefix.{min(unknown)} is of no kind of picture of {type(self).__name__}: '
                f'use {", ".join(self.FOLDERS)}.'
            )
        super().__init__(*args, **kwargs)

    def load_data_list(self) -> list[dict[str, Any]]:
        """Lists the pairs, sorted by name."""
        low, normal = self._by_stem('low'), self._by_stem('normal')
        if self.file_list is not None:
            low, normal = self._listed(low), self._listed(normal)
        lonely = [f'low/{low[stem]}' for stem in low.keys() - normal.keys()]
        lonely += [f'normal/{normal[stem]}' for stem in normal.keys() - low.keys()]
        if lonely:
            raise DatasetError(
                f'{len(lonely)} pictures have no partner of the same name: '
                f'{some_of(sorted(lonely))} (low is {self.data_prefix["low"]}, normal is '
                f'{self.data_prefix["normal"]}). Add the missing files, move these elsewhere, or '
                'use UnpairedImageDataset.'
            )
        self.count_files(2 * len(low))
        return [
            dict(
                low_path=os.path.join(self.data_prefix['low'], low[stem]),
                normal_path=os.path.join(self.data_prefix['normal'], normal[stem]),
                file_numbers=dict(low=2 * index, normal=2 * index + 1),
            )
            for index, stem in enumerate(low)
        ] * self.repeat

    def _listed(self, names: dict[str, str]) -> dict[str, str]:
        path = os.path.join(self.data_root, os.path.expanduser(self.file_list or ''))
        try:
            with open(path, encoding='utf-8') as file:
                listed = [line.strip() for line in file if line.strip()]
        except (OSError, UnicodeDecodeError) as error:
            raise DatasetError(
                f'{path} cannot be read ({error_reason(error)}): name pictures there, one in a '
                'line, or set file_list=None to take all.'
            ) from error
        stems = [os.path.splitext(name)[0] for name in listed]
        if missing := [name for name, stem in zip(listed, stems) if stem not in names]:
            raise DatasetError(
                f'{path} lists {some_of(missing)}, which {self.data_prefix["low"]} or '
                f'{self.data_prefix["normal"]} has not: add these pictures, or strike the lines.'
            )
        if not listed:
            raise DatasetError(f'{path} is empty: name pictures there, one in a line.')
        return {stem: names[stem] for stem in sorted(set(stems))}

    def _by_stem(self, kind: str) -> dict[str, str]:
        names: dict[str, str] = {}
        for name in self.list_folder(kind):
            folder, file = os.path.split(os.path.splitext(name)[0])
            stem = os.path.join(folder, file.removeprefix(self.strip_prefix.get(kind, '')))
            if stem in names:
                raise DatasetError(
                    f'{names[stem]} and {name} in {self.data_prefix[kind]} differ only in their '
                    f'ending{" or prefix" * (kind in self.strip_prefix)}, so that their partner is '
                    'not clear: rename one or move it elsewhere.'
                )
            names[stem] = name
        return names
