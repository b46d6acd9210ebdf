"""What validation and testing on several data sets have in common."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence, Sized
from typing import Any, Literal, NamedTuple, cast

from mmengine.evaluator import Evaluator
from mmengine.logging import print_log
from mmengine.runner import Runner
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from torch.utils.data import DataLoader

from mmenlighten.datasets.base_image_dataset import innermost_datasets
from mmenlighten.evaluation import ImageMetric
from mmenlighten.registry import DATASETS, METRICS
from mmenlighten.utils.batches import check_batches
from mmenlighten.utils.checks import check_choice
from mmenlighten.utils.errors import ConfigError, DatasetError


class ScoredSet(NamedTuple):
    """A data set with what measures it."""

    name: str
    dataloader: DataLoader
    evaluator: Evaluator

    def evaluate(self) -> dict[str, float]:
        """The means of what the evaluator has seen, after all pictures of the set."""
        return self.evaluator.evaluate(len(cast(Sized, self.dataloader.dataset)))


def build_sets(
    runner: Runner,
    dataloader: Mapping[str, Any],
    evaluator: Sequence[Mapping[str, Any]] | Mapping[str, Any],
    more: Mapping[str, Mapping[str, Any]],
    absent: Literal['skip', 'refuse'],
    only: Sequence[str] | str | None = None,
) -> list[ScoredSet]:
    """Builds the data loaders and metrics of several data sets.

    Each set has its own metrics, which put its name before their keys. Arguments and errors are
    those of :class:`~mmenlighten.engine.loops.multi_loops.SeveralSetsLoop`.
    """
    check_choice('absent', absent, ('skip', 'refuse'))
    first = dataloader['dataset']
    configs = {str(first.get('dataset_name') or 'first'): first, **more}
    for name in _as_names(only, configs):
        if name not in configs:
            raise ConfigError(f'only={name}: there are {", ".join(configs)}.')
    sets, missing = [], []
    for name in _as_names(only, configs):
        absence = absence_of(configs[name])
        if absence is None:
            loader = runner.build_dataloader(
                {**dataloader, 'dataset': configs[name]}, seed=runner.seed
            )
            check_batches(loader, name)
            sets.append(ScoredSet(name, loader, _build_evaluator(evaluator, name, loader.dataset)))
        elif absent == 'refuse':
            raise DatasetError(absence)
        else:
            missing.append(name)
            print_log(f'{name} is passed over. {absence}', 'current')
    if not sets:
        raise DatasetError(
            f'None of the data sets is there ({", ".join(missing)}): set the data_root of one; '
            'the lines above say where to get them.'
        )
    return sets


def absence_of(dataset: Mapping[str, Any]) -> str | None:
    """The message about a folder of a data set that is missing; None if all are there."""
    built = DATASETS.build({**dataset, 'lazy_init': True})
    for part in innermost_datasets(built):
        for kind, folder in getattr(part, 'data_prefix', {}).items():
            if not os.path.isdir(folder):
                try:
                    part.list_folder(kind)
                except DatasetError as error:
                    return str(error)
    return None


def print_table(metrics: Mapping[str, float], names: Sequence[str]) -> None:
    """Prints scores such as ``LOL-v1/PSNR``: a line for each set, a column for each metric."""
    columns = list(dict.fromkeys(key.partition('/')[2] for key in metrics))
    table = Table(title='Means over the pictures of each data set')
    table.add_column('data set')
    for column in columns:
        table.add_column(column, justify='right')
    for name in names:
        values = [metrics.get(f'{name}/{column}') for column in columns]
        table.add_row(escape(name), *('-' if v is None else f'{v:.4f}' for v in values))
    Console().print(table)


def _as_names(only: Sequence[str] | str | None, configs: Mapping[str, Any]) -> list[str]:
    if only is None:
        return list(configs)
    return [only] if isinstance(only, str) else list(only)


def _build_evaluator(
    configs: Sequence[Mapping[str, Any]] | Mapping[str, Any], name: str, dataset: Any
) -> Evaluator:
    parts = innermost_datasets(dataset)
    has_truth = all('normal' in getattr(part, 'FOLDERS', ()) for part in parts)
    metrics = []
    for config in [configs] if isinstance(configs, Mapping) else configs:
        metric = METRICS.build({**config, 'prefix': name})
        needs_truth = isinstance(metric, ImageMetric) and metric.reference == 'gt'
        if has_truth or not needs_truth:
            metrics.append(metric)
    return Evaluator(metrics)
