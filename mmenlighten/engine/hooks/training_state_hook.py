"""Keeps what a resumed run needs besides weights, in each process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmengine.dist import all_gather_object, get_rank, get_world_size
from mmengine.hooks import CheckpointHook, Hook
from mmengine.runner import Runner

from mmenlighten.models.enhancers.trained_enhancer import TrainedEnhancer
from mmenlighten.registry import HOOKS
from mmenlighten.utils.distributed import unwrap_model
from mmenlighten.utils.errors import CheckpointError
from mmenlighten.utils.option_names import config_option, option

KEY = 'training_state'
"""Where a checkpoint has the states, a list with one of each process."""


@HOOKS.register_module()
class TrainingStateHook(Hook):
    """Writes the ``training_state()`` of a model into checkpoints, and reads it back on a resume.

    Such as pools of earlier images: as buffers of the model they would be in the files that people
    enhance with, and distributed training would give all processes those of the first.
    :class:`~mmenlighten.engine.loops.GANTrainLoop` adds this hook to a run whose model has such a
    state.
    """

    priority = 'LOW'  # before CheckpointHook

    def __init__(self) -> None:
        self._states: list[Any] = []

    def after_train_iter(self, runner: Runner, *_: Any, **__: Any) -> None:
        """Collects the states of all processes where a checkpoint will be written now."""
        checkpoints = [hook for hook in runner.hooks if isinstance(hook, CheckpointHook)]
        for hook in checkpoints:
            is_due = self.every_n_train_iters(runner, hook.interval) or self.is_last_train_iter(
                runner
            )
            if not hook.by_epoch and is_due:
                self._collect(runner)

    def after_train_epoch(self, runner: Runner) -> None:
        """Collects the states of all processes."""
        self._collect(runner)

    def after_val_epoch(self, runner: Runner, metrics: dict[str, float] | None = None) -> None:
        """Collects the states of all processes, for a checkpoint of a new best."""
        self._collect(runner)

    def before_time_limit(self, runner: Runner) -> None:
        """Collects the states of all processes; :class:`TimeLimitHook` calls it."""
        self._collect(runner)

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict[str, Any]) -> None:
        """Adds the states; the first process alone comes here."""
        alone = get_world_size() == 1
        checkpoint[KEY] = [_enhancer(runner).training_state()] if alone else self._states

    def after_load_checkpoint(self, runner: Runner, checkpoint: Mapping[str, Any]) -> None:
        """Goes on from the state of this process.

        Raises:
            CheckpointError: A run that is resumed had another number of processes, or no state.
        """
        if not runner._resume:  # a new run begins with weights alone
            return
        states = checkpoint.get(KEY, [])
        if len(states) != get_world_size():
            raise CheckpointError(
                f'The checkpoint holds the training state of {len(states)} processes, and this run '
                f'has {get_world_size()}: resume with as many, or begin a new run with its '
                f'weights, by {config_option("load_from=CHECKPOINT")} in place of '
                f'{option("resume")}.'
            )
        _enhancer(runner).load_training_state(states[get_rank()])

    def _collect(self, runner: Runner) -> None:
        if (world_size := get_world_size()) > 1:
            self._states = [None] * world_size
            all_gather_object(self._states, _enhancer(runner).training_state())


def keep_training_state(runner: Runner) -> None:
    """Has the training state of the model saved and resumed, where it has one."""
    model = unwrap_model(runner.model)
    has_hook = any(isinstance(hook, TrainingStateHook) for hook in runner.hooks)
    if isinstance(model, TrainedEnhancer) and model.training_state() and not has_hook:
        runner.register_hook(TrainingStateHook())


def _enhancer(runner: Runner) -> TrainedEnhancer:
    model = unwrap_model(runner.model)
    assert isinstance(model, TrainedEnhancer)
    return model
