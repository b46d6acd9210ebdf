from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mmenlighten.datasets import (
    DemoRawDataset,
    ExposureRatio,
    LoadRaw,
    PackBayer,
    PackEnhanceInputs,
    PackXTrans,
    RandomRawCrop,
    SIDDataset,
)
from mmenlighten.datasets.sid_dataset import parse_name
from mmenlighten.photos.image_io import write_image
from mmenlighten.raw import XTRANS, make_raw, write_raw
from mmenlighten.utils.errors import ConfigError, DatasetError, ImageReadError

PHOTOGRAPH = np.random.default_rng(0).integers(0, 256, (24, 36, 3), np.uint8)
SHORT = (
    '00001_00_0.1s', '00001_00_0.04s', '00001_01_0.1s', '00002_00_0.1s',
    '10034_00_0.1s', '10035_00_0.1s', '10035_03_0.1s',
)  # fmt: skip
LONG = ('00001_00_10s', '00002_00_30s', '10034_00_10s', '10035_00_10s')


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """As the official archive, but with mosaics that need no rawpy."""
    for name in SHORT:
        write_raw(tmp_path / 'short' / f'{name}.png', make_raw(PHOTOGRAPH, ratio=100))
    for name in LONG:
        write_image(tmp_path / 'long' / f'{name}.png', PHOTOGRAPH)
    long = {name[:5]: name for name in LONG}
    rows = [f'./short/{name}.ARW ./long/{long[name[:5]]}.ARW ISO200 F8\n' for name in SHORT]
    (tmp_path / 'list.txt').write_text(''.join(rows))
    return tmp_path


def shorts(dataset: SIDDataset) -> list[str]:
    return [Path(dataset[index]['low_path']).stem for index in range(len(dataset))]


@pytest.mark.parametrize('ann_file', [None, 'list.txt'])
def test_list_and_folders_give_the_same(root: Path, ann_file: str | None) -> None:
    dataset = SIDDataset(root, ann_file=ann_file)
    assert shorts(dataset) == sorted(name for name in SHORT if name[:5] != '10034')
    sample = dataset[0]
    assert Path(sample['low_path']).suffix == '.png'  # lies there in place of the .ARW
    assert Path(sample['normal_path']).name == '00001_00_10s.png'
    assert (sample['low_exposure'], sample['normal_exposure']) == (0.04, 10)
    assert len(SIDDataset(root, ann_file=ann_file, leave_out=())) == len(SHORT)


def test_scenes_and_firsts_of_bursts_are_chosen(root: Path) -> None:
    assert shorts(SIDDataset(root, scenes='1')) == ['10035_00_0.1s', '10035_03_0.1s']
    assert shorts(SIDDataset(root, scenes='1', first_only=True)) == ['10035_00_0.1s']
    with pytest.raises(DatasetError, match='names no pair of the scenes 2'):
        len(SIDDataset(root, scenes='2'))


def test_epoch_takes_each_scene_once(root: Path) -> None:
    def take(epoch: int, seed: int = 0) -> list[str]:
        dataset = SIDDataset(root, scenes='0', per_scene=True, first_only=True)
        dataset.set_seed(seed)
        dataset.set_epoch(epoch)
        assert shorts(dataset) == shorts(dataset)
        return shorts(dataset)

    epochs = [take(epoch) for epoch in range(8)]
    assert all([name[:5] for name in names] == ['00001', '00002'] for names in epochs)
    assert {names[0] for names in epochs} == {'00001_00_0.1s', '00001_00_0.04s'}
    assert epochs == [take(epoch) for epoch in range(8)]
    assert len(SIDDataset(root, scenes='0', per_scene=True, repeat=3)) == 6


def test_what_is_missing_is_told_in_a_sentence(root: Path) -> None:
    with pytest.raises(DatasetError, match=r'other\.txt cannot be read .*Learning-to-See'):
        len(SIDDataset(root, ann_file='other.txt'))
    (root / 'list.txt').write_text('./short/a.ARW\n')
    with pytest.raises(DatasetError, match='rows without two files'):
        len(SIDDataset(root, ann_file='list.txt'))
    (root / 'long' / '00002_00_30s.png').unlink()
    with pytest.raises(DatasetError, match=r'00002_00_0\.1s\.png has no long exposure 00002_00_'):
        len(SIDDataset(root))
    with pytest.raises(DatasetError, match=r'nowhere.*cannot be read'):
        len(SIDDataset(root / 'nowhere'))
    with pytest.raises(DatasetError, match=r'photo\.jpg is not named by scene'):
        parse_name('photo.jpg')


def test_unreadable_file_is_replaced_in_training_alone(root: Path) -> None:
    (root / 'short' / '00001_00_0.04s.png').write_bytes(b'')
    options: dict[str, Any] = dict(scenes='0', pipeline=[LoadRaw()])
    dataset = SIDDataset(root, **options)
    assert Path(dataset[0]['low_path']).stem == '00001_00_0.1s'
    assert dataset.num_unreadable == 1
    with pytest.raises(ImageReadError, match=r'0\.04s\.png cannot be read'):
        SIDDataset(root, test_mode=True, **options)[0]


@pytest.mark.parametrize('layout', ['bayer', 'xtrans'])
def test_pipeline_makes_amplified_planes(tmp_path: Path, layout: str) -> None:
    pack, side = dict(bayer=(PackBayer(), 2), xtrans=(PackXTrans(), 3))[layout]
    raw = make_raw(PHOTOGRAPH, pack.layout, ratio=100)
    (tmp_path / 'short').mkdir()
    write_raw(tmp_path / 'short' / '00001_00_0.1s.npy', raw)
    (tmp_path / 'long').mkdir()
    np.save(tmp_path / 'long' / '00001_00_10s.npy', PHOTOGRAPH * np.uint16(257))
    steps = [LoadRaw(), pack, RandomRawCrop(4), ExposureRatio()]
    dataset = SIDDataset(
        tmp_path, pipeline=[*steps, PackEnhanceInputs(('low', 'normal'), gt='normal')]
    )
    sample = dataset[0]
    low, normal = sample['inputs']['low'], sample['inputs']['normal']
    assert low.shape == (pack.layout.planes, 4, 4)
    assert normal.shape == (3, 4 * side, 4 * side)
    assert low.dtype == normal.dtype == torch.float32
    gt = sample['data_samples'].gt
    np.testing.assert_array_equal(normal.numpy(), gt.numpy())
    # Each plane is light of one colour, of pixels that are in the crop.
    found = low.numpy() / 255
    greens = [index for index, colour in enumerate(pack.layout.colours()) if colour == 'G']
    light = ((normal[1].numpy() / 255 + 0.055) / 1.055) ** 2.4
    for value in found[greens].ravel():
        assert np.abs(light - value).min() < 0.01


def test_crop_takes_the_same_place_of_both() -> None:
    low = np.arange(60, dtype=np.uint16).reshape(6, 10, 1)
    normal = np.kron(low, np.ones((3, 3, 3), np.uint16))
    for seed in range(5):
        np.random.seed(seed)
        results = RandomRawCrop(4)(dict(low=low, normal=normal))
        np.testing.assert_array_equal(results['normal'][1::3, 1::3, :1], results['low'])
    with pytest.raises(DatasetError, match='10x6 packed pixels, fewer than the crop of 7x7'):
        RandomRawCrop(7)(dict(low=low, normal=normal))


def test_packing_cuts_the_photograph_to_what_is_left() -> None:
    raw = make_raw(PHOTOGRAPH, XTRANS)
    pattern = np.tile(np.array(list(XTRANS.pattern)).reshape(6, 6), (2, 2))
    begun = replace(raw, mosaic=raw.mosaic[1:, 2:], pattern=''.join(pattern[1:7, 2:8].ravel()))

    def pack(mosaic: np.ndarray, normal: np.ndarray) -> dict[str, Any]:
        return PackXTrans()(dict(low=mosaic, normal=normal, raw=begun))

    results = pack(begun.mosaic, PHOTOGRAPH[1:, 2:])
    height, width = (3 * side for side in results['low'].shape[:2])
    first = results['normal'][0, 0]
    [[top, left], *_] = np.argwhere((first == PHOTOGRAPH).all(axis=2))
    window = slice(top, top + height), slice(left, left + width)
    np.testing.assert_array_equal(results['normal'], PHOTOGRAPH[window])
    np.testing.assert_array_equal(XTRANS.unpack(results['low']), raw.mosaic[window])
    with pytest.raises(DatasetError, match=r'35x23 pixels and .* 34x23'):
        pack(begun.mosaic, PHOTOGRAPH[1:, 1:])
    with pytest.raises(DatasetError, match='fewer than one cell of 6'):
        pack(raw.mosaic[:5, :5], PHOTOGRAPH[:5, :5])


def test_ratio_is_limited_and_must_be_known() -> None:
    raw = make_raw(PHOTOGRAPH, exposure=0.01)
    results = dict(low=raw.mosaic, raw=raw, normal_exposure=10.0)
    assert ExposureRatio()(dict(results))['ratio'] == 300
    assert ExposureRatio()(results | dict(low_exposure=0.1))['ratio'] == 100
    assert ExposureRatio(ratio=7)(dict(results))['ratio'] == 7
    light = ExposureRatio(ratio=7)(dict(results))['low']
    assert (light.dtype, light.max()) == (np.float32, 255)
    del results['normal_exposure']
    with pytest.raises(DatasetError, match=r'exposure time .* set ExposureRatio\.ratio'):
        ExposureRatio()(results)
    with pytest.raises(ConfigError, match='ratio=0 must be positive'):
        ExposureRatio(ratio=0)


def test_demo_is_made_once(tmp_path: Path) -> None:
    train = DemoRawDataset(str(tmp_path), pipeline=[LoadRaw(), PackBayer(), ExposureRatio()])
    test = DemoRawDataset(str(tmp_path), split='test')
    assert (len(train), len(test)) == (24, 4)
    sample = train[0]
    assert sample['ratio'] == pytest.approx(250)
    assert sample['low'].shape[:2] == tuple(side // 2 for side in sample['normal'].shape[:2])
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob('*.png')}
    DemoRawDataset(str(tmp_path))
    assert before == {path: path.stat().st_mtime_ns for path in tmp_path.rglob('*.png')}
    with pytest.raises(ConfigError, match=r'DemoRawDataset\.layout'):
        DemoRawDataset(str(tmp_path), layout='foveon')
