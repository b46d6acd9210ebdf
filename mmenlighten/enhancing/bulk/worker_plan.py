"""How many workers there are, and what each of them may take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.option_names import option

MOST_CPUS = 4
"""Beside a GPU a worker keeps few cores busy: one thread reads, one computes, one writes."""


@dataclass(frozen=True)
class WorkerPlan:
    """How many workers there are, and what each of them may take.

    Args:
        count: Workers in all.
        cpus: Cores of each, which is also its number of threads.
        gpus: GPUs of each.
        per_machine: The most that can be on one machine, which share its memory.
    """

    count: int
    cpus: int
    gpus: int
    per_machine: int


def check_counts(count: int | None, cpus: int | None) -> None:
    """Refuses numbers that no cluster can have, before one is started.

    Raises:
        ConfigError: One is less than 1.
    """
    for name, value in (('workers', count), ('cpus_per_worker', cpus)):
        if value is not None and value < 1:
            raise ConfigError(f'{option(name, value)} is out of range: use 1 or more.')


def plan_workers(
    machines: Sequence[Mapping[str, float]],
    count: int | None = None,
    cpus: int | None = None,
    device: str = 'auto',
) -> WorkerPlan:
    """One worker for each GPU; without GPUs, one for each core.

    Args:
        machines: What each machine of the cluster has, in Ray's words: ``'CPU'`` and ``'GPU'``.
        count: Workers in all, if the user chose them.
        cpus: Cores of each, if the user chose them.
        device: As in :class:`ModelChoice`.

    Raises:
        ConfigError: The cluster does not have that much.
    """
    if device.startswith('cuda:'):
        raise ConfigError(
            f'{option("device", device)} is one GPU, and each worker gets one of its own: use '
            f'{option("device", "cuda")}.'
        )
    check_counts(count, cpus)
    cores = [int(machine.get('CPU', 0)) for machine in machines]
    cards = [int(machine.get('GPU', 0)) for machine in machines]
    has_gpus = device in ('auto', 'cuda') and any(cards)
    if device == 'cuda' and not has_gpus:
        raise ConfigError(
            f'{option("device", "cuda")}: the cluster has no GPU; use {option("device", "cpu")} or '
            'auto.'
        )
    if has_gpus:
        shares = [core // card for core, card in zip(cores, cards) if card]
        cpus = cpus or max(min(MOST_CPUS, *shares), 1)
        places = [min(card, core // cpus) for core, card in zip(cores, cards)]
    else:
        cpus = cpus or _most_cpus(cores, count or sum(cores))
        places = [core // cpus for core in cores]
    most = sum(places)
    if not most or (count or most) > most:
        raise ConfigError(
            f'{count or 1} workers with {cpus} CPUs{" and a GPU" if has_gpus else ""} each do not '
            f'fit into the cluster, which has room for {most}: give smaller {option("workers")} '
            f'or {option("cpus_per_worker")}, or add machines.'
        )
    count = count or most
    return WorkerPlan(count, cpus, int(has_gpus), min(count, max(places)))


def _most_cpus(cores: Sequence[int], count: int) -> int:
    """The most cores that each of so many workers can have."""
    fitting = [
        cpus
        for cpus in range(1, max(cores, default=1) + 1)
        if sum(core // cpus for core in cores) >= count
    ]
    return max(fitting, default=1)
