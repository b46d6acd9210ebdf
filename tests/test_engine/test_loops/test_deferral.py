"""Losses are read when somebody needs them, and not before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from mmengine.hooks import Hook, RuntimeInfoHook
from mmengine.runner import Runner
from torch.utils._python_dispatch import TorchDispatchMode

from mmenlighten.engine.hooks.deferred_runtime_info_hook import defer_losses, hook_intervals
from mmenlighten.utils.errors import ConfigError, NonFiniteLossError
from tests.builders import build_enlightengan, random_images
from tests.test_engine.toy import ToyDataset, ToyModel, build_runner


class Watcher(Hook):
    """Writes down how many losses are in the log after each iteration."""

    priority = 'LOWEST'

    def __init__(self, interval: int | None = None) -> None:
        self.logged: list[int] = []
        if interval is not None:
            self.interval = interval

    def after_train_iter(self, runner: Runner, *args: Any, **kwargs: Any) -> None:
        scalars = runner.message_hub.log_scalars
        loss = scalars.get('train/loss_generator')
        self.logged.append(0 if loss is None else len(loss.data[0]))


class NumbersRead(TorchDispatchMode):
    """Counts the numbers that are read from tensors, each of which waits for a GPU."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_dispatch__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        self.count += function is torch.ops.aten._local_scalar_dense.default
        return function(*args, **(kwargs or {}))


class Pictures(ToyDataset):
    def __getitem__(self, index: int) -> dict[str, Any]:
        names = ('low', 'normal', 'darkened')
        return dict(inputs=dict(zip(names, random_images(3, 3, 24, 24, seed=index))))


def watch(tmp_path: Path, hook: Hook, epochs: int = 1, **options: Any) -> Runner:
    """Trains four iterations an epoch without checkpoints in between."""
    train_cfg = dict(max_epochs=epochs) | options.pop('train_cfg', {})
    runner = build_runner(
        tmp_path,
        custom_hooks=[hook],
        train_cfg=train_cfg,
        checkpoint=dict(interval=100),
        validate=False,
        **options,
    )
    runner.train()
    return runner


def test_losses_are_logged_at_the_end_of_an_epoch_if_nobody_needs_them_before(
    tmp_path: Path,
) -> None:
    hook = Watcher()
    watch(tmp_path, hook, epochs=2)
    assert hook.logged == [0, 0, 0, 4, 4, 4, 4, 8]


def test_losses_are_there_when_a_hook_is_due(tmp_path: Path) -> None:
    hook = Watcher(interval=3)
    watch(tmp_path, hook, epochs=2)
    # In epoch 2 hooks may count from its start (7) or from that of the run (6).
    assert hook.logged == [0, 0, 3, 4, 4, 6, 7, 8]


def test_losses_are_read_at_the_latest_after_an_interval(tmp_path: Path) -> None:
    hook = Watcher()
    watch(tmp_path, hook, train_cfg=dict(loss_interval=2))
    assert hook.logged == [0, 2, 2, 4]


def test_all_losses_are_logged_as_if_they_were_read_at_once(tmp_path: Path) -> None:
    logs = []
    for interval in (1, 50):
        runner = watch(
            tmp_path / str(interval), Watcher(), 2, train_cfg=dict(loss_interval=interval)
        )
        scalars = runner.message_hub.log_scalars
        logs.append({key: scalars[key].data[0].tolist() for key in scalars if 'loss' in key})
    assert logs[0] == logs[1]
    assert all(len(values) == 8 for values in logs[0].values())


def test_checkpoint_has_the_losses_of_its_iteration(tmp_path: Path) -> None:
    runner = build_runner(tmp_path, checkpoint=dict(by_epoch=False, interval=3), validate=False)
    runner.train()
    hub = torch.load(tmp_path / 'iter_3.pth', weights_only=False)['message_hub']
    assert len(hub['log_scalars']['train/loss_generator'].data[0]) == 3


def test_nothing_is_saved_or_validated_after_a_loss_that_was_not_read_yet(tmp_path: Path) -> None:
    model = ToyModel(bad_losses={2: dict(loss_generator=float('nan'))})
    runner = build_runner(tmp_path, model=model, checkpoint=dict(by_epoch=False, interval=3))
    with pytest.raises(NonFiniteLossError, match=r'at iteration 2 \(epoch 1\)') as caught:
        runner.train()
    for index in model.steps[1][3]:
        assert f'low/{index}.png' in str(caught.value)
    assert not list(tmp_path.glob('*.pth'))
    assert not runner.val_evaluator.metrics[0].iterations


def test_iterations_of_enlightengan_read_no_number(tmp_path: Path) -> None:
    options = dict(ema=dict(type='ExponentialMovingAverage', momentum=0.1))
    model = build_enlightengan(
        data_preprocessor=dict(type='EnhanceDataPreprocessor'), **options
    ).float()
    dataloader = dict(batch_size=2, dataset=Pictures(8), sampler=dict(type='ResumableSampler'))
    optim_wrapper = dict(
        constructor='MultiOptimWrapperConstructor',
        **{
            name: dict(optimizer=dict(type='Adam', lr=1e-4, betas=(0.5, 0.999), fused=True))
            for name in ('generator', 'global_discriminator', 'local_discriminator')
        },
    )
    runner = build_runner(
        tmp_path,
        model=model,
        validate=False,
        checkpoint=dict(interval=100),
        train_dataloader=dataloader,
        optim_wrapper=optim_wrapper,
    )
    loop = runner.build_train_loop(runner._train_loop)
    runner._train_loop = loop
    counted: list[int] = []
    plain = loop.run_iter

    def run_iter(idx: int, data_batch: Any) -> None:
        with NumbersRead() as numbers:
            plain(idx, data_batch)
        counted.append(numbers.count)

    loop.run_iter = run_iter
    runner.train()
    assert counted[1:] == [0] * 7  # the first asks how often the average was updated
    assert counted[0] == 1


def test_hook_of_mmengine_is_replaced_once(tmp_path: Path) -> None:
    runner = build_runner(tmp_path)
    before = [type(hook) for hook in runner.hooks]
    assert before.count(RuntimeInfoHook) == 1
    priority = runner.hooks[before.index(RuntimeInfoHook)].priority
    for _ in range(2):
        defer_losses(runner)
    after = [type(hook) for hook in runner.hooks]
    assert RuntimeInfoHook not in after
    hook = runner.hooks[before.index(RuntimeInfoHook)]
    assert isinstance(hook, RuntimeInfoHook)
    assert hook.priority == priority


def test_intervals_of_epochs_do_not_count(tmp_path: Path) -> None:
    runner = build_runner(tmp_path, custom_hooks=[Watcher(interval=7), Watcher(interval=-1)])
    assert hook_intervals(runner) == {7}


@pytest.mark.parametrize('interval', [0, -3])
def test_interval_must_be_positive(tmp_path: Path, interval: int) -> None:
    with pytest.raises(ConfigError, match=rf'train_cfg.loss_interval={interval}: it must be 1'):
        watch(tmp_path, Watcher(), train_cfg=dict(loss_interval=interval))
