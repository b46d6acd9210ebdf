"""A run of milliseconds that writes down what it sees, in MMEngine's real Runner."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from mmengine.evaluator import BaseMetric
from mmengine.hooks import Hook
from mmengine.model import BaseModel
from mmengine.optim import OptimWrapperDict
from mmengine.runner import Runner
from torch import Tensor, nn
from torch.utils.data import Dataset

import mmenlighten.engine
import mmenlighten.models  # noqa: F401  both register
from mmenlighten.structures import EnhanceDataSample
from tests.builders import NETWORKS

_runs = itertools.count()


class ToyDataset(Dataset):
    """Numbers with file names, which remembers what it was told."""

    metainfo: Mapping[str, Any] = {}

    def __init__(self, size: int) -> None:
        self.size = size
        self.seeds: list[int] = []
        self.epochs: list[int] = []

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: int) -> dict[str, Any]:
        paths = dict(low_path=f'low/{index}.png', normal_path=f'normal/{index}.png')
        data_sample = EnhanceDataSample(metainfo=dict(sample_idx=index, **paths))
        return dict(inputs=torch.tensor([float(index)]), data_samples=data_sample)

    def set_seed(self, seed: int) -> None:
        self.seeds.append(seed)

    def set_epoch(self, epoch: int) -> None:
        self.epochs.append(epoch)


class ToyModel(BaseModel):
    """Three networks of one weight each; every loss depends on data and on random numbers.

    Args:
        bad_losses: Losses to give instead of the real ones, by iteration (from 1).
    """

    def __init__(self, bad_losses: Mapping[int, Mapping[str, float]] | None = None) -> None:
        super().__init__()
        for name in NETWORKS:
            network = nn.Linear(1, 1, bias=False)
            nn.init.ones_(network.weight)
            self.add_module(name, network)
        self.bad_losses = bad_losses or {}
        self.steps: list[tuple[Any, ...]] = []
        self.lrs: list[list[float]] = []
        self.trains: list[bool] = []

    def begin_iteration(self, seed: int, iteration: int, update_generator: bool) -> None:
        self.told = (seed, iteration, update_generator)

    def train_step(
        self, data: Mapping[str, Any], optim_wrapper: OptimWrapperDict
    ) -> dict[str, Tensor]:
        indices = [data_sample.sample_idx for data_sample in data['data_samples']]
        drawn = torch.rand((), device='cpu')
        self.steps.append((*self.told, indices, drawn.item()))
        self.trains.append(self.training)
        self.lrs.append([lr for lrs in optim_wrapper.get_lr().values() for lr in lrs])
        inputs = torch.stack(self.cast_data(data['inputs']))
        losses = {}
        for name in NETWORKS:
            loss = (getattr(self, name)(inputs).mean() * drawn.item()).square()
            optim_wrapper[name].update_params(loss)
            losses[f'loss_{name}'] = loss.detach()
        bad = self.bad_losses.get(len(self.steps), {})
        return losses | {name: torch.tensor(value) for name, value in bad.items()}

    def cast_data(self, data: Sequence[Tensor]) -> Sequence[Tensor]:
        return self.data_preprocessor.cast_data(data)

    def val_step(self, data: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [{} for _ in data['inputs']]

    def forward(self, *args: Any, **kwargs: Any) -> None:
        raise AssertionError('not used')


class Validated(BaseMetric):
    """Scores nothing and writes down the iterations after which it was asked."""

    def __init__(self, score: float = 1.0) -> None:
        super().__init__()
        self.score = score
        self.iterations: list[int] = []
        self.runner: Runner | None = None

    def process(self, data_batch: Any, data_samples: Sequence[Mapping[str, Any]]) -> None:
        self.results += [0 for _ in data_samples]

    def compute_metrics(self, results: list[int]) -> dict[str, float]:
        assert self.runner is not None
        self.iterations.append(self.runner.iter)
        return dict(score=self.score)


class CallRecorder(Hook):
    """Writes down the points of the run that hooks are called at, in order."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def __getattribute__(self, name: str) -> Any:
        if name in Hook.stages:
            return lambda runner, *args, **kwargs: self.calls.append(name)
        return super().__getattribute__(name)


def build_runner(work_dir: Path, samples: int = 8, **options: Any) -> Runner:
    """A run of two epochs over batches of two, validated by a :class:`Validated`.

    Args:
        work_dir: Folder for its log and checkpoints.
        samples: Size of its data set.
        options: Arguments of the Runner that differ; ``train_cfg`` and ``checkpoint`` (of its
            hook) are merged, ``validate=False`` leaves validation out.
    """
    checkpoint = dict(
        type='CheckpointHook', interval=1, backend_args=dict(backend='AtomicLocalBackend')
    )
    checkpoint.update(options.pop('checkpoint', {}))
    train_cfg = dict(type='GANTrainLoop', max_epochs=2) | options.pop('train_cfg', {})
    metric = options.pop('metric', None) or Validated()
    dataloader = dict(
        batch_size=2, dataset=ToyDataset(samples), sampler=dict(type='ResumableSampler')
    )
    defaults = dict(
        model=ToyModel(),
        work_dir=str(work_dir),
        train_dataloader=dataloader,
        train_cfg=train_cfg,
        optim_wrapper=dict(
            constructor='MultiOptimWrapperConstructor',
            **{name: dict(optimizer=dict(type='SGD', lr=1e-4)) for name in NETWORKS},
        ),
        default_hooks=dict(
            checkpoint=checkpoint, sampler_seed=dict(type='DistSamplerSeedHook'), logger=None
        ),
        randomness=dict(seed=3),
        default_scope='mmenlighten',
        experiment_name=f'toy-{next(_runs)}',
        log_level='ERROR',
    )
    if options.pop('validate', True):
        sampler = dict(type='DefaultSampler', shuffle=False)
        defaults.update(
            val_dataloader=dict(batch_size=1, dataset=ToyDataset(1), sampler=sampler),
            val_cfg=dict(type='ValLoop'),
            val_evaluator=[metric],
        )
    runner = Runner(**(defaults | options))
    metric.runner = runner
    return runner
