from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from mmengine.config import Config

from mmenlighten.datasets import UnpairedHalvesDataset
from mmenlighten.datasets.unpaired_halves_dataset import half_of
from mmenlighten.photos.image_io import read_image, write_image
from mmenlighten.utils.errors import ConfigError, DatasetError
from tests.golden import REPOSITORY

from .pictures import fingerprint, load_epoch, names, write_pictures


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_pictures(tmp_path, [f'{k}.png' for k in range(12)] + ['more/a.jpg', 'more/b.jpg'])
    return tmp_path


def halves(dataset: UnpairedHalvesDataset) -> tuple[set[str], set[str]]:
    low, normal = zip(*(names(sample) for sample in dataset))
    return set(low), set(normal)


@pytest.mark.parametrize(
    ('name', 'half'),
    [('0.png', 'normal'), ('1.png', 'low'), ('more/a.jpg', 'normal'), ('kodak_14.jpg', 'low')],
)
def test_half_follows_from_the_name_on_every_machine(name: str, half: str) -> None:
    assert half_of(name) == half


@pytest.mark.parametrize('pattern', ['{}.png', 'IMG_{:04}.JPG', 'holiday/{:03}.jpg'])
def test_numbered_photographs_fall_into_both_halves_alike(pattern: str) -> None:
    low = sum(half_of(pattern.format(number)) == 'low' for number in range(100))
    assert 35 <= low <= 65


@pytest.mark.parametrize('epoch', [0, 1, 7])
@pytest.mark.parametrize('partner', ['random', 'index'])
def test_no_photograph_is_in_both_halves(folder: Path, partner: str, epoch: int) -> None:
    dataset = UnpairedHalvesDataset(folder, partner=partner, repeat=40)
    dataset.set_epoch(epoch)
    low, normal = halves(dataset)
    assert not low & normal
    assert low | normal == {*map(str, range(12)), 'a', 'b'}


@pytest.mark.parametrize('change', ['more', 'fewer', 'elsewhere'])
def test_photographs_keep_their_half(folder: Path, change: str, tmp_path: Path) -> None:
    low, normal = halves(UnpairedHalvesDataset(folder, repeat=40))
    if change == 'more':
        write_pictures(folder, ['another.png', '00.png'])
    elif change == 'fewer':
        (folder / '3.png').unlink()
    else:
        folder = folder.rename(tmp_path.parent / f'{tmp_path.name}-moved')
    low_now, normal_now = halves(UnpairedHalvesDataset(folder, repeat=40))
    assert not low_now & normal
    assert not normal_now & low


def test_a_folder_that_leaves_a_half_empty_is_refused(tmp_path: Path) -> None:
    write_pictures(tmp_path, ['1.png'])
    with pytest.raises(
        DatasetError, match=r"None of the 1 photographs.*'normal'.*more photographs"
    ):
        UnpairedHalvesDataset(tmp_path)


def test_wrong_arguments_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match='repeat=0'):
        UnpairedHalvesDataset(tmp_path, repeat=0)
    with pytest.raises(DatasetError, match='has no picture'):
        UnpairedHalvesDataset(tmp_path)
    with pytest.raises(ConfigError, match=r'data_prefix\.low'):
        UnpairedHalvesDataset(tmp_path, data_prefix=dict(normal=''))


@pytest.fixture
def published(tmp_path: Path) -> UnpairedHalvesDataset:
    """Bright photographs, as the config of the published weights reads them."""
    for index in range(6):
        image = np.random.default_rng(index).integers(120, 200, (24, 30, 3), dtype=np.uint8)
        write_image(tmp_path / 'photos' / f'{index}.png', image)
    loader = Config.fromfile(REPOSITORY / 'configs/enlightengan_free.py').train_dataloader.dataset
    pipeline = loader.pipeline
    pipeline[1].size = pipeline[2].size = 16
    return UnpairedHalvesDataset(tmp_path / 'photos', repeat=4, pipeline=pipeline)


def test_one_half_is_darkened_and_the_other_is_not(published: UnpairedHalvesDataset) -> None:
    for sample in published:
        low, normal = sample['inputs']['low'].numpy(), sample['inputs']['normal'].numpy()
        photograph = read_image(sample['data_samples'].low_path)
        assert low.mean() < photograph.mean() - 20
        assert abs(normal.mean() - 160) < 10
        assert low.dtype == normal.dtype == np.uint8


def test_samples_are_the_same_with_workers_and_new_in_each_epoch(
    published: UnpairedHalvesDataset,
) -> None:
    published.set_seed(3)
    first = [fingerprint(sample) for sample in published]
    assert load_epoch(published, workers=2) == first
    published.set_epoch(1)
    assert {pictures for pictures, _ in map(fingerprint, published)}.isdisjoint(
        {pictures for pictures, _ in first}
    )
