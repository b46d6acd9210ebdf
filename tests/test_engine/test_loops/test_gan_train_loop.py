from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from mmengine.config import Config
from mmengine.dataset import DefaultSampler
from torch.utils.data import ConcatDataset, Subset

from mmenlighten.engine.loops import GANTrainLoop
from mmenlighten.utils.errors import ConfigError, NonFiniteLossError
from tests.builders import NETWORKS, build_enlightengan, copy_state, random_images
from tests.small_run import REPOSITORY, assert_equal_weights
from tests.test_engine.toy import CallRecorder, ToyDataset, ToyModel, Validated, build_runner

BY_ITERATION = dict(by_epoch=False, interval=1)


def train(work_dir: Path, **options: Any) -> tuple[ToyModel, Validated]:
    """Runs to the end; the model tells the steps, the metric the validations."""
    metric = options.setdefault('metric', Validated())
    model = options.setdefault('model', ToyModel())
    build_runner(work_dir, **options).train()
    return model, metric


def test_learning_rate_is_the_closed_form_of_the_official_schedule(tmp_path: Path) -> None:
    config = Config.fromfile(REPOSITORY / 'configs' / 'enlightengan_lol.py')
    model, _ = train(
        tmp_path,
        samples=2,
        validate=False,
        train_cfg=config.train_cfg,
        optim_wrapper=config.optim_wrapper,
        param_scheduler=config.param_scheduler,
        checkpoint=dict(interval=1000, save_last=False),
    )
    expected = [1e-4 - 1e-6 * max(0, epoch - 101) for epoch in range(1, 201)]
    assert expected[100] == 1e-4
    assert expected[199] == pytest.approx(1e-6, rel=1e-12)
    assert len(model.lrs) == 200
    for lrs, lr in zip(model.lrs, expected):
        assert lrs == pytest.approx([lr] * len(NETWORKS), rel=0, abs=1e-16)


def test_hooks_are_called_in_mmengines_order(tmp_path: Path) -> None:
    hook = CallRecorder()
    train(tmp_path, samples=4, custom_hooks=[hook])
    epoch = [
        'before_train_epoch',
        *['before_train_iter', 'after_train_iter'] * 2,
        'after_train_epoch',
        *['before_val', 'before_val_epoch', 'before_val_iter', 'after_val_iter'],
        *['after_val_epoch', 'after_val'],
    ]
    calls = [call for call in hook.calls if call != 'before_save_checkpoint']
    assert calls == ['before_run', 'before_train', *epoch, *epoch, 'after_train', 'after_run']


def test_each_iteration_knows_its_seed_and_number_and_draws_anew(tmp_path: Path) -> None:
    model, _ = train(tmp_path)
    assert [step[:3] for step in model.steps] == [(3, iteration, True) for iteration in range(8)]
    assert len({step[4] for step in model.steps}) == 8
    again, _ = train(tmp_path)
    assert again.steps == model.steps
    other, _ = train(tmp_path, randomness=dict(seed=4))
    assert not {step[4] for step in model.steps} & {step[4] for step in other.steps}


def test_each_epoch_sees_every_sample_once_in_an_order_of_its_own(tmp_path: Path) -> None:
    model, _ = train(tmp_path)
    orders = [[n for step in model.steps[k : k + 4] for n in step[3]] for k in (0, 4)]
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(8))
    assert orders[0] != orders[1]


def test_data_sets_inside_wrappers_are_told_seed_and_epoch(tmp_path: Path) -> None:
    parts = [ToyDataset(4), ToyDataset(4)]
    dataset = ConcatDataset([Subset(parts[0], range(4)), parts[1]])
    runner = build_runner(
        tmp_path,
        train_dataloader=dict(
            batch_size=2, dataset=dataset, sampler=dict(type='ResumableSampler', shuffle=True)
        ),
    )
    runner.train()
    subset, whole = runner.train_dataloader.dataset.datasets  # the Runner's copies
    for part in (subset.dataset, whole):
        assert part.seeds == [3]
        assert part.epochs == [0, 1]


@pytest.mark.parametrize(
    ('settings', 'expected'),
    [
        (dict(), [4, 8, 12, 16, 20]),
        (dict(val_interval=2, val_begin=3), [16, 20]),  # epoch 4, and the last
        (dict(val_interval=100), [20]),
        (dict(val_by_epoch=False, val_interval=6, val_begin=7), [12, 18, 20]),
        (dict(val_by_epoch=False, val_interval=5), [5, 10, 15, 20]),  # the last one only once
    ],
)
def test_validates_by_epochs_or_iterations_and_at_the_end(
    tmp_path: Path, settings: dict[str, Any], expected: list[int]
) -> None:
    model, metric = train(tmp_path, train_cfg=dict(max_epochs=5, **settings))
    assert metric.iterations == expected
    assert len(model.steps) == 20
    assert all(model.trains)  # also after a validation in the middle of an epoch


def test_runs_without_validation(tmp_path: Path) -> None:
    model, metric = train(tmp_path, validate=False)
    assert len(model.steps) == 8
    assert metric.iterations == []


@pytest.mark.parametrize('done', range(1, 9))
def test_resumed_run_does_just_what_is_left(tmp_path: Path, done: int) -> None:
    straight, _ = train(tmp_path / 'straight', checkpoint=BY_ITERATION)
    resumed, _ = train(
        tmp_path / 'resumed',
        checkpoint=BY_ITERATION,
        load_from=str(tmp_path / 'straight' / f'iter_{done}.pth'),
        resume=True,
        randomness=dict(seed=99),  # that of the checkpoint counts
    )
    assert resumed.steps == straight.steps[done:]
    if done < 8:
        last = [tmp_path / run / 'iter_8.pth' for run in ('straight', 'resumed')]
        assert_equal_weights(*last)


def test_resumed_data_set_is_told_the_seed_of_the_checkpoint(tmp_path: Path) -> None:
    train(tmp_path, checkpoint=BY_ITERATION)
    runner = build_runner(
        tmp_path,
        load_from=str(tmp_path / 'iter_6.pth'),
        resume=True,
        randomness=dict(seed=99),
    )
    runner.train()
    assert runner.train_dataloader.dataset.seeds == [3]
    assert runner.train_dataloader.dataset.epochs == [1]


@pytest.mark.parametrize(
    ('settings', 'resume_at', 'expected'),
    [
        (dict(), 'iter_3', [4, 8]),
        # These are written before the validation of their iteration, which is made up for.
        (dict(), 'iter_8', [8]),
        (dict(val_by_epoch=False, val_interval=2), 'iter_4', [4, 6, 8]),
        # These are written once more, or only, when that validation gave a new best.
        (dict(), 'iter_4', [8]),
        (dict(), 'best_score_iter_4', [8]),
        (dict(val_by_epoch=False, val_interval=2), 'iter_2', [4, 6, 8]),
        (dict(val_by_epoch=False, val_interval=2), 'best_score_iter_2', [4, 6, 8]),
    ],
)
def test_resumed_run_validates_what_was_not_validated_yet(
    tmp_path: Path, settings: dict[str, Any], resume_at: str, expected: list[int]
) -> None:
    checkpoint = dict(**BY_ITERATION, save_best='score', rule='greater')
    _, metric = train(tmp_path, train_cfg=settings, checkpoint=checkpoint)
    _, resumed = train(
        tmp_path,
        train_cfg=settings,
        checkpoint=checkpoint,
        load_from=str(tmp_path / f'{resume_at}.pth'),
        resume=True,
    )
    assert metric.iterations[-1] == 8
    assert resumed.iterations == expected


def test_run_resumed_between_epoch_and_validation_makes_up_for_it(tmp_path: Path) -> None:
    train(tmp_path)
    load_from = str(tmp_path / 'epoch_1.pth')
    model, metric = train(tmp_path, load_from=load_from, resume=True)
    assert metric.iterations == [4, 8]
    assert len(model.steps) == 4
    assert all(model.trains)


@pytest.mark.parametrize('value', [float('nan'), float('inf'), float('-inf')])
def test_loss_that_is_not_finite_stops_the_run(tmp_path: Path, value: float) -> None:
    model = ToyModel(bad_losses={6: dict(loss_generator=value)})
    hook = CallRecorder()
    with pytest.raises(NonFiniteLossError) as caught:
        train(tmp_path, model=model, custom_hooks=[hook], checkpoint=BY_ITERATION)
    message = str(caught.value)
    assert f'loss_generator became {value} at iteration 6 (epoch 2).' in message
    for index in model.steps[-1][3]:
        assert f'low/{index}.png, normal/{index}.png' in message
    assert 'loss_global_discriminator' not in message
    # No hook saw that iteration end, and the last checkpoint is the one before.
    assert hook.calls.count('before_train_iter') == hook.calls.count('after_train_iter') + 1 == 6
    assert sorted(path.name for path in tmp_path.glob('*.pth')) == [
        f'iter_{iteration}.pth' for iteration in range(1, 6)
    ]
    assert (tmp_path / 'last_checkpoint').read_text().endswith('iter_5.pth')


def test_run_goes_on_from_before_the_loss_that_was_not_finite(tmp_path: Path) -> None:
    model = ToyModel(bad_losses={6: dict(loss_generator=float('nan'))})
    with pytest.raises(NonFiniteLossError):
        train(tmp_path, model=model, checkpoint=BY_ITERATION)
    load_from = str(tmp_path / 'iter_5.pth')
    resumed, _ = train(tmp_path, load_from=load_from, resume=True)
    assert resumed.steps == train(tmp_path / 'straight')[0].steps[5:]


def test_all_losses_that_are_not_finite_are_named(tmp_path: Path) -> None:
    bad = dict(loss_generator=float('inf'), loss_local_discriminator=float('nan'))
    match = r'^loss_generator, loss_local_discriminator became inf, nan at iteration 1 \(epoch 1\)'
    with pytest.raises(NonFiniteLossError, match=match):
        train(tmp_path, model=ToyModel(bad_losses={1: bad}))


def test_generator_learns_from_every_third_batch_only(tmp_path: Path) -> None:
    model, _ = train(tmp_path, train_cfg=dict(discriminator_updates=3), checkpoint=BY_ITERATION)
    updates = [False, False, True, False, False, True, False, False]
    assert [step[2] for step in model.steps] == updates
    # It goes by the number of the iteration, so that a resume does not shift it.
    load_from = str(tmp_path / 'iter_4.pth')
    resumed, _ = train(
        tmp_path, train_cfg=dict(discriminator_updates=3), load_from=load_from, resume=True
    )
    assert [step[2] for step in resumed.steps] == updates[4:]


def test_generator_may_learn_from_the_first_of_every_three_batches(tmp_path: Path) -> None:
    config = dict(discriminator_updates=3, generator_first=True)
    model, _ = train(tmp_path, train_cfg=config)
    assert [step[2] for step in model.steps] == [k % 3 == 0 for k in range(8)]


class PhasedModel(ToyModel):
    """Tells the phase of each step."""

    def __init__(self) -> None:
        super().__init__()
        self.phases: list[int] = []

    def begin_phase(self, index: int) -> None:
        self.phase = index

    def train_step(self, *args: Any, **options: Any) -> dict[str, torch.Tensor]:
        self.phases.append(self.phase)
        return super().train_step(*args, **options)


@pytest.mark.parametrize('max_epochs', [None, 3, 5])
def test_phases_follow_from_the_epoch_also_after_a_resume(
    tmp_path: Path, max_epochs: int | None
) -> None:
    config = dict(phase_epochs=(1, 2, 1), max_epochs=max_epochs)
    expected = [0] * 4 + [1] * 8 + [2] * 4 * ((max_epochs or 4) - 3)
    model, _ = train(tmp_path, model=PhasedModel(), train_cfg=config, checkpoint=BY_ITERATION)
    assert model.phases == expected
    for done in (2, 4, 10, 12):
        load_from = str(tmp_path / f'iter_{done}.pth')
        resumed, _ = train(
            tmp_path, model=PhasedModel(), train_cfg=config, load_from=load_from, resume=True
        )
        assert resumed.phases == expected[done:]


def test_phase_of_no_epoch_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r'train_cfg\.phase_epochs\[1\]=0: it must be 1 or more'):
        train(tmp_path, train_cfg=dict(phase_epochs=(1, 0)))


def test_other_batches_change_the_discriminators_of_enlightengan_alone(tmp_path: Path) -> None:
    class Pictures(ToyDataset):
        def __getitem__(self, index: int) -> dict[str, Any]:
            names = ('low', 'normal', 'darkened')
            return dict(inputs=dict(zip(names, random_images(3, 3, 24, 24, seed=index))))

    class Watched(GANTrainLoop):
        def run_iter(self, idx: int, data_batch: Any) -> None:
            before = copy_state(self.runner.model)
            super().run_iter(idx, data_batch)
            after = self.runner.model.state_dict()
            changed.append(
                [
                    any(
                        not torch.equal(before[key], after[key])
                        for key, _ in network.named_parameters(prefix=name)
                    )
                    for name, network in self.runner.model.named_children()
                    if name in NETWORKS
                ]
            )

    changed: list[list[bool]] = []
    model = build_enlightengan(data_preprocessor=dict(type='EnhanceDataPreprocessor')).float()
    runner = build_runner(
        tmp_path,
        model=model,
        validate=False,
        train_dataloader=dict(
            batch_size=2, dataset=Pictures(12), sampler=dict(type='ResumableSampler')
        ),
    )
    runner._train_loop = Watched(
        runner, runner._train_dataloader, max_epochs=1, discriminator_updates=3
    )
    runner.train()
    assert changed == [[k % 3 == 2, True, True] for k in range(6)]


@pytest.mark.parametrize('number', [0, -1])
def test_no_updates_of_the_discriminators_is_refused(tmp_path: Path, number: int) -> None:
    with pytest.raises(ConfigError, match=rf'discriminator_updates={number}: it must be 1 or more'):
        train(tmp_path, train_cfg=dict(discriminator_updates=number))


@pytest.mark.parametrize(('done', 'samples'), [(3, 4), (5, 12)])  # too many, too few
def test_checkpoint_of_another_data_size_is_refused(
    tmp_path: Path, done: int, samples: int
) -> None:
    train(tmp_path, checkpoint=BY_ITERATION)
    match = rf'The checkpoint is at iteration {done} of epoch {1 + done // 4}, .* does not fit'
    with pytest.raises(ConfigError, match=match):
        train(tmp_path, samples=samples, load_from=str(tmp_path / f'iter_{done}.pth'), resume=True)


@pytest.mark.parametrize('size', [1, 4])
def test_checkpoint_of_another_batch_size_is_refused_with_the_way_to_go_on(
    tmp_path: Path, size: int
) -> None:
    train(tmp_path, checkpoint=BY_ITERATION)
    loader = dict(batch_size=size, dataset=ToyDataset(8), sampler=dict(type='ResumableSampler'))
    told = r'\(4 iterations an epoch\), or begin .* load_from=CHECKPOINT in place of resume'
    for name in ('iter_4', 'iter_5'):
        with pytest.raises(ConfigError, match=told):
            train(
                tmp_path,
                train_dataloader=loader,
                load_from=str(tmp_path / f'{name}.pth'),
                resume=True,
            )


def dataloader_of_default_sampler() -> dict[str, Any]:
    sampler = dict(type='DefaultSampler', shuffle=True)
    return dict(batch_size=2, dataset=ToyDataset(8), sampler=sampler)


def test_sampler_that_cannot_skip_is_refused_in_the_middle_of_an_epoch(tmp_path: Path) -> None:
    train(tmp_path, checkpoint=BY_ITERATION)
    match = f"{DefaultSampler.__name__} cannot resume .*\\.sampler.type='ResumableSampler'"
    with pytest.raises(ConfigError, match=match):
        train(
            tmp_path,
            train_dataloader=dataloader_of_default_sampler(),
            load_from=str(tmp_path / 'iter_3.pth'),
            resume=True,
        )


def test_sampler_that_cannot_skip_resumes_between_epochs(tmp_path: Path) -> None:
    straight, _ = train(tmp_path, train_dataloader=dataloader_of_default_sampler())
    resumed, _ = train(
        tmp_path,
        train_dataloader=dataloader_of_default_sampler(),
        load_from=str(tmp_path / 'epoch_1.pth'),
        resume=True,
    )
    assert resumed.steps == straight.steps[4:]
