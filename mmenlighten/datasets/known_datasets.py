"""The public test sets that have a name here: where they are, and how they must be unpacked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from glob import escape, glob
from typing import Any

from mmenlighten.utils.errors import ConfigError

EVAL_LOL = 'https://daooshee.github.io/BMVC2018website/'
LOL_V2 = 'https://github.com/flyywh/CVPR-2020-Semi-Low-Light'
LSRW = 'https://github.com/JianghaiSCU/R2RNet'
SICE = 'https://github.com/csjcai/SICE'
WITHOUT_TRUTH = 'https://github.com/VITA-Group/EnlightenGAN'
"""Its README links to one archive of DICM, LIME, MEF, NPE and VV."""


@dataclass(frozen=True)
class KnownDataset:
    """A public test set."""

    name: str
    page: str
    """Where its authors, or those who gather it, tell the place to download it from."""
    archive: str
    """What to take from there."""
    data_root: str
    """Where the configs look for it."""
    low: str
    """Folder of the low-light pictures inside ``data_root``."""
    normal: str | None
    """Folder of the ground truth inside ``data_root``; None if there is none."""
    pictures: int
    """Number of low-light pictures, as published."""
    type: str = 'PairedImageDataset'
    options: Mapping[str, Any] = field(default_factory=dict)
    """More arguments of the data set class."""

    def config(self, data_root: str | None = None) -> dict[str, Any]:
        """Config of the data set, without a pipeline.

        Args:
            data_root: Where it is; by default where the configs look for it.
        """
        prefix = dict(low=self.low)
        if self.normal is not None:
            prefix['normal'] = self.normal
        return dict(
            type=self.type,
            dataset_name=self.name,
            data_root=self.data_root if data_root is None else data_root,
            data_prefix=prefix,
            test_mode=True,
            **self.options,
        )

    def how_to_get(self, folder: str, data_root: str) -> str:
        """What to do when a folder of it is missing, to follow after a colon."""
        inside = os.path.relpath(folder, data_root) if data_root else folder
        for found in sorted(glob(os.path.join(escape(data_root), '*', escape(inside)))):
            if inside != os.curdir and os.path.isdir(found):
                root = os.path.normpath(found.removesuffix(inside))
                return f'there is {found} instead, so set data_root={root}'
        return (
            f'for {self.name}, get {self.archive} from {self.page} and unpack it so that this '
            'folder exists, or set data_root to where it is'
        )

    def remark_on(self, number: int) -> str | None:
        """What to say if it has so many low-light pictures; None if nothing."""
        if number == self.pictures:
            return None
        return (
            f'{self.name} has {number} pictures here and {self.pictures} as published: its scores '
            'are not comparable with those of the whole set.'
        )


def _without_truth(name: str, pictures: int) -> KnownDataset:
    archive = f'the folder {name} of the test data'
    return KnownDataset(
        name, WITHOUT_TRUTH, archive, f'data/{name}', '', None, pictures, 'ImageFolderDataset'
    )


KNOWN_DATASETS = {
    known.name: known
    for known in (
        KnownDataset(
            'LOL-v1', EVAL_LOL, 'LOLdataset.zip', 'data/LOL', 'eval15/low', 'eval15/high', 15
        ),
        KnownDataset(
            'LOL-v2-real',
            LOL_V2,
            'the folder Real_captured of LOL-v2.zip',
            'data/LOL-v2',
            'Real_captured/Test/Low',
            'Real_captured/Test/Normal',
            100,
            options=dict(strip_prefix=dict(low='low', normal='normal')),
        ),
        KnownDataset(
            'LOL-v2-synthetic',
            LOL_V2,
            'the folder Synthetic of LOL-v2.zip',
            'data/LOL-v2',
            'Synthetic/Test/Low',
            'Synthetic/Test/Normal',
            100,
        ),
        *(
            KnownDataset(
                f'LSRW-{camera}',
                LSRW,
                'Eval.zip',
                'data/LSRW',
                f'Eval/{camera}/low',
                f'Eval/{camera}/high',
                pictures,
            )
            for camera, pictures in (('Huawei', 30), ('Nikon', 20))
        ),
        KnownDataset(
            'SICE',
            SICE,
            'part 2 with its labels',
            'data/SICE',
            'Dataset_Part2',
            'Dataset_Part2/Label',
            767,
            type='MultiExposureDataset',
        ),
        _without_truth('DICM', 69),
        _without_truth('LIME', 10),
        _without_truth('MEF', 17),
        _without_truth('NPE', 8),
        _without_truth('VV', 24),
    )
}
"""All of them by name."""


def find_known(name: str) -> list[KnownDataset]:
    """Data sets of a name in any case; a name before a hyphen stands for all that begin with it.

    ``'LSRW'`` gives ``'LSRW-Huawei'`` and ``'LSRW-Nikon'``.

    Raises:
        ConfigError: There is none; the message lists all names.
    """
    wanted = name.lower()
    exact = [known for known in KNOWN_DATASETS.values() if known.name.lower() == wanted]
    found = exact or [
        known for known in KNOWN_DATASETS.values() if known.name.lower().startswith(f'{wanted}-')
    ]
    if not found:
        raise ConfigError(
            f'There is no data set {name!r}: use one of {", ".join(KNOWN_DATASETS)}, or give the '
            f'folders of your own as {name}=LOW_DIR or {name}=LOW_DIR,GT_DIR.'
        )
    return found
