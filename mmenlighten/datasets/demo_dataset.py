"""The demo's photographs as data sets that make themselves."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Literal

from mmengine.dist import barrier, is_main_process

from mmenlighten.registry import DATASETS
from mmenlighten.utils.checks import check_choice

from .demo_photographs import demo_dataset_is_complete, write_demo_dataset
from .paired_image_dataset import PairedImageDataset
from .unpaired_image_dataset import UnpairedImageDataset

FOLDERS = dict(
    train=dict(low='train/low', normal='train/normal'), test=dict(low='test/low', normal='test/gt')
)


def make_once(
    is_complete: Callable[..., bool], write: Callable[..., None], *arguments: Any
) -> None:
    """Writes a data set, in one process, where it is not complete; the others wait."""
    try:
        if is_main_process() and not is_complete(*arguments):
            write(*arguments)
    finally:  # so that the others do not wait for ever
        barrier()


def _make(data_root: str | os.PathLike[str]) -> None:
    make_once(demo_dataset_is_complete, write_demo_dataset, data_root)


@DATASETS.register_module()
class DemoUnpairedDataset(UnpairedImageDataset):
    """Training pictures of the demo, see :func:`write_demo_dataset`; made where they are missing.

    Args:
        data_root: Folder of the demo's pictures.
        kwargs: As for :class:`UnpairedImageDataset`.

    Raises:
        DatasetError: A package whose photographs the demo uses is not installed.
    """

    def __init__(self, data_root: str = 'data/demo', **kwargs: Any) -> None:
        _make(data_root)
        super().__init__(data_root, FOLDERS['train'], **kwargs)


@DATASETS.register_module()
class DemoPairedDataset(PairedImageDataset):
    """Pairs of the demo, see :func:`write_demo_dataset`; made where they are missing.

    Args:
        data_root: Folder of the demo's pictures.
        split: ``'test'`` for the held-out pairs, or ``'train'``: each darkened training picture
            with the photograph that it was.
        kwargs: As for :class:`PairedImageDataset`.

    Raises:
        ConfigError: ``split`` is neither of the two.
        DatasetError: A package whose photographs the demo uses is not installed.
    """

    def __init__(
        self,
        data_root: str = 'data/demo',
        split: Literal['train', 'test'] = 'test',
        **kwargs: Any,
    ) -> None:
        check_choice('DemoPairedDataset.split', split, FOLDERS)
        self.split = split
        _make(data_root)
        super().__init__(data_root, FOLDERS[split], **kwargs)

    def load_data_list(self) -> list[dict[str, Any]]:
        """Lists the pairs; those of training end in the exposure, which photographs lack."""
        if self.split == 'test':
            return super().load_data_list()
        names = self.list_folder('low')
        self.count_files(2 * len(names))
        return [
            dict(
                low_path=os.path.join(self.data_prefix['low'], name),
                normal_path=os.path.join(
                    self.data_prefix['normal'], f'{name.rpartition("_")[0]}.png'
                ),
                file_numbers=dict(low=2 * index, normal=2 * index + 1),
            )
            for index, name in enumerate(names)
        ] * self.repeat
