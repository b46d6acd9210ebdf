from __future__ import annotations

import pytest

from mmenlighten.enhancing.bulk.worker_plan import WorkerPlan, plan_workers
from mmenlighten.utils.errors import ConfigError

EIGHT_GPUS = dict(CPU=64.0, GPU=8.0)


@pytest.mark.parametrize(
    ('machines', 'options', 'plan'),
    [
        # One for each core, with a thread each.
        ([dict(CPU=2.0)], {}, WorkerPlan(2, 1, 0, 2)),
        ([dict(CPU=4.0), dict(CPU=2.0)], {}, WorkerPlan(6, 1, 0, 4)),
        # Fewer have more cores each, as far as all of them fit.
        ([dict(CPU=16.0)], dict(count=2), WorkerPlan(2, 8, 0, 2)),
        ([dict(CPU=3.0), dict(CPU=3.0)], dict(count=3), WorkerPlan(3, 1, 0, 3)),
        ([dict(CPU=16.0)], dict(cpus=4), WorkerPlan(4, 4, 0, 4)),
        ([dict(CPU=16.0)], dict(cpus=4, count=3), WorkerPlan(3, 4, 0, 3)),
        # One for each GPU, with some cores.
        ([EIGHT_GPUS, EIGHT_GPUS], {}, WorkerPlan(16, 4, 1, 8)),
        ([dict(CPU=4.0, GPU=2.0), dict(CPU=64.0)], {}, WorkerPlan(2, 2, 1, 2)),
        ([EIGHT_GPUS], dict(count=3, cpus=8), WorkerPlan(3, 8, 1, 3)),
        ([EIGHT_GPUS], dict(device='cpu'), WorkerPlan(64, 1, 0, 64)),
    ],
)
def test_workers_fill_the_cluster(
    machines: list[dict[str, float]], options: dict[str, int], plan: WorkerPlan
) -> None:
    assert plan_workers(machines, **options) == plan


@pytest.mark.parametrize(
    ('options', 'words'),
    [
        (dict(count=3), '3 workers with 1 CPUs each do not fit .* room for 2'),
        (dict(cpus=3), '1 workers with 3 CPUs each do not fit'),
        (dict(count=0), 'workers=0 is out of range'),
        (dict(cpus=-1), 'cpus_per_worker=-1 is out of range'),
        (dict(device='cuda'), 'the cluster has no GPU'),
        (dict(device='cuda:1'), 'use device=cuda'),
    ],
)
def test_what_the_cluster_does_not_have_is_refused(options: dict[str, int], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        plan_workers([dict(CPU=2.0)], **options)


def test_more_workers_than_gpus_are_refused() -> None:
    with pytest.raises(ConfigError, match='9 workers with 4 CPUs and a GPU each'):
        plan_workers([EIGHT_GPUS], count=9)
