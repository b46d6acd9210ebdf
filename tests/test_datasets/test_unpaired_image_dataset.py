from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmenlighten.datasets import UnpairedImageDataset
from mmenlighten.utils.errors import ConfigError

from .pictures import load_epoch, names, write_unpaired

# Exceeded by chance once in ten thousand, by degrees of freedom.
CHI_SQUARE_LIMITS = {4: 23.5, 6: 27.9}


def unpaired(root: Path, low: int, normal: int, **options: Any) -> UnpairedImageDataset:
    return UnpairedImageDataset(write_unpaired(root, low, normal), **options)


def partners(dataset: UnpairedImageDataset, epochs: int) -> list[tuple[str, ...]]:
    drawn = []
    for epoch in range(epochs):
        dataset.set_epoch(epoch)
        drawn.append(tuple(names(dataset[index])[1] for index in range(len(dataset))))
    return drawn


def chi_square(draws: list[str], choices: int) -> float:
    counts = np.bincount([int(name) for name in draws], minlength=choices)
    assert len(counts) == choices
    expected = len(draws) / choices
    return float(((counts - expected) ** 2 / expected).sum())


@pytest.mark.parametrize(('low', 'normal'), [(2, 5), (5, 2), (1, 1), (3, 3)])
def test_partner_by_index_is_that_of_the_official_code(
    tmp_path: Path, low: int, normal: int
) -> None:
    dataset = unpaired(tmp_path, low, normal, partner='index')
    expected = [(str(k % low), str(k % normal)) for k in range(max(low, normal))]
    assert [names(sample) for sample in dataset] == expected
    dataset.set_epoch(1)
    assert [names(sample) for sample in dataset] == expected


@pytest.mark.parametrize(('low', 'normal'), [(7, 5), (3, 7)])
def test_random_partner_is_uniform_over_the_normal_light_pictures(
    tmp_path: Path, low: int, normal: int
) -> None:
    dataset = unpaired(tmp_path, low, normal)
    draws = [name for epoch in partners(dataset, 300) for name in epoch]
    assert chi_square(draws, normal) < CHI_SQUARE_LIMITS[normal - 1]


def test_random_partner_of_one_sample_is_uniform_over_epochs_and_over_seeds(tmp_path: Path) -> None:
    dataset = unpaired(tmp_path, 1, 5)
    over_epochs, over_seeds = [], []
    for number in range(1000):
        dataset.set_epoch(number)
        over_epochs.append(names(dataset[2])[1])
    dataset.set_epoch(0)
    for number in range(1000):
        dataset.set_seed(number)
        over_seeds.append(names(dataset[2])[1])
    assert chi_square(over_epochs, 5) < CHI_SQUARE_LIMITS[4]
    assert chi_square(over_seeds, 5) < CHI_SQUARE_LIMITS[4]


def test_random_partner_changes_with_epoch_and_seed_and_repeats(tmp_path: Path) -> None:
    dataset = unpaired(tmp_path, 8, 8)
    first = partners(dataset, 3)
    assert len(set(first)) == 3
    assert partners(dataset, 3) == first
    dataset.set_seed(1)
    assert set(partners(dataset, 3)).isdisjoint(first)


def test_each_low_light_picture_comes_once_in_an_epoch_whatever_its_partner(tmp_path: Path) -> None:
    dataset = unpaired(tmp_path, 6, 2)
    assert [names(sample)[0] for sample in dataset] == list('012345')


def test_partner_is_the_same_with_and_without_workers(tmp_path: Path) -> None:
    dataset = unpaired(tmp_path, 9, 9)
    dataset.set_seed(4)
    dataset.set_epoch(2)
    assert load_epoch(dataset, 2, names) == load_epoch(dataset, 0, names)


def test_subset_draws_its_partners_from_its_own_pictures_uniformly(tmp_path: Path) -> None:
    dataset = unpaired(tmp_path, 12, 5).get_subset([0, 5, 2, 7, 4])
    draws = [name for epoch in partners(dataset, 200) for name in epoch]
    assert set(draws) == {'0', '2', '4'}
    counts = np.array([draws.count(name) for name in '024'])
    assert ((counts - 1000 / 3) ** 2 / (1000 / 3)).sum() < 18.4


def test_repeat_lengthens_an_epoch_with_other_partners_each_time(tmp_path: Path) -> None:
    dataset = unpaired(tmp_path, 8, 8, repeat=3)
    assert len(dataset) == 24
    assert [names(sample)[0] for sample in dataset] == list('01234567') * 3
    (drawn,) = partners(dataset, 1)
    assert len({drawn[:8], drawn[8:16], drawn[16:]}) == 3


def test_unknown_way_to_choose_a_partner_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"partner='best'.*random, index"):
        UnpairedImageDataset(tmp_path, partner='best')


def test_repeat_below_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match='repeat=0'):
        UnpairedImageDataset(tmp_path, repeat=0)
