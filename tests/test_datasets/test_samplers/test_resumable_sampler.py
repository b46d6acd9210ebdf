from __future__ import annotations

from itertools import chain

import pytest
from torch.utils.data import DataLoader

from mmenlighten.datasets import ResumableSampler
from mmenlighten.registry import DATA_SAMPLERS


def sampler(
    size: int = 24, rank: int = 0, processes: int = 1, shuffle: bool = True, epoch: int = 0
) -> ResumableSampler:
    result = ResumableSampler(range(size), shuffle=shuffle, seed=3)
    result.rank, result.world_size = rank, processes
    result.num_samples = -(-size // processes)
    result.total_size = result.num_samples * processes
    result.set_epoch(epoch)
    return result


def batches(indices: list[int], size: int) -> list[list[int]]:
    return [indices[start : start + size] for start in range(0, len(indices), size)]


def test_is_registered() -> None:
    assert DATA_SAMPLERS.get('ResumableSampler') is ResumableSampler


def test_order_is_a_permutation_that_depends_on_the_epoch_and_repeats() -> None:
    orders = [list(sampler(epoch=epoch)) for epoch in (0, 1, 0)]
    assert all(sorted(order) == list(range(24)) for order in orders)
    assert orders[0] == orders[2] != orders[1]
    assert list(sampler(shuffle=False)) == list(range(24))


@pytest.mark.parametrize('processes', [2, 3, 4])
@pytest.mark.parametrize('shuffle', [True, False])
def test_processes_see_together_step_by_step_what_one_sees(processes: int, shuffle: bool) -> None:
    share = 2
    one = batches(list(sampler(shuffle=shuffle, epoch=5)), share * processes)
    each = [
        batches(list(sampler(rank=rank, processes=processes, shuffle=shuffle, epoch=5)), share)
        for rank in range(processes)
    ]
    together = [sorted(chain(*parts)) for parts in zip(*each)]
    assert together == [sorted(step) for step in one]


def test_uneven_rest_is_filled_with_the_first_samples() -> None:
    shares = [list(sampler(size=7, rank=rank, processes=3)) for rank in range(3)]
    order = list(sampler(size=7))
    assert [len(share) for share in shares] == [3, 3, 3]
    assert [index for step in zip(*shares) for index in step] == order + order[:2]


@pytest.mark.parametrize('processes', [1, 2])
def test_skip_leaves_out_the_first_samples_of_this_process(processes: int) -> None:
    for rank in range(processes):
        whole = list(sampler(rank=rank, processes=processes, epoch=2))
        resumed = sampler(rank=rank, processes=processes, epoch=2)
        resumed.skip(5)
        assert list(resumed) == whole[5:]


def test_skip_works_only_once() -> None:
    resumed = sampler(epoch=1)
    resumed.skip(20)
    assert len(list(resumed)) == 4
    assert list(resumed) == list(sampler(epoch=1))


def test_iterator_that_is_never_used_does_not_take_the_skip_away() -> None:
    resumed = sampler()
    resumed.skip(20)
    iter(resumed)
    assert len(list(resumed)) == 4


@pytest.mark.parametrize(('number', 'left'), [(0, 24), (24, 0), (30, 0)])
def test_nothing_or_everything_may_be_skipped(number: int, left: int) -> None:
    resumed = sampler()
    resumed.skip(number)
    assert len(list(resumed)) == left


def test_negative_skip_is_refused() -> None:
    with pytest.raises(ValueError, match='num_samples=-1'):
        sampler().skip(-1)


@pytest.mark.parametrize('workers', [0, 1])
def test_data_loader_leaves_out_whole_batches_and_has_them_in_the_next_epoch(workers: int) -> None:
    resumed = sampler(size=12)
    loader = DataLoader(
        range(12),
        batch_size=4,
        sampler=resumed,
        num_workers=workers,
        persistent_workers=workers > 0,
        collate_fn=list,
    )
    resumed.skip(8)
    assert list(loader) == batches(list(sampler(size=12)), 4)[2:]
    resumed.set_epoch(1)
    assert list(loader) == batches(list(sampler(size=12, epoch=1)), 4)
