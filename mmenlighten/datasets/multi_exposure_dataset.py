"""Series of exposures of a scene, with one reference picture for each series."""

from __future__ import annotations

import os
from itertools import groupby
from typing import Any

from mmenlighten.registry import DATASETS
from mmenlighten.utils.checks import check_at_least
from mmenlighten.utils.errors import DatasetError

from .base_image_dataset import BaseImageDataset


@DATASETS.register_module()
class MultiExposureDataset(BaseImageDataset):
    """The darker exposures of each series, with the series' reference picture, as in SICE.

    ``data_prefix.low`` has a folder for each series, whose files are in order from dark to bright:
    ``low/7/1.JPG``. The reference ``normal/7.JPG`` has the name of the folder; ``normal`` may lie
    inside ``low``. Of n exposures the first n // 2 are taken: 3 of 7 and 4 of 9, the custom for
    SICE. Nothing is resized.

    Args:
        args: As for :class:`BaseImageDataset`.
        repeat: How often an epoch goes through the pairs, each time with other random choices.
        kwargs: As for :class:`BaseImageDataset`.

    Raises:
        ConfigError: ``repeat`` is below 1.
        DatasetError: A series has no reference picture, or a folder is missing or empty.
    """

    def __init__(self, *args: Any, repeat: int = 1, **kwargs: Any) -> None:
        check_at_least(1, repeat=repeat)
        self.repeat = repeat
        super().__init__(*args, **kwargs)

    def load_data_list(self) -> list[dict[str, Any]]:
        """Lists the pairs of a dark exposure and the reference."""
        low, normal = self.data_prefix['low'], self.data_prefix['normal']
        references = {os.path.splitext(name)[0]: name for name in self.list_folder('normal')}
        inside = f'{os.path.relpath(normal, low)}{os.sep}'
        exposures = [name for name in self.list_folder('low') if not name.startswith(inside)]
        samples: list[dict[str, Any]] = []
        for series, names in groupby(exposures, key=os.path.dirname):
            if series not in references:
                raise DatasetError(
                    f'The series {os.path.join(low, series)} has no reference picture in {normal}: '
                    'add it under the name of that folder, or move the series elsewhere.'
                )
            ordered = list(names)
            for name in ordered[: len(ordered) // 2]:
                samples.append(
                    dict(
                        low_path=os.path.join(low, name),
                        normal_path=os.path.join(normal, references[series]),
                        file_numbers=dict(low=2 * len(samples), normal=2 * len(samples) + 1),
                    )
                )
        if not samples:
            raise DatasetError(f'{low} has no series of two exposures or more: add them.')
        self.count_files(2 * len(samples))
        return samples * self.repeat
