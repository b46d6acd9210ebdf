"""Training by epochs that repeats exactly, also after a kill in the middle of one."""

from __future__ import annotations

import logging
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any, cast

import numpy as np
import torch
from mmengine.dist import get_rank
from mmengine.logging import print_log
from mmengine.optim import OptimWrapperDict
from mmengine.runner import EpochBasedTrainLoop, Runner
from torch.utils.data import DataLoader, Dataset

from mmenlighten.datasets.base_image_dataset import innermost_datasets
from mmenlighten.engine.hooks.deferred_runtime_info_hook import defer_losses, hook_intervals
from mmenlighten.engine.hooks.training_state_hook import keep_training_state
from mmenlighten.registry import LOOPS
from mmenlighten.utils.batches import check_batches
from mmenlighten.utils.checks import check_at_least
from mmenlighten.utils.distributed import broadcast_buffers, unwrap_model
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.option_names import config_option, option

from .pending_losses import PendingLosses


@LOOPS.register_module()
class GANTrainLoop(EpochBasedTrainLoop):
    """MMEngine's epoch-based loop, made exact and safe for adversarial training.

    * Everything random in an iteration is a function of (seed, epoch, index of the sample) or of
      (seed, iteration): a resumed run goes on as if it had never stopped, at the end of an epoch
      or in the middle of one, without reading the batches that are done.
    * Losses stay on the device until somebody needs them: the logger, a checkpoint, a validation.
    * A loss that is not finite stops the run before anything is logged or saved.
    * Validation may be counted in iterations instead of epochs.

    Args:
        runner: The runner.
        dataloader: Data loader or its config.
        max_epochs: Number of epochs; by default those of all phases together.
        val_begin: First epoch (iteration, if ``val_by_epoch`` is False) that may be validated.
        val_interval: Validates each this many epochs (iterations), and at the end.
        val_by_epoch: Whether ``val_begin`` and ``val_interval`` count epochs or iterations.
        discriminator_updates: Updates of the discriminators for one of the generator. Each takes
            a batch of its own; with n > 1 the generator learns from each n-th batch.
        generator_first: Whether that is the first, the (n + 1)-th batch and so on, instead of the
            n-th, the 2n-th.
        loss_interval: Iterations after which losses are read from the device at the latest; 1 for
            each, which tells where a loss stops being finite before another iteration is computed.
        phase_epochs: Epochs of each phase of a model that learns in phases; the last one lasts to
            the end. The model is told by ``begin_phase(index)`` before each epoch: the phase is a
            function of the epoch alone, so that a run resumes in the right one.

    Raises:
        ConfigError: ``max_epochs``, ``val_interval``, ``discriminator_updates``,
            ``loss_interval`` or one of ``phase_epochs`` is below 1, neither ``max_epochs`` nor
            ``phase_epochs`` is given, or the data loader gives no batch.
        DatasetError: The data set has no sample.
        NonFiniteLossError: While running, a loss is infinite or not a number.
    """

    def __init__(
        self,
        runner: Runner,
        dataloader: DataLoader | dict[str, Any],
        max_epochs: int | None = None,
        val_begin: int = 1,
        val_interval: int = 1,
        val_by_epoch: bool = True,
        discriminator_updates: int = 1,
        generator_first: bool = False,
        loss_interval: int = 50,
        phase_epochs: Sequence[int] = (),
    ) -> None:
        epochs = {f'phase_epochs[{index}]': number for index, number in enumerate(phase_epochs)}
        check_at_least(1, 'train_cfg.', **epochs)
        if max_epochs is None:
            max_epochs = sum(phase_epochs)
        super().__init__(runner, dataloader, max_epochs, val_begin, val_interval)
        check_batches(self.dataloader, 'train_dataloader')
        limits = dict(max_epochs=max_epochs, val_interval=val_interval)
        limits |= dict(discriminator_updates=discriminator_updates, loss_interval=loss_interval)
        check_at_least(1, 'train_cfg.', **limits)
        self.val_by_epoch = val_by_epoch
        self.discriminator_updates = discriminator_updates
        self.generator_first = generator_first
        self.loss_interval = loss_interval
        # The first epoch of each phase but the first one.
        self._phase_begins = list(accumulate(phase_epochs))[:-1]
        self._pending_losses = PendingLosses()
        keep_training_state(runner)  # before a checkpoint is read

    def run(self) -> torch.nn.Module:
        """Trains to the last epoch."""
        defer_losses(self.runner)
        # A resumed run has read its checkpoint by now: seed, epoch and iteration are those of it.
        self.runner.call_hook('before_train')
        self._seed_data()
        self._count_updates()
        if self._epoch >= self._max_epochs:
            print_log(
                f'{self._epoch} of {self._max_epochs} epochs are done already, and nothing is left '
                'to train: raise train_cfg.max_epochs to go on.',
                logger='current',
                level=logging.WARNING,
            )
        # A checkpoint is written before the validation that is due at the same iteration: a run
        # that was killed in between makes it up now.
        if self._iter > 0 and self._validation_is_due():
            self._validate()
        while self._epoch < self._max_epochs and not self.stop_training:
            self.run_epoch()
            if self.val_by_epoch and self._validation_is_due():
                self._validate()
        self.runner.call_hook('after_train')
        return self.runner.model

    def run_epoch(self) -> None:
        """Trains the rest of the present epoch: all of it, unless the run was resumed within."""
        _set_epoch(self.dataloader.dataset, self._epoch)
        self._begin_phase()
        self.runner.call_hook('before_train_epoch')  # shuffles the sampler for this epoch
        self.runner.model.train()
        # Above 0 only in the first epoch after a resume: MMEngine counts whole epochs.
        done = self._iter - self._epoch * len(self.dataloader)
        self._check_epoch_length(done)
        if done:
            self._skip_batches(done)
        for batch_index, data_batch in enumerate(self.dataloader, start=done):
            self.run_iter(batch_index, data_batch)
            if not self.val_by_epoch and self._validation_is_due():
                self._validate()
                self.runner.model.train()  # validation has switched to evaluation
            if self.stop_training and batch_index + 1 < len(self.dataloader):
                return
        self.runner.call_hook('after_train_epoch')
        self._epoch += 1

    def run_iter(self, idx: int, data_batch: Mapping[str, Any]) -> None:
        """Trains one batch.

        Raises:
            NonFiniteLossError: A loss of this iteration, or of one before whose losses had not been
                read, is infinite or not a number.
        """
        self.runner.call_hook('before_train_iter', batch_idx=idx, data_batch=data_batch)
        self._begin_iteration()
        losses = self.runner.model.train_step(data_batch, optim_wrapper=self.runner.optim_wrapper)
        self._pending_losses.add(self._iter, self._epoch, losses, data_batch)
        # Before the hooks: the logger reads the message hub, and a checkpoint must not be written
        # of weights behind a loss that is not finite.
        if self._losses_are_due(idx):
            self.read_losses()
        self.runner.call_hook(
            'after_train_iter', batch_idx=idx, data_batch=data_batch, outputs=losses
        )
        self._iter += 1

    def read_losses(self) -> None:
        """Hands the losses of all iterations so far to the log.

        Raises:
            NonFiniteLossError: One of them is infinite or not a number.
        """
        for losses in self._pending_losses.read():
            for name, loss in losses.items():
                self.runner.message_hub.update_scalar(f'train/{name}', loss)

    def _begin_phase(self) -> None:
        model = cast(Any, unwrap_model(self.runner.model))
        if hasattr(model, 'begin_phase'):
            model.begin_phase(bisect_right(self._phase_begins, self._epoch))

    def _begin_iteration(self) -> None:
        # Dropout and the like repeat after a resume without any state in the checkpoint. Seeds that
        # follow each other are made independent by SeedSequence; each process has its own.
        entropy = np.random.SeedSequence((self.runner.seed, self._iter, get_rank()))
        torch.manual_seed(int(entropy.generate_state(1)[0]))
        model = cast(Any, unwrap_model(self.runner.model))
        if hasattr(model, 'begin_iteration'):
            begun = self._generator_updates(self._iter + 1) > self._generator_updates(self._iter)
            model.begin_iteration(self.runner.seed, self._iter, update_generator=begun)

    def _generator_updates(self, iterations: int) -> int:
        """In how many of the first iterations of a run the generator learns."""
        n = self.discriminator_updates
        return -(-iterations // n) if self.generator_first else iterations // n

    def _losses_are_due(self, batch_index: int) -> bool:
        if len(self._pending_losses) >= self.loss_interval:
            return True
        if batch_index + 1 == len(self.dataloader):
            return True
        counts = batch_index + 1, self._iter + 1  # hooks count within the epoch, or from the start
        return any(
            count % interval == 0 for interval in hook_intervals(self.runner) for count in counts
        )

    def _validation_is_due(self) -> bool:
        if self.runner.val_loop is None:
            return False
        if self.runner.message_hub.get_info('iter_of_validation') == self._iter:
            return False  # done already, by this run or by the one that it resumes
        finished = self._iter == self._max_iters
        if self.val_by_epoch:
            if self._iter != self._epoch * len(self.dataloader):
                return False
            count = self._epoch
        else:
            count = self._iter
        return finished or (count >= self.val_begin and count % self.val_interval == 0)

    def _validate(self) -> None:
        self.read_losses()
        # Recorded first, so that a checkpoint of a new best says that this validation is done.
        self.runner.message_hub.update_info('iter_of_validation', self._iter)
        # Running means of batch norms differ between processes; all validate those of the first.
        broadcast_buffers(unwrap_model(self.runner.model))
        self.runner.val_loop.run()

    def _seed_data(self) -> None:
        # A resumed run takes the seed of its checkpoint, after the data loader was built.
        sampler = self.dataloader.sampler
        if hasattr(sampler, 'seed'):
            sampler.seed = self.runner.seed
        for dataset in innermost_datasets(self.dataloader.dataset):
            if hasattr(dataset, 'set_seed'):
                dataset.set_seed(self.runner.seed)

    def _count_updates(self) -> None:
        # Lets gradient accumulation flush its last, incomplete sum; MMEngine's OptimWrapperDict
        # does not pass this on to its members.
        if not isinstance(self.runner.optim_wrapper, OptimWrapperDict):
            return
        model = unwrap_model(self.runner.model)
        # Generators learn in some of the iterations, and their wrappers count those alone.
        generators = getattr(model, 'GENERATORS', ('generator',))
        for name, wrapper in self.runner.optim_wrapper.items():
            done, last = self._iter, self._max_iters
            if name in generators:
                done, last = self._generator_updates(done), self._generator_updates(last)
            network = cast(Any, getattr(model, name, self.runner.model))
            wrapper.initialize_count_status(network, done, last)

    def _check_epoch_length(self, done: int) -> None:
        trained_with = self.runner.message_hub.get_info('iters_per_epoch', len(self.dataloader))
        if trained_with != len(self.dataloader) or not 0 <= done <= len(self.dataloader):
            raise ConfigError(
                f'The checkpoint is at iteration {self._iter} of epoch {self._epoch + 1}, which '
                f'does not fit {len(self.dataloader)} iterations an epoch: resume with the data '
                'set, batch size and number of processes that it was trained with '
                f'({trained_with} iterations an epoch), or begin a new run with its weights, by '
                f'{config_option("load_from=CHECKPOINT")} in place of {option("resume")}.'
            )
        self.runner.message_hub.update_info('iters_per_epoch', len(self.dataloader))

    def _skip_batches(self, number: int) -> None:
        sampler = self.dataloader.sampler
        if not hasattr(sampler, 'skip'):
            raise ConfigError(
                f'{type(sampler).__name__} cannot resume in the middle of an epoch: set '
                "train_dataloader.sampler.type='ResumableSampler'."
            )
        # In samples of this process, of which batches are made.
        sampler.skip(number * self.dataloader.batch_size)
        print_log(f'Resumes after {number} batches of epoch {self._epoch + 1}.', logger='current')


def _set_epoch(dataset: Dataset, epoch: int) -> None:
    for inner in innermost_datasets(dataset):
        if hasattr(inner, 'set_epoch'):
            inner.set_epoch(epoch)
