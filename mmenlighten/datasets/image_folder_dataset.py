"""A folder of low-light pictures, without anything to compare with."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from mmenlighten.registry import DATASETS

from .base_image_dataset import BaseImageDataset


@DATASETS.register_module()
class ImageFolderDataset(BaseImageDataset):
    """The low-light pictures of one folder and its sub-folders, sorted by name.

    Args:
        data_root: See :class:`BaseImageDataset`.
        data_prefix: Folder ``low``; by default ``data_root`` itself.
        kwargs: See :class:`BaseImageDataset`.

    Raises:
        DatasetError: The folder is missing or has no picture.
    """

    FOLDERS = ('low',)

    def __init__(
        self,
        data_root: str | os.PathLike[str] = '',
        data_prefix: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_root, dict(low='') if data_prefix is None else data_prefix, **kwargs)

    def load_data_list(self) -> list[dict[str, Any]]:
        """Lists the pictures."""
        names = self.list_folder('low')
        self.count_files(len(names))
        return [
            dict(
                low_path=os.path.join(self.data_prefix['low'], name),
                file_numbers=dict(low=index),
            )
            for index, name in enumerate(names)
        ]
