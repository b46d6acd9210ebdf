from __future__ import annotations

import copy
import gc
import os
import pickle
import random
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
import torch
from mmengine.registry import DefaultScope

from mmenlighten.datasets import BaseImageDataset, ImageFolderDataset, UnpairedImageDataset
from mmenlighten.registry import DATASETS
from mmenlighten.utils.errors import ConfigError, DatasetError, ImageReadError

from .pictures import (
    LOAD_PIPELINE,
    TRAIN_PIPELINE,
    fingerprint,
    load_epoch,
    make_loader,
    names,
    picture,
    write_pictures,
    write_unpaired,
)

Messages = Callable[[], list[str]]


@pytest.fixture
def dataset(tmp_path: Path) -> UnpairedImageDataset:
    return UnpairedImageDataset(write_unpaired(tmp_path, 6, 5), pipeline=TRAIN_PIPELINE)


def epochs_of(loader: Any, dataset: BaseImageDataset, number: int) -> list[list[Any]]:
    epochs = []
    for epoch in range(number):
        dataset.set_epoch(epoch)
        epochs.append([fingerprint(sample) for batch in loader for sample in batch])
    return epochs


def folder_dataset(root: Path, **options: Any) -> ImageFolderDataset:
    return ImageFolderDataset(
        root, pipeline=[dict(type='LoadEnhanceImages', keys=['low'])], **options
    )


# Folders


def test_nested_folders_names_of_any_script_and_all_formats_are_taken(tmp_path: Path) -> None:
    low = ['a.jpg', 'b c/d.png', '夜/景.bmp', 'Größe/é.tif', 'x/y/z/🌃.webp', 'upper.JPG']
    write_pictures(tmp_path / 'Nacht', low)
    write_pictures(tmp_path / 'elsewhere' / 'Tag', ['q.png'])
    dataset = UnpairedImageDataset(
        tmp_path,
        data_prefix=dict(low='Nacht', normal=str(tmp_path / 'elsewhere' / 'Tag')),
        pipeline=LOAD_PIPELINE,
    )
    found = [os.path.relpath(sample['low_path'], tmp_path / 'Nacht') for sample in dataset]
    assert found == sorted(low)
    assert all(sample['low'].shape == (16, 20, 3) for sample in dataset)


def test_home_folder_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('HOME', str(tmp_path))
    write_unpaired(tmp_path / 'photos', 1, 1)
    assert len(UnpairedImageDataset('~/photos')) == 1
    assert len(UnpairedImageDataset('', dict(low='~/photos/low', normal='~/photos/normal'))) == 1


def test_missing_folder_is_named_with_a_remedy(tmp_path: Path) -> None:
    write_unpaired(tmp_path, 1, 1)
    pattern = r'The folder .*/day \(normal\) does not exist: .*data_prefix\.normal\.$'
    with pytest.raises(DatasetError, match=pattern):
        UnpairedImageDataset(tmp_path, dict(low='low', normal='day'))


def test_folder_without_a_picture_is_named_with_a_remedy(tmp_path: Path) -> None:
    write_unpaired(tmp_path, 1, 1)
    (tmp_path / 'empty' / 'sub').mkdir(parents=True)
    (tmp_path / 'empty' / 'notes.txt').touch()
    pattern = r'The folder .*/empty \(low\) has no picture \(\.jpg .*\): .*data_prefix\.low\.$'
    with pytest.raises(DatasetError, match=pattern):
        UnpairedImageDataset(tmp_path, dict(low='empty', normal='normal'))


def test_prefix_without_a_needed_folder_is_refused(tmp_path: Path) -> None:
    pattern = r'UnpairedImageDataset needs data_prefix\.normal.*given: low, high\.'
    with pytest.raises(ConfigError, match=pattern):
        UnpairedImageDataset(tmp_path, dict(low='low', high='high'))
    with pytest.raises(ConfigError, match=r'needs data_prefix\.low.*given: none\.'):
        ImageFolderDataset(tmp_path, {})


def test_lazy_data_set_looks_into_its_folders_when_first_needed(tmp_path: Path) -> None:
    dataset = UnpairedImageDataset(tmp_path, lazy_init=True, pipeline=LOAD_PIPELINE)
    write_unpaired(tmp_path, 2, 3)
    assert names(dataset[0])[0] == '0'
    assert len(dataset) == 3


@pytest.mark.parametrize('serialize_data', [True, False])
@pytest.mark.parametrize(
    ('indices', 'expected'), [(2, ['0', '1']), (-2, ['3', '4']), ([3, 0], ['3', '0'])]
)
def test_indices_choose_samples(
    tmp_path: Path, indices: Any, expected: list[str], serialize_data: bool
) -> None:
    write_pictures(tmp_path, [f'{k}.png' for k in range(5)])
    options = dict(serialize_data=serialize_data)
    assert [names(s)[0] for s in folder_dataset(tmp_path, indices=indices, **options)] == expected
    whole = folder_dataset(tmp_path, **options)
    assert [names(sample)[0] for sample in whole.get_subset(indices)] == expected
    assert len(whole) == 5
    whole.get_subset_(indices)
    assert [names(sample)[0] for sample in whole] == expected


def test_subset_has_a_seed_and_an_epoch_of_its_own(dataset: UnpairedImageDataset) -> None:
    dataset.set_epoch(1)
    first, second = dataset.get_subset(3), dataset.get_subset(3)
    first.set_seed(7)
    first.set_epoch(8)
    assert [(d.seed, d.epoch) for d in (dataset, first, second)] == [(0, 1), (7, 8), (0, 1)]


def test_index_counts_from_the_end_if_negative_and_is_checked(
    dataset: UnpairedImageDataset,
) -> None:
    assert fingerprint(dataset[-1]) == fingerprint(dataset[len(dataset) - 1])
    for index in (6, -7):
        with pytest.raises(IndexError, match=f'Sample {index} of 6'):
            dataset[index]


@pytest.mark.parametrize('scope', ['mmenlighten', 'mmengine', None])
def test_pipeline_is_built_in_any_default_scope(tmp_path: Path, scope: str | None) -> None:
    write_unpaired(tmp_path, 2, 2)
    expected = fingerprint(UnpairedImageDataset(tmp_path, pipeline=TRAIN_PIPELINE)[0])
    with DefaultScope.overwrite_default_scope(scope):
        dataset = UnpairedImageDataset(tmp_path, pipeline=TRAIN_PIPELINE)
        assert fingerprint(dataset[0]) == expected


def test_registry_builds_a_data_set_by_its_name(tmp_path: Path) -> None:
    config = dict(type='UnpairedImageDataset', data_root=write_unpaired(tmp_path, 2, 3))
    with DefaultScope.overwrite_default_scope('mmenlighten'):
        assert len(DATASETS.build(config)) == 3


def test_pipeline_takes_functions(tmp_path: Path) -> None:
    write_pictures(tmp_path, ['a.png'])
    dataset = ImageFolderDataset(tmp_path, pipeline=[lambda results: results['sample_idx'] + 41])
    assert dataset[0] == 41


# Randomness


def test_sample_is_a_function_of_seed_epoch_and_index(dataset: UnpairedImageDataset) -> None:
    first = fingerprint(dataset[3])
    for seed, epoch, index in [(1, 0, 3), (0, 1, 3), (0, 0, 2)]:
        dataset.set_seed(seed)
        dataset.set_epoch(epoch)
        assert fingerprint(dataset[index]) != first
    dataset.set_seed(0)
    dataset.set_epoch(0)
    assert fingerprint(dataset[3]) == first


def test_order_of_access_and_global_generators_do_not_matter(dataset: UnpairedImageDataset) -> None:
    forward = [fingerprint(dataset[k]) for k in range(6)]
    backward = []
    for k in reversed(range(6)):
        random.seed(k)
        np.random.seed(k)
        torch.manual_seed(k)
        backward.append(fingerprint(dataset[k]))
    assert backward[::-1] == forward


def test_global_generators_are_left_untouched(dataset: UnpairedImageDataset) -> None:
    before = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()
    dataset[0]
    after = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()
    assert after == before


def test_workers_give_the_same_samples_as_none_in_each_epoch(dataset: UnpairedImageDataset) -> None:
    dataset.set_seed(5)
    expected = epochs_of(make_loader(dataset, 0), dataset, 2)
    assert expected[0] != expected[1]
    assert epochs_of(make_loader(dataset, 2), dataset, 2) == expected


def test_persistent_workers_follow_the_epoch_and_the_seed(dataset: UnpairedImageDataset) -> None:
    loader = make_loader(dataset, 2, persistent=True)
    for seed in (0, 9):
        dataset.set_seed(seed)
        assert epochs_of(loader, dataset, 3) == epochs_of(make_loader(dataset, 0), dataset, 3)


def test_copy_and_pickle_give_the_same_samples(dataset: UnpairedImageDataset) -> None:
    dataset.set_seed(3)
    for other in (copy.deepcopy(dataset), pickle.loads(pickle.dumps(dataset))):
        assert fingerprint(other[2]) == fingerprint(dataset[2])


# Memory


def test_memory_does_not_grow_over_epochs_and_no_picture_is_kept(tmp_path: Path) -> None:
    side, number = 160, 4
    one_picture = picture(side, side).nbytes
    for kind in ('low', 'normal'):
        files = [f'{k}.png' for k in range(number)]
        write_pictures(tmp_path / kind, files, height=side, width=side)
    dataset = UnpairedImageDataset(tmp_path, pipeline=TRAIN_PIPELINE)

    def run_epoch(epoch: int) -> None:
        dataset.set_epoch(epoch)
        for index in range(len(dataset)):
            dataset[index]

    def traced() -> int:
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    run_epoch(0)
    pickled = len(pickle.dumps(dataset))
    tracemalloc.start()
    run_epoch(1)
    before = traced()
    for epoch in range(2, 6):
        run_epoch(epoch)
    growth = traced() - before
    tracemalloc.stop()
    assert growth < one_picture
    assert len(pickle.dumps(dataset)) < pickled + one_picture


def test_changed_file_is_read_anew(tmp_path: Path) -> None:
    write_pictures(tmp_path, ['a.png'])
    dataset = folder_dataset(tmp_path)
    assert np.array_equal(dataset[0]['low'], picture(seed=0))
    write_pictures(tmp_path, ['b.png', 'a.png'])
    assert np.array_equal(dataset[0]['low'], picture(seed=1))


# Unreadable pictures


def test_unreadable_picture_is_skipped_with_one_warning(tmp_path: Path, messages: Messages) -> None:
    write_unpaired(tmp_path, 4, 4)
    (tmp_path / 'low' / '1.png').write_bytes(b'no picture')
    dataset = UnpairedImageDataset(tmp_path, pipeline=LOAD_PIPELINE)
    for _ in range(3):
        assert [names(sample)[0] for sample in dataset] == ['0', '2', '2', '3']
    assert dataset.num_unreadable == 1
    assert len(messages()) == 1
    assert messages()[0].startswith('30 ')
    assert f'{tmp_path / "low" / "1.png"} cannot be read: it is a text' in messages()[0]
    assert messages()[0].endswith('Training goes on without it.')


@pytest.mark.parametrize(
    ('dtype', 'told'),
    [('int16', 'no known range'), ('float32', 'no known range'), ('uint32', '32 bits')],
)
def test_picture_of_numbers_without_a_range_is_skipped_with_one_warning_that_says_so(
    tmp_path: Path, messages: Messages, dtype: str, told: str
) -> None:
    write_pictures(tmp_path, ['b.png'])
    tifffile.imwrite(tmp_path / 'a.tif', np.arange(600).reshape(20, 30).astype(dtype))
    dataset = folder_dataset(tmp_path)
    assert [names(sample) for sample in dataset] == [('b',), ('b',)]
    assert len(messages()) == 1
    assert f'{tmp_path / "a.tif"} cannot be read: ' in messages()[0]
    assert told in messages()[0]
    with pytest.raises(ImageReadError, match=told):
        folder_dataset(tmp_path, test_mode=True)[0]


@pytest.mark.parametrize('workers', [0, 2])
def test_unreadable_pictures_are_counted_across_workers(
    tmp_path: Path, messages: Messages, workers: int
) -> None:
    write_unpaired(tmp_path, 6, 6)
    for name in ('1', '4'):
        (tmp_path / 'low' / f'{name}.png').write_bytes(b'no picture')
    dataset = UnpairedImageDataset(tmp_path, pipeline=LOAD_PIPELINE)
    for epoch in range(2):
        dataset.set_epoch(epoch)
        loaded = load_epoch(dataset, workers, lambda sample: names(sample)[0])
        assert loaded == ['0', '2', '2', '3', '5', '5']
        assert dataset.num_unreadable == 2
    assert len(messages()) == 2


@pytest.mark.parametrize('extension', ['.jpg', '.png'])
def test_truncated_picture_is_skipped_in_training(
    tmp_path: Path, messages: Messages, extension: str
) -> None:
    write_pictures(tmp_path, [f'a{extension}', 'b.png'], height=64, width=64)
    path = tmp_path / f'a{extension}'
    path.write_bytes(path.read_bytes()[:-500])
    dataset = folder_dataset(tmp_path)
    assert [names(sample) for sample in dataset] == [('b',), ('b',)]
    assert len(messages()) == 1


def test_unreadable_picture_fails_in_test_mode(tmp_path: Path, messages: Messages) -> None:
    write_unpaired(tmp_path, 2, 2)
    (tmp_path / 'low' / '1.png').write_bytes(b'no picture')
    dataset = UnpairedImageDataset(tmp_path, pipeline=LOAD_PIPELINE, test_mode=True)
    assert names(dataset[0])[0] == '0'
    with pytest.raises(ImageReadError, match=r'low/1\.png cannot be read'):
        dataset[1]
    assert messages() == []


def test_unreadable_picture_takes_only_itself_away_in_an_unpaired_data_set(
    tmp_path: Path, messages: Messages
) -> None:
    write_unpaired(tmp_path, 4, 4)
    (tmp_path / 'normal' / '1.png').write_bytes(b'')
    dataset = UnpairedImageDataset(tmp_path, partner='index', pipeline=LOAD_PIPELINE)
    assert [names(sample) for sample in dataset] == [('0', '0'), ('1', '2'), ('2', '2'), ('3', '3')]
    assert dataset.num_unreadable == 1
    assert len(messages()) == 1


@pytest.mark.parametrize('partner', ['random', 'index'])
def test_unreadable_pictures_of_both_kinds_are_passed_over_in_one_sample(
    tmp_path: Path, messages: Messages, partner: Any
) -> None:
    write_unpaired(tmp_path, 4, 4)
    for name in ('low/1', 'low/2', 'normal/0', 'normal/1', 'normal/2'):
        (tmp_path / f'{name}.png').write_bytes(b'no picture')
    dataset = UnpairedImageDataset(tmp_path, partner=partner, pipeline=LOAD_PIPELINE)
    for epoch in range(4):
        dataset.set_epoch(epoch)
        assert [names(sample)[1] for sample in dataset] == ['3'] * 4
    assert [names(sample)[0] for sample in dataset] == ['0', '3', '3', '3']
    assert dataset.num_unreadable == len(messages()) == 5


@pytest.mark.parametrize('kind', ['low', 'normal'])
def test_folder_with_no_readable_picture_is_named(
    tmp_path: Path, messages: Messages, kind: str
) -> None:
    write_unpaired(tmp_path, 3, 3)
    for path in (tmp_path / kind).iterdir():
        path.write_bytes(b'no picture')
    dataset = UnpairedImageDataset(tmp_path, pipeline=LOAD_PIPELINE)
    with pytest.raises(DatasetError, match=rf'No usable picture was found in .*/{kind} '):
        dataset[0]
    assert len(messages()) == 3


def test_replacement_keeps_the_random_choices_reproducible(
    tmp_path: Path, messages: Messages
) -> None:
    write_unpaired(tmp_path, 6, 6)
    (tmp_path / 'low' / '1.png').write_bytes(b'no picture')
    dataset = UnpairedImageDataset(tmp_path, pipeline=TRAIN_PIPELINE)
    assert load_epoch(dataset, 2) == load_epoch(dataset, 0)
    assert len(messages()) == 1


def test_subset_replaces_an_unreadable_picture_by_its_own(
    tmp_path: Path, messages: Messages
) -> None:
    write_pictures(tmp_path, [f'{k}.png' for k in range(5)])
    (tmp_path / '3.png').write_bytes(b'no picture')
    dataset = folder_dataset(tmp_path, indices=[1, 3])
    assert [names(sample) for sample in dataset] == [('1',), ('1',)]
    assert len(messages()) == 1


def test_sample_that_the_pipeline_drops_is_replaced_and_fails_in_test_mode(tmp_path: Path) -> None:
    write_pictures(tmp_path, [f'{k}.png' for k in range(3)])

    def drop_first(results: dict[str, Any]) -> dict[str, Any] | None:
        return None if names(results) == ('0',) else results

    dataset = ImageFolderDataset(tmp_path, pipeline=[drop_first])
    assert [names(sample) for sample in dataset] == [('1',), ('1',), ('2',)]
    assert dataset.num_unreadable == 0
    dataset = ImageFolderDataset(tmp_path, pipeline=[drop_first], test_mode=True)
    with pytest.raises(DatasetError, match=r'The pipeline gives nothing for .*/0\.png\.'):
        dataset[0]


def test_pipeline_that_drops_everything_is_an_error(tmp_path: Path) -> None:
    write_pictures(tmp_path, ['a.png', 'b.png'])
    dataset = ImageFolderDataset(tmp_path, pipeline=[lambda results: None])
    with pytest.raises(DatasetError, match='No usable picture was found'):
        dataset[0]


def test_other_errors_of_a_transform_are_not_hidden(tmp_path: Path) -> None:
    write_pictures(tmp_path, ['a.png'])
    dataset = ImageFolderDataset(tmp_path, pipeline=[lambda results: results['missing']])
    with pytest.raises(KeyError, match='missing'):
        dataset[0]
