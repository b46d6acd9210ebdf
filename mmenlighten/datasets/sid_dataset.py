"""Raw pictures in short and long exposures: the See-in-the-Dark data set and its like."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from mmenlighten.raw import read_raw, read_target
from mmenlighten.registry import DATASETS
from mmenlighten.utils.checks import check_at_least
from mmenlighten.utils.errors import DatasetError, system_reason
from mmenlighten.utils.raw_endings import RAW_ENDINGS

from .base_image_dataset import BaseImageDataset

MISALIGNED = ('10034', '10045', '10172')
"""Scenes of the test set whose exposures do not show the same, by the authors' README."""

PREPARED = ('.npy', '.npz', '.png')
"""Endings of files that may lie in place of a camera's."""

_NAME = re.compile(r'(?P<scene>\d+)_(?P<number>\d+)_(?P<seconds>[\d.]+)s')


@DATASETS.register_module()
class SIDDataset(BaseImageDataset):
    """Short exposures as raw files, each with a long exposure of the same scene.

    Files are named as those of See-in-the-Dark: scene, number in its burst, exposure time, such as
    ``00001_00_0.04s.ARW`` and ``00001_00_10s.ARW``. The first digit of a scene says what it is for:
    0 training, 1 testing, 2 validation. Samples have ``low_path``, ``normal_path``, and the times
    ``low_exposure`` and ``normal_exposure`` in seconds.

    Where a file that is named is not there, but one of the same name in a form that is read faster
    (``.npy``, ``.npz``, ``.png``), that is taken (``tools/dataset_converters/sid.py`` makes them).

    Args:
        args: As for :class:`BaseImageDataset`.
        ann_file: Official list, such as ``Sony_train_list.txt``, relative to ``data_root``: in each
            row a short exposure and its long one, relative to it too. None takes the folders
            ``data_prefix.low`` and ``data_prefix.normal``.
        scenes: Only scenes whose number begins so, such as ``'1'``.
        first_only: Whether short exposures are taken only if they are the first of their burst
            (``_00_``), as the official programs do.
        per_scene: Whether an epoch takes each scene once, in a random one of its exposures.
        repeat: How often an epoch goes through them.
        leave_out: Scenes that are not taken; by default those of which the official README says
            that the exposures do not fit together.
        kwargs: As for :class:`BaseImageDataset`.

    Raises:
        ConfigError: ``repeat`` is below 1.
        DatasetError: The list, a folder or a long exposure is missing, or a name says no scene.
    """

    def __init__(
        self,
        *args: Any,
        ann_file: str | None = None,
        scenes: str = '',
        first_only: bool = False,
        per_scene: bool = False,
        repeat: int = 1,
        leave_out: Sequence[str] = MISALIGNED,
        **kwargs: Any,
    ) -> None:
        check_at_least(1, repeat=repeat)
        self.list_file, self.scenes = ann_file, scenes
        self.first_only, self.per_scene, self.repeat = first_only, per_scene, repeat
        self.leave_out = frozenset(leave_out)
        kwargs.setdefault('data_prefix', dict(low='short', normal='long'))
        super().__init__(*args, **kwargs)

    def load_data_list(self) -> list[dict[str, Any]]:
        """Lists pairs or, with ``per_scene``, scenes with all of their pairs."""
        rows = self._rows_of_folders() if self.list_file is None else self._rows_of_list()
        pairs = []
        for low, normal in rows:
            name = parse_name(low)
            if (
                name['scene'].startswith(self.scenes)
                and name['scene'] not in self.leave_out
                and (not self.first_only or not int(name['number']))
            ):
                pairs.append(
                    dict(
                        scene=name['scene'],
                        low_path=_at_hand(low),
                        normal_path=_at_hand(normal),
                        low_exposure=float(name['seconds']),
                        normal_exposure=float(parse_name(normal)['seconds']),
                    )
                )
        if not pairs:
            raise DatasetError(
                f'{self._place()} names no pair of the scenes {self.scenes or "wanted"}: change '
                'scenes, first_only or leave_out of the data set.'
            )
        pairs.sort(key=lambda pair: (pair['scene'], pair['low_path']))
        self.count_files(2 * len(pairs))
        for index, pair in enumerate(pairs):
            pair['file_numbers'] = dict(low=2 * index, normal=2 * index + 1)
        if self.per_scene:
            by_scene = groupby(pairs, key=lambda pair: pair['scene'])
            return [dict(pairs=list(group)) for _, group in by_scene] * self.repeat
        return pairs * self.repeat

    def get_sample(self, idx: int, skipped: Mapping[str, int]) -> dict[str, Any]:
        """A pair; of a scene one that is a function of seed, epoch and number."""
        sample = super().get_sample(idx, skipped)
        if 'pairs' in sample:
            number = sample['sample_idx']
            random = np.random.default_rng((self.seed, self.epoch, number, skipped['low']))
            pairs = sample['pairs']
            sample = {**pairs[random.integers(len(pairs))], 'sample_idx': number}
        return sample

    @staticmethod
    def read_file(kind: str, path: str) -> object:
        """See the base class."""
        return read_raw(path) if kind == 'low' else read_target(path)

    def _rows_of_list(self) -> list[tuple[str, str]]:
        path = self._place()
        try:
            with open(path, encoding='utf-8') as file:
                rows = [line.split()[:2] for line in file if line.strip()]
        except (OSError, UnicodeDecodeError) as error:
            reason = system_reason(error) if isinstance(error, OSError) else 'it is no text'
            raise DatasetError(
                f'The list {path} cannot be read ({reason}): get it from '
                'https://github.com/cchen156/Learning-to-See-in-the-Dark/tree/master/dataset, or '
                'set ann_file=None for folders.'
            ) from error
        if any(len(row) < 2 for row in rows):
            raise DatasetError(f'{path} has rows without two files: give an official list.')
        root = self.data_root
        return [(_joined(root, low), _joined(root, normal)) for low, normal in rows]

    def _rows_of_folders(self) -> list[tuple[str, str]]:
        long: dict[str, str] = {}
        for path in self._files('normal'):
            long.setdefault(parse_name(path)['scene'], path)
        rows = []
        for path in self._files('low'):
            scene = parse_name(path)['scene']
            if scene not in long:
                raise DatasetError(
                    f'{path} has no long exposure {scene}_00_*s.* in '
                    f'{self.data_prefix["normal"]}: add it or move the short one elsewhere.'
                )
            rows.append((path, long[scene]))
        return rows

    def _files(self, kind: str) -> list[str]:
        folder = self.data_prefix[kind]
        try:
            names = sorted(os.listdir(folder))
        except OSError as error:
            raise DatasetError(
                f'The folder {folder} ({kind}) cannot be read ({system_reason(error)}): put the '
                f'pictures there, or change data_root or data_prefix.{kind}.'
            ) from error
        endings = (*RAW_ENDINGS, *PREPARED, '.jpg', '.tif', '.tiff')
        files = [name for name in names if name.lower().endswith(endings) and name[0] != '.']
        if not files:
            raise DatasetError(f'The folder {folder} ({kind}) has no picture: put them there.')
        return [os.path.join(folder, name) for name in files]

    def _place(self) -> str:
        if self.list_file is None:
            return str(self.data_prefix['low'])
        return _joined(self.data_root, self.list_file)


def parse_name(path: str) -> dict[str, str]:
    """Scene, number in the burst and exposure time, out of the name of a file.

    Raises:
        DatasetError: The name has another form.
    """
    match = _NAME.match(os.path.basename(path))
    if match is None:
        raise DatasetError(
            f'{path} is not named by scene, number and exposure time: rename it to something like '
            '00001_00_0.04s.ARW, or move it elsewhere.'
        )
    return match.groupdict()


def _joined(root: str, name: str) -> str:
    return os.path.normpath(os.path.join(root, name))


def _at_hand(path: str) -> str:
    if os.path.exists(path):
        return path
    stem = os.path.splitext(path)[0]
    return next((stem + end for end in PREPARED if os.path.exists(stem + end)), path)
