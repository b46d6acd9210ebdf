"""The demo's photographs as data sets that make themselves."""

from __future__ import annotations

import os
from typing import Any

from mmengine.dist import barrier, is_main_process

from mmenlighten.registry import DATASETS

from .demo_photographs import demo_dataset_is_complete, write_demo_dataset
from .paired_image_dataset import PairedImageDataset
from .unpaired_image_dataset import UnpairedImageDataset


def _make(data_root: str | os.PathLike[str]) -> None:
    try:
        if is_main_process() and not demo_dataset_is_complete(data_root):
            write_demo_dataset(data_root)
    finally:  # so that the others do not wait for ever
        barrier()


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
        prefix = dict(low='train/low', normal='train/normal')
        super().__init__(data_root, prefix, **kwargs)


@DATASETS.register_module()
class DemoPairedDataset(PairedImageDataset):
    """Held-out pairs of the demo, see :func:`write_demo_dataset`; made where they are missing.

    Args:
        data_root: Folder of the demo's pictures.
        kwargs: As for :class:`PairedImageDataset`.

    Raises:
        DatasetError: A package whose photographs the demo uses is not installed.
    """

    def __init__(self, data_root: str = 'data/demo', **kwargs: Any) -> None:
        _make(data_root)
        super().__init__(data_root, dict(low='test/low', normal='test/gt'), **kwargs)
