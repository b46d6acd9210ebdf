"""Two folders of pictures that need not show the same scenes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from mmenlighten.registry import DATASETS
from mmenlighten.utils.checks import check_at_least, check_choice
from mmenlighten.utils.seeding import draw_index

from .base_image_dataset import BaseImageDataset


@DATASETS.register_module()
class UnpairedImageDataset(BaseImageDataset):
    """Low-light pictures, each with a normal-light partner of another scene.

    With n low-light and m normal-light pictures it has max(n, m) samples, times ``repeat``. Sample
    k holds low-light picture k mod n, and a partner:

    * ``'random'``: any normal-light picture with equal chance, a new draw in each epoch.
    * ``'index'``: normal-light picture k mod m, as in the official code.

    A subset draws its partners from its own normal-light pictures only.

    Args:
        data_root: As for :class:`BaseImageDataset`.
        data_prefix: Folders ``low`` and ``normal``, searched with all their sub-folders; by
            default these names.
        partner: How a partner is chosen, see above.
        repeat: How often an epoch goes through the pictures, each time with other random choices;
            makes epochs of a handful of pictures long enough to be useful.
        kwargs: As for :class:`BaseImageDataset`.

    Raises:
        ConfigError: ``partner`` is neither of the two, ``repeat`` is below 1, or ``data_prefix``
            lacks a folder.
        DatasetError: A folder is missing or has no picture.
    """

    INDEPENDENT_FILES = True

    def __init__(
        self,
        data_root: str | os.PathLike[str] = '',
        data_prefix: Mapping[str, str] | None = None,
        partner: Literal['random', 'index'] = 'random',
        repeat: int = 1,
        **kwargs: Any,
    ) -> None:
        check_choice('partner', partner, ('random', 'index'))
        check_at_least(1, repeat=repeat)
        self.partner = partner
        self.repeat = repeat
        self._partner_samples = np.zeros(0, dtype=np.int64)
        super().__init__(data_root, data_prefix, **kwargs)

    def load_data_list(self) -> list[dict[str, Any]]:
        """Lists the samples, paired by index; a random partner is the one of another sample."""
        low, normal = self.list_folder('low'), self.list_folder('normal')
        self.count_files(len(low) + len(normal))
        samples = []
        for index in range(max(len(low), len(normal)) * self.repeat):
            low_number, normal_number = index % len(low), index % len(normal)
            samples.append(
                dict(
                    low_path=os.path.join(self.data_prefix['low'], low[low_number]),
                    normal_path=os.path.join(self.data_prefix['normal'], normal[normal_number]),
                    file_numbers=dict(low=low_number, normal=len(low) + normal_number),
                )
            )
        return samples

    def after_listing(self) -> None:
        """Finds one sample for each normal-light picture, so that the draw is uniform over them."""
        numbers = [self.get_data_info(k)['file_numbers']['normal'] for k in range(len(self))]
        self._partner_samples = np.unique(numbers, return_index=True)[1]

    def get_sample(self, idx: int, skipped: Mapping[str, int]) -> dict[str, Any]:
        """The files of a sample; in place of an unreadable one comes its successor."""
        sample = self.get_data_info((idx + skipped['low']) % len(self))
        if self.partner == 'index':
            partner = self.get_data_info((idx + skipped['normal']) % len(self))
        else:
            count = len(self._partner_samples)
            drawn = draw_index(self.seed, self.epoch, idx, count) + skipped['normal']
            partner = self.get_data_info(int(self._partner_samples[drawn % count]))
        return dict(
            sample_idx=idx,
            low_path=sample['low_path'],
            normal_path=partner['normal_path'],
            file_numbers=dict(
                low=sample['file_numbers']['low'], normal=partner['file_numbers']['normal']
            ),
        )
