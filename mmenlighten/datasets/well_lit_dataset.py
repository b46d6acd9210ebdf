"""Photographs that need nothing: each is to stay as it is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from mmenlighten.registry import DATASETS
from mmenlighten.utils.errors import ConfigError

from .normal_light_dataset import NormalLightDataset


@DATASETS.register_module()
class WellLitDataset(NormalLightDataset):
    """Well-exposed photographs, each of them input and ground truth at once.

    PSNR on them says how nearly a model leaves alone what is bright enough. A model that changes
    nothing has the best one, so it is to be read beside that on dark pictures.

    Args:
        data_root: See :class:`NormalLightDataset`.
        data_prefix: See there.
        every: Takes the first of so many photographs, sorted by name; 1 takes all.
        kwargs: See :class:`BaseImageDataset`.

    Raises:
        ConfigError: ``every`` is below 1.
        DatasetError: The folder is missing or has no picture.
    """

    def __init__(
        self,
        data_root: str | os.PathLike[str] = '',
        data_prefix: Mapping[str, str] | None = None,
        every: int = 1,
        **kwargs: Any,
    ) -> None:
        if every < 1:
            raise ConfigError(f'every={every}: it must be 1 or more.')
        self.every = every
        super().__init__(data_root, data_prefix, **kwargs)

    def load_data_list(self) -> list[dict[str, Any]]:
        """Lists the photographs, each as ``low`` and as ``normal``."""
        photographs = super().load_data_list()[:: self.every]
        return [dict(one, low_path=one['normal_path']) for one in photographs]
