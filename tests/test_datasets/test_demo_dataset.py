from __future__ import annotations

from pathlib import Path

import pytest

from mmenlighten.datasets import DemoPairedDataset, DemoUnpairedDataset, demo_dataset
from mmenlighten.utils.errors import ConfigError, DatasetError

from .pictures import names, write_pictures


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stands in for the photographs; remembers where they were written."""
    calls: list[str] = []

    def write(out_dir: str) -> None:
        calls.append(out_dir)
        for folder, files in [
            ('train/low', ['a.png', 'b.png']),
            ('train/normal', ['c.png']),
            ('test/low', ['d.png']),
            ('test/gt', ['d.png']),
        ]:
            write_pictures(Path(out_dir) / folder, files)

    monkeypatch.setattr(demo_dataset, 'write_demo_dataset', write)
    monkeypatch.setattr(
        demo_dataset, 'demo_dataset_is_complete', lambda out_dir: Path(out_dir).exists()
    )
    return calls


def test_pictures_are_made_once_for_both_data_sets(tmp_path: Path, written: list[str]) -> None:
    root = str(tmp_path / 'demo')
    train, test = DemoUnpairedDataset(root), DemoPairedDataset(root)
    assert written == [root]
    assert [names(sample) for sample in train] == [('a', 'c'), ('b', 'c')]
    assert [names(sample) for sample in test] == [('d', 'd')]


def test_options_of_the_data_sets_are_passed_on(tmp_path: Path, written: list[str]) -> None:
    root = str(tmp_path / 'demo')
    assert len(DemoUnpairedDataset(root, repeat=5)) == 10
    assert DemoPairedDataset(root, test_mode=True).test_mode
    assert len(written) == 1


def test_training_pictures_come_in_pairs(tmp_path: Path, written: list[str]) -> None:
    for exposure in ('1-4', '1-16'):
        write_pictures(tmp_path / 'train' / 'low', [f'c_{exposure}.png'])
    write_pictures(tmp_path / 'train' / 'normal', ['c.png'])
    pairs = DemoPairedDataset(str(tmp_path), split='train', repeat=2)
    assert [names(sample) for sample in pairs] == [('c_1-16', 'c'), ('c_1-4', 'c')] * 2
    with pytest.raises(ConfigError, match=r'DemoPairedDataset\.split'):
        DemoPairedDataset(str(tmp_path), split='val')


def test_missing_package_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(out_dir: str) -> None:
        raise DatasetError('The demo needs photographs of scikit-learn.')

    monkeypatch.setattr(demo_dataset, 'write_demo_dataset', fail)
    with pytest.raises(DatasetError, match='needs photographs of scikit-learn'):
        DemoUnpairedDataset(str(tmp_path / 'demo'))
