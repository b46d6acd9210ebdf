"""Folders of photographs without partners: to enhance, to darken, or to leave as they are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from mmenlighten.registry import DATASETS
from mmenlighten.utils.checks import check_at_least

from .base_image_dataset import BaseImageDataset


@DATASETS.register_module()
class ImageFolderDataset(BaseImageDataset):
    """The low-light pictures of one folder and its sub-folders, sorted by name.

    Args:
        data_root: As for :class:`BaseImageDataset`.
        data_prefix: Folder of the pictures, under their kind (``low``, in subclasses ``normal``);
            by default ``data_root`` itself.
        every: Takes the first of so many pictures; 1 takes all.
        repeat: How often an epoch goes through them, each time with other random choices; makes
            epochs of some hundred photographs long enough to be useful.
        kwargs: As for :class:`BaseImageDataset`.

    Raises:
        ConfigError: ``every`` or ``repeat`` is below 1.
        DatasetError: The folder is missing or has no picture.
    """

    FOLDERS = ('low',)

    def __init__(
        self,
        data_root: str | os.PathLike[str] = '',
        data_prefix: Mapping[str, str] | None = None,
        every: int = 1,
        repeat: int = 1,
        **kwargs: Any,
    ) -> None:
        check_at_least(1, every=every, repeat=repeat)
        self.every, self.repeat = every, repeat
        prefix = {self.FOLDERS[0]: ''} if data_prefix is None else data_prefix
        super().__init__(data_root, prefix, **kwargs)

    def load_data_list(self) -> list[dict[str, Any]]:
        """Lists the pictures, ``repeat`` times."""
        (kind,) = self.FOLDERS
        names = self.list_folder(kind)
        self.count_files(len(names))
        return [
            {
                f'{kind}_path': os.path.join(self.data_prefix[kind], names[index]),
                'file_numbers': {kind: index},
            }
            for _ in range(self.repeat)
            for index in range(0, len(names), self.every)
        ]


@DATASETS.register_module()
class NormalLightDataset(ImageFolderDataset):
    """Well-exposed photographs alone; nothing dark is needed.

    The pipeline makes the dark pictures, with
    :class:`~mmenlighten.datasets.transforms.SynthesizeLowLight` or
    :class:`~mmenlighten.datasets.transforms.LowLightSynthesis`. Arguments are those of
    :class:`ImageFolderDataset`.
    """

    FOLDERS = ('normal',)


@DATASETS.register_module()
class WellLitDataset(NormalLightDataset):
    """Well-exposed photographs, each of them input and ground truth at once.

    PSNR on them says how nearly a model leaves alone what is bright enough. A model that changes
    nothing has the best one, so it is to be read beside that on dark pictures. Arguments are those
    of :class:`ImageFolderDataset`.
    """

    def load_data_list(self) -> list[dict[str, Any]]:
        """Lists the photographs, each as ``low`` and as ``normal``."""
        self.data_prefix['low'] = self.data_prefix['normal']  # by which results are named
        return [dict(one, low_path=one['normal_path']) for one in super().load_data_list()]
