"""A folder of well-exposed photographs, out of which a synthetic camera makes pairs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from mmenlighten.registry import DATASETS
from mmenlighten.utils.errors import ConfigError

from .base_image_dataset import BaseImageDataset


@DATASETS.register_module()
class NormalLightDataset(BaseImageDataset):
    """The photographs of one folder and its sub-folders, sorted by name; nothing dark is needed.

    The pipeline makes the dark pictures, with
    :class:`~mmenlighten.datasets.transforms.SynthesizeLowLight`.

    Args:
        data_root: See :class:`BaseImageDataset`.
        data_prefix: Folder ``normal``; by default ``data_root`` itself.
        repeat: How often an epoch goes through the photographs, each time with other random
            choices; makes epochs of some hundred photographs long enough to be useful.
        kwargs: See :class:`BaseImageDataset`.

    Raises:
        ConfigError: ``repeat`` is below 1.
        DatasetError: The folder is missing or has no picture.
    """

    FOLDERS = ('normal',)

    def __init__(
        self,
        data_root: str | os.PathLike[str] = '',
        data_prefix: Mapping[str, str] | None = None,
        repeat: int = 1,
        **kwargs: Any,
    ) -> None:
        if repeat < 1:
            raise ConfigError(f'repeat={repeat}: it must be 1 or more.')
        self.repeat = repeat
        prefix = dict(normal='') if data_prefix is None else data_prefix
        super().__init__(data_root, prefix, **kwargs)

    def load_data_list(self) -> list[dict[str, Any]]:
        """Lists the photographs, ``repeat`` times."""
        names = self.list_folder('normal')
        self.count_files(len(names))
        return [
            dict(
                normal_path=os.path.join(self.data_prefix['normal'], name),
                file_numbers=dict(normal=index),
            )
            for _ in range(self.repeat)
            for index, name in enumerate(names)
        ]
