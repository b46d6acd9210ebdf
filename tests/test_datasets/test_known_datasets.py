from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mmengine.config import Config

from mmenlighten.datasets.known_datasets import KNOWN_DATASETS, KnownDataset, find_known
from mmenlighten.registry import DATASETS
from mmenlighten.utils.errors import ConfigError, DatasetError
from tests.golden import REPOSITORY

from .pictures import names, write_pictures

TEST_SETS = REPOSITORY / 'configs' / '_base_' / 'datasets' / 'test_sets.py'
ALL = pytest.mark.parametrize('known', KNOWN_DATASETS.values(), ids=lambda known: known.name)


def configs_of_sets() -> dict[str, Any]:
    config = Config.fromfile(TEST_SETS)
    return {'LOL-v1': config.test_dataloader.dataset, **config.test_cfg.more}


def unpack(known: KnownDataset, root: Path) -> None:
    """Two pictures in the layout of a data set."""
    if known.type == 'MultiExposureDataset':
        write_pictures(root / known.low, [f'{n}/{k}.JPG' for n in '12' for k in '123'])
    else:
        prefix = 'low' if 'strip_prefix' in known.options else ''
        write_pictures(root / known.low, [f'{prefix}1.png', f'{prefix}2.png'])
    if known.normal is not None:
        prefix = 'normal' if 'strip_prefix' in known.options else ''
        write_pictures(root / known.normal, [f'{prefix}1.png', f'{prefix}2.png'])


def build(known: KnownDataset, root: Path, **options: Any) -> Any:
    dataset: dict[str, Any] = dict(configs_of_sets()[known.name], data_root=str(root), **options)
    return DATASETS.build(dataset)


def test_the_config_of_all_sets_has_all() -> None:
    assert list(configs_of_sets()) == list(KNOWN_DATASETS)


@ALL
def test_config_says_what_the_table_says(known: KnownDataset) -> None:
    config = configs_of_sets()[known.name].to_dict()
    keys = [step['keys'] for step in config.pop('pipeline') if 'keys' in step]
    assert config == known.config()
    assert keys == [('low',) if known.normal is None else ('low', 'normal')]


@ALL
def test_unpacked_data_set_is_read(known: KnownDataset, tmp_path: Path) -> None:
    unpack(known, tmp_path)
    samples = [dataset_sample['data_samples'] for dataset_sample in build(known, tmp_path)]
    assert len(samples) == 2
    assert all(('gt' in sample) == (known.normal is not None) for sample in samples)
    numbers = [[name[-1] for name in names(sample.metainfo)] for sample in samples]
    if known.type != 'MultiExposureDataset':
        assert numbers == [['1'] * len(numbers[0]), ['2'] * len(numbers[0])]


@ALL
def test_absent_data_set_is_explained_in_a_sentence(known: KnownDataset, tmp_path: Path) -> None:
    with pytest.raises(DatasetError) as caught:
        build(known, tmp_path / 'data')
    sentence = str(caught.value)
    first = known.normal if known.type == 'MultiExposureDataset' else known.low
    assert f'The folder {tmp_path / "data" / str(first)}' in sentence
    assert f'for {known.name}, get {known.archive} from {known.page} and unpack it so' in sentence
    assert 'data_root' in sentence
    assert '\n' not in sentence
    assert sentence.endswith('.')


def test_archive_in_a_folder_of_its_own_is_found(tmp_path: Path) -> None:
    known = KNOWN_DATASETS['LOL-v2-synthetic']
    unpack(known, tmp_path / 'data' / 'LOL-v2')
    with pytest.raises(
        DatasetError, match=r'there is .*/Low instead, so set data_root=(.*)\.$'
    ) as e:
        build(known, tmp_path / 'data')
    root = str(e.value).rpartition('=')[2][:-1]
    assert len(build(known, Path(root))) == 2


def test_config_of_another_place() -> None:
    known = KNOWN_DATASETS['VV']
    assert known.config()['data_root'] == 'data/VV'
    assert known.config('elsewhere') == dict(known.config(), data_root='elsewhere')


def test_wrong_number_of_pictures_is_remarked_on_once(
    tmp_path: Path, messages: Callable[[], list[str]]
) -> None:
    known = KNOWN_DATASETS['LIME']
    unpack(known, tmp_path)
    dataset = build(known, tmp_path)
    dataset.full_init()
    [message] = messages()
    assert message.startswith('30 LIME has 2 pictures here and 10 as published')
    build(known, tmp_path, indices=[1])  # a choice of the user
    write_pictures(tmp_path, [f'{k}.png' for k in range(3, 11)])
    assert len(build(known, tmp_path)) == 10
    assert len(messages()) == 1


@pytest.mark.parametrize(
    ('name', 'found'),
    [
        ('LOL-v1', ['LOL-v1']),
        ('lol-V2', ['LOL-v2-real', 'LOL-v2-synthetic']),
        ('LSRW', ['LSRW-Huawei', 'LSRW-Nikon']),
        ('dicm', ['DICM']),
    ],
)
def test_names_are_found_in_any_case_and_by_their_head(name: str, found: list[str]) -> None:
    assert [known.name for known in find_known(name)] == found


@pytest.mark.parametrize('name', ['LOL-v', 'photos', ''])
def test_unknown_name_is_answered_with_all_names(name: str) -> None:
    with pytest.raises(ConfigError, match=r'There is no data set .*LOL-v1, .*VV, or give'):
        find_known(name)
