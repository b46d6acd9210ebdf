"""What all data sets of picture folders have in common."""

from __future__ import annotations

import logging
import os
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from mmengine.dataset import BaseDataset
from mmengine.logging import print_log
from mmengine.registry import DefaultScope

from mmenlighten.photos.image_io import IMAGE_EXTENSIONS, list_images, read_image
from mmenlighten.registry import TRANSFORMS
from mmenlighten.utils.errors import ConfigError, DatasetError, ImageReadError
from mmenlighten.utils.seeding import sample_randomness
from mmenlighten.utils.shared_array import SharedArray

from .decoded_image_cache import open_decoded_cache
from .known_datasets import KNOWN_DATASETS

Transform = dict[str, Any] | Callable[[dict[str, Any]], dict[str, Any] | None]


class BaseImageDataset(BaseDataset):
    """Pictures from folders, read when asked for and never kept in memory.

    * A sample is a function of (seed, epoch, index): the pipeline runs with Python's, NumPy's and
      torch's random numbers seeded from these three. They live in shared memory, so that
      :meth:`set_seed` and :meth:`set_epoch` reach workers that are running already.
    * In training, a file that cannot be read is named in one warning, counted in
      :attr:`num_unreadable`, and the next one takes its place. With ``test_mode`` it is an error.

    Args:
        data_root: Folder that relative entries of ``data_prefix`` start from.
        data_prefix: Folder of each kind of picture, see the subclass.
        pipeline: Transforms, as configs or callables.
        indices: Only these samples (a sequence), the first n (n > 0) or the last n (-n).
        test_mode: Whether an unreadable picture is an error instead of a warning.
        serialize_data: Whether file names are kept as one array that workers share.
        lazy_init: Whether to look into the folders only when first needed.
        metainfo: Facts about the data set, kept for the user.
        dataset_name: Name of the data set. Where it is one of
            :data:`~mmenlighten.datasets.known_datasets.KNOWN_DATASETS`, the message about a
            missing folder says where to get it, and a wrong number of pictures is remarked on.
        decoded_cache: Folder that decoded pictures are kept in, so that each is decoded once, or
            the arguments of :class:`~mmenlighten.datasets.decoded_image_cache.DecodedImageCache`;
            None decodes each time. Samples are the same. The pipeline gets the cache's ``read`` as
            ``results['image_reader']``.

    Raises:
        ConfigError: ``data_prefix`` lacks a folder that the data set needs, or ``decoded_cache``
            is not one of these.
        DatasetError: A folder is missing or has no picture.
    """

    FOLDERS: tuple[str, ...] = ('low', 'normal')
    """Keys that ``data_prefix`` must have. A sample's file of a kind is at ``<kind>_path``."""

    INDEPENDENT_FILES = False
    """Whether an unreadable file is replaced alone, or together with the sample's other files."""

    def __init__(
        self,
        data_root: str | os.PathLike[str] = '',
        data_prefix: Mapping[str, str] | None = None,
        pipeline: Sequence[Transform] = (),
        indices: int | Sequence[int] | None = None,
        test_mode: bool = False,
        serialize_data: bool = True,
        lazy_init: bool = False,
        metainfo: Mapping[str, Any] | None = None,
        dataset_name: str | None = None,
        decoded_cache: str | os.PathLike[str] | Mapping[str, Any] | None = None,
    ) -> None:
        self.decoded_cache = open_decoded_cache(decoded_cache)
        # Not in metainfo, whose texts MMEngine takes for names of files to read.
        self.dataset_name = dataset_name
        self._seed_and_epoch = SharedArray(2)
        self._unreadable = SharedArray(0, torch.uint8)
        super().__init__(
            metainfo=metainfo,
            data_root=os.path.expanduser(data_root or ''),
            data_prefix=self._check_prefix(data_prefix),
            indices=indices,
            serialize_data=serialize_data,
            pipeline=_build_transforms(pipeline),
            test_mode=test_mode,
            lazy_init=lazy_init,
        )

    @abstractmethod
    def load_data_list(self) -> list[dict[str, Any]]:
        """Lists the samples.

        Returns:
            For each sample ``<kind>_path`` for each kind in :attr:`FOLDERS`, and ``file_numbers``:
            a dict from the kind to the number of that file, counted over all kinds.
        """

    @property
    def seed(self) -> int:
        """Seed of all random choices."""
        return self._seed_and_epoch[0]

    @property
    def epoch(self) -> int:
        """Epoch (from 0) of the random choices."""
        return self._seed_and_epoch[1]

    @property
    def num_unreadable(self) -> int:
        """Number of files that could not be read so far, in this process and all its workers."""
        return self._unreadable.sum()

    def set_seed(self, seed: int) -> None:
        """Sets the seed of all random choices, for running workers too."""
        self._seed_and_epoch[0] = seed

    def set_epoch(self, epoch: int) -> None:
        """Sets the epoch (from 0) of all random choices, for running workers too."""
        self._seed_and_epoch[1] = epoch

    def full_init(self) -> None:
        """Looks into the folders, once."""
        if self._fully_initialized:
            return
        super().full_init()
        self.after_listing()
        known = KNOWN_DATASETS.get(self.dataset_name or '')
        remark = known.remark_on(len(self)) if known and self._indices is None else None
        if remark is not None:
            print_log(remark, logger='current', level=logging.WARNING)

    def after_listing(self) -> None:
        """Called when the samples are known, and again for those of a subset."""

    def __getitem__(self, idx: int) -> Any:
        """Returns what the pipeline makes of a sample.

        Raises:
            DatasetError: No file of a kind can be read, or the pipeline gives nothing.
            ImageReadError: With ``test_mode``, a picture cannot be read.
        """
        if not self._fully_initialized:
            self.full_init()
        if not -len(self) <= idx < len(self):
            raise IndexError(f'Sample {idx} of {len(self)}.')
        return self.prepare_data(idx % len(self))

    def prepare_data(self, idx: int) -> Any:
        """Runs the pipeline on a sample; in training, passes over files that cannot be read."""
        skipped = dict.fromkeys(self.FOLDERS, 0)
        while True:
            sample = self.get_sample(idx, skipped)
            file_numbers = sample.pop('file_numbers')
            if self.decoded_cache is not None:
                sample['image_reader'] = self.decoded_cache.read
            try:
                with sample_randomness(self.seed, self.epoch, idx):
                    results = self.pipeline(dict(sample))
            except ImageReadError:
                reasons = {} if self.test_mode else self._unreadable_kinds(sample)
                if not reasons:
                    raise
                for kind, reason in reasons.items():
                    self._report_unreadable(file_numbers[kind], reason)
                unreadable = list(reasons)
            else:
                if results is not None:
                    return results
                if self.test_mode:
                    first = sample[f'{self.FOLDERS[0]}_path']
                    raise DatasetError(f'The pipeline gives nothing for {first}.')
                unreadable = list(self.FOLDERS[:1])
            for kind in unreadable if self.INDEPENDENT_FILES else self.FOLDERS:
                skipped[kind] += 1
                if skipped[kind] == len(self):
                    raise DatasetError(
                        f'No usable picture was found in {self.data_prefix[kind]} (all '
                        f'{len(self)} samples were tried): replace the files that the warnings '
                        f'name, or change data_root or data_prefix.{kind}.'
                    )

    @staticmethod
    def read_file(kind: str, path: str) -> object:
        """Reads a file of a kind, to find out whether it can be read.

        Raises:
            ImageReadError: It cannot.
        """
        return read_image(path)

    def get_sample(self, idx: int, skipped: Mapping[str, int]) -> dict[str, Any]:
        """Returns the files of a sample.

        Args:
            idx: Number of the sample, not negative.
            skipped: For each kind of file, how many were passed over as unreadable.
        """
        sample = self.get_data_info((idx + skipped[self.FOLDERS[0]]) % len(self))
        return {**sample, 'sample_idx': idx}

    def get_subset_(self, indices: int | Sequence[int]) -> None:
        """Keeps only these samples, see ``indices`` of the class."""
        super().get_subset_(indices)
        self.after_listing()

    def get_subset(self, indices: int | Sequence[int]) -> BaseImageDataset:
        """Returns a data set of these samples only, with a seed and an epoch of its own."""
        subset = super().get_subset(indices)
        subset.after_listing()
        return subset

    def list_folder(self, kind: str) -> list[str]:
        """Lists the pictures of a kind, as paths relative to its folder.

        Raises:
            DatasetError: The folder is missing or has no picture.
        """
        folder = self.data_prefix[kind]
        remedy = f'put the pictures there, or change data_root or data_prefix.{kind}'
        known = KNOWN_DATASETS.get(self.dataset_name or '')
        if known is not None:
            remedy = known.how_to_get(folder, self.data_root)
        if not os.path.isdir(folder):
            raise DatasetError(f'The folder {folder} ({kind}) does not exist: {remedy}.')
        names = list_images(folder)
        if not names:
            raise DatasetError(
                f'The folder {folder} ({kind}) has no picture ({" ".join(IMAGE_EXTENSIONS)}): '
                f'{remedy}.'
            )
        return names

    def count_files(self, number: int) -> None:
        """Makes room to remember which of so many files are unreadable."""
        self._unreadable = SharedArray(number, torch.uint8)

    def _unreadable_kinds(self, sample: Mapping[str, Any]) -> dict[str, str]:
        """What is wrong with the files that cannot be read, by kind."""
        reasons = {}
        for kind in self.FOLDERS:
            try:
                self.read_file(kind, sample[f'{kind}_path'])
            except ImageReadError as error:
                reasons[kind] = str(error)
        return reasons

    def _report_unreadable(self, file_number: int, reason: str) -> None:
        if not self._unreadable[file_number]:
            self._unreadable[file_number] = 1
            print_log(
                f'{reason} Training goes on without it.', logger='current', level=logging.WARNING
            )

    def _check_prefix(self, data_prefix: Mapping[str, str] | None) -> dict[str, str]:
        prefix = {kind: kind for kind in self.FOLDERS} if data_prefix is None else dict(data_prefix)
        for kind in self.FOLDERS:
            if kind not in prefix:
                raise ConfigError(
                    f'{type(self).__name__} needs data_prefix.{kind}, a folder of pictures; '
                    f'given: {", ".join(prefix) or "none"}.'
                )
        return {kind: os.path.expanduser(prefix[kind]) for kind in self.FOLDERS}

    def _copy_without_annotation(self, memo: dict[int, Any] | None = None) -> BaseImageDataset:
        # MMEngine's default memo is one dict for all calls: a second subset would share the first.
        return super()._copy_without_annotation({} if memo is None else memo)


def innermost_datasets(dataset: Any) -> list[Any]:
    """The data sets inside MMEngine's and torch's wrappers, such as ``ConcatDataset``."""
    if hasattr(dataset, 'datasets'):
        return [inner for part in dataset.datasets for inner in innermost_datasets(part)]
    if hasattr(dataset, 'dataset'):
        return innermost_datasets(dataset.dataset)
    return [dataset]


def _build_transforms(pipeline: Sequence[Transform]) -> list[Any]:
    """Builds the transforms; without a Runner, and inside wrappers, our names are known too."""

    def build() -> list[Any]:
        return [TRANSFORMS.build(part) if isinstance(part, dict) else part for part in pipeline]

    scope = DefaultScope.get_current_instance()
    if scope is not None and scope.scope_name != 'mmengine':
        return build()
    with DefaultScope.overwrite_default_scope('mmenlighten'):
        return build()
