"""Keeps what a test run made."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mmengine.dist import is_main_process
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmenlighten.datasets.base_image_dataset import innermost_datasets
from mmenlighten.evaluation import ImageMetric
from mmenlighten.evaluation.folder_matching import stem_of
from mmenlighten.evaluation.report import write_report
from mmenlighten.evaluation.results import results_document
from mmenlighten.photos import write_radiance
from mmenlighten.photos.image_io import write_image
from mmenlighten.registry import HOOKS
from mmenlighten.structures import EnhanceDataSample
from mmenlighten.utils.atomic import derived_name
from mmenlighten.utils.tensor_image import to_array


@HOOKS.register_module()
class SaveResultsHook(Hook):
    """Writes the enhanced pictures of a test run as PNG, and all figures as ``results.json``.

    Pictures keep their place in the sub-folders of the input folder; light that was merged from
    exposures is beside them as Radiance HDR. ``results.json`` is what
    ``tools/evaluate.py`` makes of them, with the metrics of the config: see
    :func:`mmenlighten.evaluation.results.results_document`.

    Args:
        out_dir: Folder to write to; made if needed.
    """

    def __init__(self, out_dir: str | os.PathLike[str]) -> None:
        self.out_dir = Path(out_dir)
        self._names: dict[str, str] = {}

    def before_test_epoch(self, runner: Runner) -> None:
        """Gives each picture a name of its own."""
        datasets = innermost_datasets(runner.test_dataloader.dataset)
        folder = os.path.commonpath([dataset.data_prefix['low'] for dataset in datasets])
        paths = [
            dataset.get_data_info(index)['low_path']
            for dataset in datasets
            for index in range(len(dataset))
        ]
        self._names = output_names(paths, folder)

    def after_test_iter(
        self,
        runner: Runner,
        batch_idx: int,
        data_batch: Any = None,
        outputs: Sequence[EnhanceDataSample] | None = None,
    ) -> None:
        """Writes the pictures of a batch."""
        for data_sample in outputs or []:
            name = self._names[data_sample.low_path]
            write_image(self.out_dir / name, to_array(data_sample.enhanced))
            if 'merged' in data_sample:
                light = (self.out_dir / name).with_suffix('.hdr')
                write_radiance(light, to_array(data_sample.merged))

    def after_test_epoch(self, runner: Runner, metrics: Mapping[str, float] | None = None) -> None:
        """Writes the figures."""
        if not is_main_process():
            return
        measures = [m for m in runner.test_evaluator.metrics if isinstance(m, ImageMetric)]
        images: dict[str, dict[str, float]] = {}
        for metric in measures:
            for path, value in metric.per_image.items():
                stem = stem_of(self._names.get(path, path))
                images.setdefault(stem, {})[metric.name] = value
        write_report(self.out_dir / 'results.json', results_document(measures, images))
        runner.logger.info(f'Pictures and results.json are in {self.out_dir}.')


def output_names(paths: Sequence[str], folder: str) -> dict[str, str]:
    """Names of the output by input path: that inside ``folder``, with the ending ``.png``.

    Where two inputs differ in their ending alone, it is kept: ``a.jpg.png``, ``a.bmp.png``.
    """
    names = {path: Path(os.path.relpath(path, folder)) for path in paths}
    short = {path: name.with_suffix('.png').as_posix() for path, name in names.items()}
    long = {
        path: name.with_name(derived_name(name.name, '.png')).as_posix()
        for path, name in names.items()
    }
    # A short name that is the long name of another input would not do either.
    wanted = Counter(name for path in names for name in {short[path], long[path]})
    return {path: short[path] if wanted[short[path]] == 1 else long[path] for path in names}
