"""A run that would come to nothing is refused before it begins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from mmengine.dataset import DefaultSampler, InfiniteSampler
from torch.utils.data import BatchSampler, DataLoader, IterableDataset

from mmenlighten.engine.loops import GANTrainLoop
from mmenlighten.utils.batches import check_batches, check_run
from mmenlighten.utils.errors import ConfigError, DatasetError, UserError
from tests.test_engine.toy import ToyDataset, build_runner


class Stream(IterableDataset[int]):
    """A data set that does not know its length."""

    def __iter__(self) -> Any:
        return iter(range(3))


def options(samples: int, **changes: Any) -> dict[str, Any]:
    """A data loader of batches of 4 that leaves out incomplete ones."""
    defaults = dict(batch_size=4, drop_last=True, sampler=dict(type='ResumableSampler'))
    return dict(dataset=ToyDataset(samples)) | defaults | changes


BY_ITERATION = dict(type='IterBasedTrainLoop', max_iters=2)
INFINITE = dict(sampler=dict(type='InfiniteSampler'))
ONLY_INCOMPLETE = r'train_dataloader gives no batch: each process has 3 samples, a batch needs 4'


@pytest.mark.parametrize(
    ('samples', 'changes', 'train_cfg', 'told'),
    [
        (3, {}, {}, ONLY_INCOMPLETE),
        (3, {}, dict(type='EpochBasedTrainLoop'), ONLY_INCOMPLETE),
        (3, {}, BY_ITERATION, ONLY_INCOMPLETE),
        (3, dict(sampler=dict(type='DefaultSampler')), {}, 'batch_size to at most 3, or .*False'),
        (0, {}, {}, r'train_dataloader has no sample: correct train_dataloader\.dataset\.indices'),
        (0, dict(drop_last=False), BY_ITERATION, 'train_dataloader has no sample'),
        (9, INFINITE, {}, 'InfiniteSampler never ends an epoch: use ResumableSampler'),
        (9, INFINITE, dict(type='EpochBasedTrainLoop'), 'InfiniteSampler never ends an epoch'),
        (0, INFINITE, BY_ITERATION, 'train_dataloader has no sample'),
        (9, {}, dict(max_epochs=0), r'train_cfg\.max_epochs=0: it must be 1 or more'),
        (9, {}, dict(type='EpochBasedTrainLoop', max_epochs=0), r'train_cfg\.max_epochs=0'),
        (9, {}, BY_ITERATION | dict(max_iters=0), r'train_cfg\.max_iters=0: it must be 1 or more'),
        (9, {}, dict(val_interval=0), r'train_cfg\.val_interval=0: it must be 1 or more'),
        (9, {}, BY_ITERATION | dict(val_interval=0), r'train_cfg\.val_interval=0'),
    ],
)
def test_training_without_an_iteration_or_an_end_is_refused(
    tmp_path: Path, samples: int, changes: dict, train_cfg: dict, told: str
) -> None:
    loader = options(samples, **changes)
    loop = dict(type='GANTrainLoop') | train_cfg
    limit = {} if 'max_iters' in loop else {'max_epochs': 1}
    runner = build_runner(tmp_path, train_dataloader=loader)
    runner._train_loop = limit | loop
    with pytest.raises(UserError, match=told):
        check_run(runner)


@pytest.mark.parametrize(
    ('samples', 'changes', 'loop'),
    [
        (4, {}, dict(type='GANTrainLoop', max_epochs=1)),
        (3, dict(drop_last=False), dict(type='GANTrainLoop', max_epochs=1)),
        (3, INFINITE, BY_ITERATION),  # goes round, and so fills its batches
        (4, {}, BY_ITERATION),
    ],
)
def test_training_with_batches_is_let_through(
    tmp_path: Path, samples: int, changes: dict, loop: dict
) -> None:
    runner = build_runner(tmp_path, train_dataloader=options(samples, **changes))
    runner._train_loop = loop
    check_run(runner)


def test_loop_of_ours_refuses_without_the_tool_too(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=ONLY_INCOMPLETE):
        build_runner(tmp_path, train_dataloader=options(3)).train()


def test_validation_without_a_batch_is_refused(tmp_path: Path) -> None:
    runner = build_runner(tmp_path, val_dataloader=options(3))
    with pytest.raises(ConfigError, match='val_dataloader gives no batch: each process has 3'):
        check_run(runner)


def test_each_process_counts_for_itself() -> None:
    data = ToyDataset(6)
    sampler = DefaultSampler(data)
    sampler.num_samples = 2  # as in the third of three processes
    with pytest.raises(ConfigError, match='each process has 2 samples, a batch needs 3'):
        check_batches(DataLoader(data, 3, sampler=sampler, drop_last=True), 'train_dataloader')


def test_samplers_of_batches_and_streams() -> None:
    data = ToyDataset(3)
    batches = BatchSampler(DefaultSampler(data), 4, drop_last=True)
    with pytest.raises(ConfigError, match=r'x\.batch_size to at most 3'):
        check_batches(DataLoader(data, batch_sampler=batches), 'x')
    endless = BatchSampler(InfiniteSampler(data), 4, drop_last=True)
    with pytest.raises(ConfigError, match='never ends an epoch'):
        check_batches(DataLoader(data, batch_sampler=endless), 'x')
    check_batches(DataLoader(data, batch_sampler=endless), 'x', counts_epochs=False)
    check_batches(DataLoader(Stream(), 2), 'x')
    with pytest.raises(DatasetError, match='x has no sample'):
        check_batches(DataLoader(ToyDataset(0), 2), 'x')


def test_finished_run_that_is_resumed_says_that_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    build_runner(tmp_path).train()
    module = GANTrainLoop.__module__
    monkeypatch.setattr(f'{module}.print_log', lambda message, **options: said.append(message))
    build_runner(tmp_path, resume=True).train()
    assert said == [
        '2 of 2 epochs are done already, and nothing is left to train: raise train_cfg.max_epochs '
        'to go on.'
    ]
