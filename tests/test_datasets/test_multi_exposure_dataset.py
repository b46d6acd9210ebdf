from __future__ import annotations

from pathlib import Path

import pytest

from mmenlighten.datasets import MultiExposureDataset
from mmenlighten.utils.errors import DatasetError

from .pictures import LOAD_PIPELINE, write_pictures

PREFIX = dict(low='', normal='Label')


def write_series(root: Path, **lengths: int) -> None:
    """Writes ``root/<name>/1.JPG`` and so on, and the references."""
    for name, length in lengths.items():
        write_pictures(root / name, [f'{k}.JPG' for k in range(1, length + 1)])
    write_pictures(root / 'Label', [f'{name}.JPG' for name in lengths])


def pairs(root: Path) -> list[tuple[str, str]]:
    dataset = MultiExposureDataset(root, PREFIX, pipeline=LOAD_PIPELINE, test_mode=True)
    return [
        (
            Path(sample['low_path']).relative_to(root).as_posix(),
            Path(sample['normal_path']).relative_to(root).as_posix(),
        )
        for sample in dataset
    ]


def test_darker_half_of_each_series_belongs_to_its_reference(tmp_path: Path) -> None:
    write_series(tmp_path, a=7, b=9, c=1)
    assert pairs(tmp_path) == [
        *[(f'a/{k}.JPG', 'Label/a.JPG') for k in (1, 2, 3)],
        *[(f'b/{k}.JPG', 'Label/b.JPG') for k in (1, 2, 3, 4)],
    ]


def test_references_may_lie_elsewhere(tmp_path: Path) -> None:
    write_series(tmp_path / 'part', a=2)
    (tmp_path / 'part' / 'Label').rename(tmp_path / 'labels')
    dataset = MultiExposureDataset(tmp_path, dict(low='part', normal='labels'))
    assert len(dataset) == 1
    assert dataset.get_data_info(0)['normal_path'] == str(tmp_path / 'labels' / 'a.JPG')


def test_series_without_reference_is_named(tmp_path: Path) -> None:
    write_series(tmp_path, a=3, b=3)
    (tmp_path / 'Label' / 'b.JPG').unlink()
    with pytest.raises(DatasetError, match=r'^The series .*/b has no reference .*/Label: add it'):
        MultiExposureDataset(tmp_path, PREFIX)


def test_single_exposures_are_no_series(tmp_path: Path) -> None:
    write_series(tmp_path, a=1)
    with pytest.raises(DatasetError, match='has no series of two exposures'):
        MultiExposureDataset(tmp_path, PREFIX)
