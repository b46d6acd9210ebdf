"""Shows what a training run has come to, next to simple methods."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, NamedTuple, cast

import numpy as np
import torch
from mmengine.dist import collect_results
from mmengine.hooks import Hook
from mmengine.runner import Runner
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from torch import Tensor

from mmenlighten.evaluation.functional import psnr
from mmenlighten.models import CLAHE, BaseEnhancer, GammaCorrection
from mmenlighten.photos.image_io import write_image
from mmenlighten.registry import HOOKS
from mmenlighten.utils.atomic import write_text
from mmenlighten.utils.distributed import unwrap_model
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.side_by_side import comparison_row
from mmenlighten.utils.tensor_image import to_array


class Report(NamedTuple):
    """What there is to say of one picture."""

    name: str
    scores: list[float]
    """PSNR of each of the methods."""
    row: np.ndarray
    """The picture, before and after."""


@HOOKS.register_module()
class FinalReportHook(Hook):
    """After training, enhances the validation pictures and compares with gamma and CLAHE.

    Prints a table of PSNR against the ground truth, and writes it as ``report.md`` and all
    pictures side by side as ``before_after.png`` to the work dir. The weights are those of the last
    iteration: none are chosen by the result.

    Args:
        picture_height: Height in pixels of the pictures in ``before_after.png``.

    Raises:
        ConfigError: When training begins, there is no validation set, or it has no ground truth.
    """

    priority = 'LOWEST'

    METHODS: ClassVar[tuple[str, ...]] = ('input', 'gamma 0.5', 'CLAHE', 'ours')
    """Heads of the columns."""

    def __init__(self, picture_height: int = 300) -> None:
        self.picture_height = picture_height

    def before_train(self, runner: Runner) -> None:
        """Makes sure before the work that there will be something to report."""
        if runner.val_loop is None:
            raise ConfigError(
                'FinalReportHook reports on the validation pictures, and there are none: give '
                'val_dataloader, val_cfg and val_evaluator, or remove the hook.'
            )
        if 'gt' not in runner.val_dataloader.dataset[0]['data_samples']:
            raise ConfigError(
                'FinalReportHook compares with a ground truth and the validation pictures have '
                "none: use PairedImageDataset and PackEnhanceInputs(gt='normal'), or remove the "
                'hook.'
            )

    def after_train(self, runner: Runner) -> None:
        """Writes and prints the report."""
        model = cast(BaseEnhancer, unwrap_model(runner.model))
        model.eval()
        reports: list[Report] = []
        for data_batch in runner.val_dataloader:
            with torch.no_grad():
                data_samples = model.val_step(data_batch)
            for index, data_sample in enumerate(data_samples):
                inputs = {key: values[index] for key, values in data_batch['inputs'].items()}
                results, gt = self.results_of(model, inputs), to_array(data_sample.gt)
                results.append(to_array(data_sample.enhanced))
                before_after = dict(zip(('before', 'after (ours)'), (results[0], results[-1])))
                before_after['true picture'] = gt
                report = Report(
                    name=Path(data_sample.low_path).stem,
                    scores=[psnr(result, gt) for result in results],
                    row=comparison_row(before_after, self.picture_height),
                )
                reports.append(report)
        # Each process has seen its share of the pictures.
        collected = collect_results(reports, len(runner.val_dataloader.dataset))
        if collected is not None:
            self._write(Path(runner.work_dir), collected)

    def results_of(self, model: BaseEnhancer, inputs: Mapping[str, Tensor]) -> list[np.ndarray]:
        """The input as a picture, and what the methods but the last make of it, uint8.

        Args:
            model: The model.
            inputs: What it gets of one sample, in [0, 255].
        """
        shown = model.displayed(inputs['low'][None])[0].clamp(0, 255).round().to(torch.uint8)
        dark = to_array(shown)
        simple = GammaCorrection(gamma=0.5), CLAHE()
        return [dark, *(method.enhance_array(dark) for method in simple)]

    def _write(self, work_dir: Path, reports: list[Report]) -> None:
        rows = [report.row for report in reports]
        width = max(row.shape[1] for row in rows)
        padded = [
            np.pad(row, ((0, 6), (0, width - row.shape[1]), (0, 0)), constant_values=255)
            for row in rows
        ]
        write_image(work_dir / 'before_after.png', np.concatenate(padded))

        mean = np.mean([report.scores for report in reports], axis=0).tolist()
        table = Table(title='PSNR in dB, higher is better')
        markdown = ['| picture | ' + ' | '.join(self.METHODS) + ' |']
        markdown.append('| --- ' * (len(self.METHODS) + 1) + '|')
        for column in ('picture', *self.METHODS):
            table.add_column(column, justify='left' if column == 'picture' else 'right')
        lines = [*((report.name, report.scores) for report in reports), ('mean', mean)]
        for number, (name, values) in enumerate(lines, start=1):
            figures = [f'{value:.2f}' for value in values]
            table.add_row(escape(name), *figures, end_section=number == len(reports))
            markdown.append(f'| {name} | ' + ' | '.join(figures) + ' |')
        write_text(work_dir / 'report.md', '\n'.join(markdown) + '\n')
        Console().print(table)
        print(f'Gain over the input: {mean[-1] - mean[0]:+.2f} dB on average.')
        print(f'Before and after: {work_dir / "before_after.png"}')
