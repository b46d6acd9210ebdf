"""Enhances a folder by many workers of a Ray cluster."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from mmenlighten.enhancing.comparisons import check_comparisons
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.sidecar_manifest import clean, prepare
from mmenlighten.enhancing.task import Outcome, Task
from mmenlighten.photos import MAX_PIXELS
from mmenlighten.utils.errors import UserError, error_reason
from mmenlighten.utils.option_names import option
from mmenlighten.version import __version__

from .bulk_worker import Answer, Build, BulkWorker
from .paced_steps import PacedSteps
from .ray_connection import connected
from .worker_plan import WorkerPlan, plan_workers

MOST_IN_GROUP = 64
MOST_GROUPS = 20_000
"""Ray keeps a little of each in the memory of the process that hands out the work."""

GROUPS_PER_WORKER = 8
"""At least, so that no worker waits long for the last one."""


@dataclass
class RayJob:
    """Enhances many photographs and videos into a folder, by many workers.

    Groups of photographs stream through a pool of workers that read, enhance and write by
    themselves. The group of a worker that dies is handed to another one, which skips what is done.
    A group that ends several workers is handed out again one by one, to find who is to blame.

    Args:
        build: Makes the model ready; files that it reads must have absolute names.
        options: How photographs are enhanced.
        out: The folder of all results, which all machines share.
        max_pixels: Photographs with more pixels are refused.
        device: Where workers compute: ``'auto'``, ``'cpu'``, ``'cuda'`` or ``'mps'``.
        address: Of the cluster; None for this machine alone.
        workers: How many; None for one for each GPU, or for each core if there is no GPU.
        cpus: Cores of each; None for what suits.
        retries: So many times a group is handed to another worker.
    """

    build: Build
    options: EnhanceOptions
    out: Path
    max_pixels: int = MAX_PIXELS
    device: str = 'auto'
    address: str | None = None
    workers: int | None = None
    cpus: int | None = None
    retries: int = 3

    def __post_init__(self) -> None:
        self.out = self.out.absolute()

    def run(
        self, tasks: Sequence[Task], progress: Callable[[float], None] | None = None
    ) -> Iterator[Outcome]:
        """Yields what became of each photograph, in the order in which they are done.

        Raises:
            UserError: Ray or the cluster is not there, or no worker can start; or as in
                :meth:`EnhanceJob.run`.
            OSError: The folder cannot be written.
        """
        if self.options.compare:
            check_comparisons(tasks, self.out)
        waiting = dict(enumerate(tasks))
        with connected(self.address) as ray:
            machines = [node['Resources'] for node in ray.nodes() if node['Alive']]
            plan = plan_workers(machines, self.workers, self.cpus, self.device)
            prepare(self.out)  # a folder without rights shows before the work
            try:
                for size in (_size_of_groups(len(tasks), plan), 1):
                    for index, status, message in self._answers(ray, plan, waiting, size):
                        yield Outcome(waiting.pop(index), status, message)
                        if progress is not None:
                            progress(len(tasks) - len(waiting))
                    if not waiting:
                        break
            finally:
                clean(self.out)
        for task in waiting.values():
            yield Outcome(
                task,
                'failed',
                f'{task.source} ended the workers that had it: enhance it alone, without '
                f'{option("engine", "ray")}, to see why.',
            )

    def _answers(
        self, ray: ModuleType, plan: WorkerPlan, waiting: Mapping[int, Task], size: int
    ) -> Iterator[Answer]:
        """What workers say of each photograph; nothing of those in groups that ended them."""
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        context.print_on_execution_start = False
        context.max_errored_blocks = -1  # the rest goes on
        if hasattr(context, 'custom_execution_callback_classes'):  # older versions have none
            context.custom_execution_callback_classes = [PacedSteps]
        numbered = [
            # Workers are in folders of their own.
            (index, Task(task.source.absolute(), task.name))
            for index, task in waiting.items()
        ]
        groups = [
            pickle.dumps(numbered[begin : begin + size]) for begin in range(0, len(numbered), size)
        ]
        del numbered
        pool = ray.data.ActorPoolStrategy(
            size=min(plan.count, len(groups)),
            # What waits in a worker that dies has failed with it: alone, nothing waits.
            max_tasks_in_flight_per_actor=1 if size == 1 else None,
        )
        settings = (self.build, self.options, self.out, self.max_pixels, plan, __version__)
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')  # of the next version, which setup.py excludes
            dataset = ray.data.from_items(groups, override_num_blocks=len(groups)).map_batches(
                BulkWorker,
                fn_constructor_args=settings,
                compute=pool,
                batch_size=1,
                batch_format='numpy',
                num_cpus=plan.cpus,
                num_gpus=plan.gpus,
                max_restarts=-1,
                max_task_retries=self.retries,
                scheduling_strategy='SPREAD',
            )
        del groups
        try:
            for batch in dataset.iter_batches(
                batch_size=None, batch_format='numpy', prefetch_batches=0
            ):
                for answers in batch['answers']:
                    yield from _checked(pickle.loads(answers))
        except (ray.exceptions.RayError, ConnectionError) as error:
            raise UserError(
                f'The Ray cluster failed ({error_reason(error).rstrip(".")}): type the same line '
                'again to go on where it ended.'
            ) from error


def _checked(answers: list[Answer] | str) -> list[Answer]:
    if isinstance(answers, str):
        raise UserError(answers)
    return answers


def _size_of_groups(count: int, plan: WorkerPlan) -> int:
    """Photographs that a worker is handed at once."""
    fair = min(MOST_IN_GROUP, count // (GROUPS_PER_WORKER * plan.count))
    return max(fair, count // MOST_GROUPS, 1)
