from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmenlighten.datasets import (
    DemoBracketDataset,
    ExposureBracketDataset,
    LoadExposureBracket,
    PackExposureBracket,
)
from mmenlighten.datasets.demo_bracket_dataset import EV, MOTION, make_bracket
from mmenlighten.photos import Photo, read_radiance, write_photo, write_radiance
from mmenlighten.utils.errors import ConfigError, DatasetError, ImageReadError

SIDES = (20, 24)


def write_scene(folder: Path, ev: str = '-2\n0\n2\n', deep: bool = True) -> np.ndarray:
    """Writes a scene whose frames are all of one value: the second is the brightest."""
    light = np.random.default_rng(0).random((*SIDES, 3)).astype(np.float32)
    for name, value in (('b', 50), ('a', 20), ('c', 100)):
        frame = np.full((*SIDES, 3), value, np.uint8)
        photo = Photo(frame * np.uint16(257), 16) if deep else Photo(frame)
        write_photo(photo, folder / f'{name}.tif')
    write_radiance(folder / 'HDRImg.hdr', light)
    (folder / 'exposure.txt').write_text(ev)
    return read_radiance(folder / 'HDRImg.hdr')


def dataset(root: Path, *steps: Any, **options: Any) -> ExposureBracketDataset:
    return ExposureBracketDataset(root, dict(low='Training'), pipeline=list(steps), **options)


@pytest.mark.parametrize('deep', [True, False])
def test_samples_are_from_dark_to_bright(tmp_path: Path, deep: bool) -> None:
    folder = tmp_path / 'Training' / 'x'
    light = write_scene(folder, ev='0 4 2', deep=deep)  # a, b, c
    sample = dataset(tmp_path, LoadExposureBracket(), repeat=3)[2]
    np.testing.assert_allclose(sample['ldr'][3, 4, ::3], [20 / 255, 100 / 255, 50 / 255])
    np.testing.assert_array_equal(sample['exposures'], [1, 4, 16])
    np.testing.assert_array_equal(sample['hdr'], light)
    assert sample['low_path'] == str(folder)
    assert {sample[key].dtype for key in ('ldr', 'hdr', 'exposures')} == {np.dtype(np.float32)}


def test_exposures_count_from_the_darkest_or_as_written(tmp_path: Path) -> None:
    write_scene(tmp_path / 'Training' / 'x')
    for relative, expected in ((True, [1, 4, 16]), (False, [0.25, 1, 4])):
        sample = dataset(tmp_path, LoadExposureBracket(relative=relative))[0]
        np.testing.assert_array_equal(sample['exposures'], expected)


def test_windows_are_of_frames_and_light_together(tmp_path: Path) -> None:
    folder = tmp_path / 'Training' / 'x'
    light = write_scene(folder)
    frames = np.concatenate([(light * 65535 / light.max()).astype(np.uint16)] * 3, axis=2)
    np.save(folder / 'ldr.npy', frames)
    np.save(folder / 'hdr.npy', light)
    sample = dataset(tmp_path, LoadExposureBracket(size=8))[0]
    assert sample['ldr'].shape == (8, 8, 9)
    near = np.abs(sample['ldr'][..., 3:6] * light.max() - sample['hdr']).max()
    assert near <= light.max() / 65535
    packed = PackExposureBracket()(dict(sample))['inputs']
    assert {key: tuple(value.shape) for key, value in packed.items()} == dict(
        low=(9, 8, 8), normal=(3, 8, 8), exposures=(3,)
    )
    assert packed['low'].max() > 200
    done = PackExposureBracket(gt=True)(dict(sample))
    assert set(done['inputs']) == {'low', 'exposures'}
    np.testing.assert_array_equal(done['data_samples'].hdr.permute(1, 2, 0), sample['hdr'])
    assert done['data_samples'].gt.numpy().dtype == np.uint8


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda scene: (scene / 'a.tif').unlink(), 'x has 2 pictures .* exactly 3'),
        (lambda scene: (scene / 'HDRImg.hdr').unlink(), r'x has no HDRImg\.hdr'),
        (lambda scene: (scene / 'exposure.txt').unlink(), r'exposure\.txt cannot be read .*-2 0 2'),
        (lambda scene: (scene / 'exposure.txt').write_text('0 1'), r'has \[0\.0, 1\.0\]: write 3'),
        (lambda scene: (scene / 'exposure.txt').write_text('0 0 1'), '3 different exposures'),
        (lambda scene: (scene / 'exposure.txt').write_text('a b c'), 'cannot be read'),
    ],
)
def test_incomplete_scenes_are_named(tmp_path: Path, change: Any, message: str) -> None:
    write_scene(tmp_path / 'Training' / 'x')
    change(tmp_path / 'Training' / 'x')
    with pytest.raises(DatasetError, match=message):
        dataset(tmp_path)


def test_missing_folders_and_options(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r'Training .* does not exist'):
        dataset(tmp_path)
    (tmp_path / 'Training').mkdir()
    with pytest.raises(DatasetError, match='has no folder: make one for each scene'):
        dataset(tmp_path)
    write_scene(tmp_path / 'Training' / 'x')
    (tmp_path / 'Training' / 'x' / 'exposure.txt').unlink()
    assert dataset(tmp_path, ev=[-2, 0, 2])[0]['ev'] == [-2, 0, 2]
    with pytest.raises(ConfigError, match='give 3 numbers'):
        dataset(tmp_path, ev=[0])


def test_unreadable_scenes_are_passed_over(tmp_path: Path) -> None:
    write_scene(tmp_path / 'Training' / 'x')
    write_scene(tmp_path / 'Training' / 'y')
    small = Photo(np.zeros((3, 3, 3), np.uint16), 16)
    write_photo(small, tmp_path / 'Training' / 'x' / 'b.tif')
    brackets = dataset(tmp_path, LoadExposureBracket())
    assert brackets[0]['low_path'].endswith('y')
    assert brackets.num_unreadable == 1
    with pytest.raises(ImageReadError, match='24x20 pixels, fewer than the crop of 64x64'):
        dataset(tmp_path, LoadExposureBracket(size=64))[1]


def test_made_brackets_hold_what_one_exposure_clips() -> None:
    photograph = np.random.default_rng(1).integers(0, 256, (40, 60, 3), np.uint8)
    light, frames = make_bracket(photograph, np.random.default_rng(0))
    assert light.shape == frames[0].shape == (40 - 2 * MOTION, 60 - 2 * MOTION, 3)
    assert 0 <= light.min() < light.max() <= 1
    middle = (frames[1] / 65535) ** 2.2
    seen = light * 2.0 ** EV[1]
    assert (seen > 1.2).any()
    assert (middle[seen > 1.2] == 1).all()  # clipped
    inside = (seen > 0.05) & (seen < 0.9)
    assert np.abs(middle[inside] / seen[inside] - 1).mean() < 0.02
    still = make_bracket(photograph, np.random.default_rng(0), motion=0)
    dark = (still[1][0] / 65535) ** 2.2
    assert np.abs(dark - still[0]).mean() < 0.005


def test_demo_makes_itself_once(tmp_path: Path) -> None:
    brackets = DemoBracketDataset(str(tmp_path / 'demo'), split='test')
    assert [Path(brackets.get_data_info(n)['low_path']).name for n in (0, 1)] == [
        'chelsea_1',
        'chelsea_2',
    ]
    last = tmp_path / 'demo' / 'brackets' / 'test' / 'coffee_2' / '1.png'
    before = last.stat().st_mtime_ns
    assert len(DemoBracketDataset(str(tmp_path / 'demo'))) == 24
    assert last.stat().st_mtime_ns == before
    with pytest.raises(ConfigError, match='split'):
        DemoBracketDataset(str(tmp_path / 'demo'), split='none')  # type: ignore[arg-type]
