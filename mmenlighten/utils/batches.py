"""Makes sure, before a run begins, that it has something to do."""

from __future__ import annotations

from collections.abc import Sized
from typing import Any, cast

from mmengine.dataset import InfiniteSampler
from mmengine.runner import IterBasedTrainLoop, Runner
from torch.utils.data import DataLoader

from .checks import check_at_least
from .errors import ConfigError, DatasetError


def check_batches(dataloader: DataLoader[Any], name: str, counts_epochs: bool = True) -> None:
    """Refuses a data loader that gives no batch, or none that would be the last.

    Args:
        dataloader: The data loader.
        name: Its key in the config, such as ``'train_dataloader'``.
        counts_epochs: Whether its loop goes on when the data loader has come to its end.

    Raises:
        ConfigError: The batches are larger than the data set, and incomplete ones are left out;
            or the sampler never ends, and the loop waits for its end.
        DatasetError: The data set has no sample.
    """
    dataset = dataloader.dataset
    if isinstance(dataset, Sized) and len(dataset) == 0:
        raise DatasetError(
            f'{name} has no sample: correct {name}.dataset.indices, or the folders of its data set.'
        )
    if isinstance(_sampler(dataloader), InfiniteSampler):
        if counts_epochs:
            raise ConfigError(
                f'{name}.sampler.type=InfiniteSampler never ends an epoch: use ResumableSampler or '
                'DefaultSampler, or IterBasedTrainLoop with max_iters.'
            )
        return
    try:
        is_empty = len(dataloader) == 0
    except TypeError:  # a stream without a length
        return
    if is_empty:
        samples = len(cast(Sized, _sampler(dataloader)))
        raise ConfigError(
            f'{name} gives no batch: each process has {samples} '
            f'{"sample" if samples == 1 else "samples"}, a batch needs {dataloader.batch_size}, '
            'and drop_last leaves out what is less. '
            f'Set {name}.batch_size to at most {samples}, or {name}.drop_last=False.'
        )


def check_run(runner: Runner) -> None:
    """Builds the loops of a training and checks that they have something to do.

    Raises:
        ConfigError: The training has no iteration, or as in :func:`check_batches`.
        DatasetError: As in :func:`check_batches`.
    """
    loop = runner.train_loop
    counts_epochs = not isinstance(loop, IterBasedTrainLoop)
    limit = 'max_epochs' if counts_epochs else 'max_iters'
    check_at_least(1, 'train_cfg.', **{limit: getattr(loop, limit, 1)})
    if runner.val_loop is not None:
        check_at_least(1, 'train_cfg.', val_interval=getattr(loop, 'val_interval', 1))
    check_batches(loop.dataloader, 'train_dataloader', counts_epochs)
    if runner.val_loop is not None:
        check_batches(runner.val_loop.dataloader, 'val_dataloader')


def _sampler(dataloader: DataLoader[Any]) -> Any:
    """What gives the indices, also where a sampler of batches stands before it."""
    return getattr(dataloader.batch_sampler, 'sampler', dataloader.sampler)
