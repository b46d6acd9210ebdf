from __future__ import annotations

from pathlib import Path

import pytest

from mmenlighten.datasets import ImageFolderDataset
from mmenlighten.utils.errors import ConfigError, DatasetError

from .pictures import LOAD_PIPELINE, names, write_pictures


def test_all_pictures_of_the_folder_come_sorted_by_name(tmp_path: Path) -> None:
    write_pictures(tmp_path, ['c.png', 'a.jpg', 'sub/b.webp', 'B.bmp'])
    assert [names(sample) for sample in ImageFolderDataset(tmp_path)] == [
        ('B',), ('a',), ('c',), ('b',)
    ]  # fmt: skip


def test_sub_folder_is_chosen_by_the_prefix(tmp_path: Path) -> None:
    write_pictures(tmp_path, ['a.png', 'night/b.png'])
    dataset = ImageFolderDataset(tmp_path, dict(low='night'))
    assert [names(sample) for sample in dataset] == [('b',)]


def test_sample_holds_its_path_and_number_only(tmp_path: Path) -> None:
    write_pictures(tmp_path, ['a.png', 'b.png'])
    sample = ImageFolderDataset(tmp_path)[1]
    assert sample == dict(low_path=str(tmp_path / 'b.png'), sample_idx=1)


def test_empty_and_missing_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r'has no picture'):
        ImageFolderDataset(tmp_path)
    with pytest.raises(DatasetError, match=r'missing/? \(low\) does not exist'):
        ImageFolderDataset(tmp_path / 'missing')


def test_pipeline_that_asks_for_a_partner_is_told_that_there_is_none(tmp_path: Path) -> None:
    write_pictures(tmp_path, ['a.png'])
    with pytest.raises(ConfigError, match="cannot load 'normal': the data set has only low"):
        ImageFolderDataset(tmp_path, pipeline=LOAD_PIPELINE)[0]
