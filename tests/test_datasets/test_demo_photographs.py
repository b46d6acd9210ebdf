from __future__ import annotations

import importlib.util
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from mmenlighten.datasets import demo_photographs
from mmenlighten.datasets.demo_photographs import (
    TEST_EXPOSURES,
    TEST_SCENES,
    TRAIN_EXPOSURES,
    TRAIN_SCENES,
    Photograph,
    demo_dataset_is_complete,
    write_demo_dataset,
)
from mmenlighten.photos.image_io import list_images, read_image
from mmenlighten.utils.errors import DatasetError

from .pictures import write_pictures

SCENES = (*TRAIN_SCENES, *TEST_SCENES)
FOLDERS = ('train/low', 'train/normal', 'test/low', 'test/gt')


@pytest.fixture
def small_scenes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Photographs of a package that is made up."""
    package = tmp_path / 'site' / 'made_up_photos'
    write_pictures(package, ['b.png', 'c.png'], height=30, width=60)
    (package / '__init__.py').write_text('raise RuntimeError("must not be imported")')
    monkeypatch.syspath_prepend(str(tmp_path / 'site'))
    for kind, name in [('TRAIN', 'b'), ('TEST', 'c')]:
        scene = Photograph(name, 'made_up_photos', f'{name}.png', 'made-up-photos')
        monkeypatch.setattr(demo_photographs, f'{kind}_SCENES', (scene,))


def content(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in list_images(folder)}


def test_no_scene_is_both_trained_and_tested_on() -> None:
    assert len({scene.name for scene in SCENES}) == len(SCENES)
    assert len({(scene.package, scene.file) for scene in SCENES}) == len(SCENES)


@pytest.mark.parametrize('scene', SCENES, ids=lambda scene: scene.name)
def test_photograph_of_an_installed_package_is_large_enough_to_train_on(scene: Photograph) -> None:
    if importlib.util.find_spec(scene.package) is None:
        pytest.skip(f'{scene.distribution} is not installed')
    assert min(scene.read().shape[:2]) >= 256


def test_missing_package_is_named_with_its_name_for_pip() -> None:
    scene = Photograph('a', 'no_such_package', 'a.png', 'no-such-package')
    with pytest.raises(DatasetError, match='pip install no-such-package'):
        scene.read()


@pytest.mark.usefixtures('small_scenes')
def test_package_that_lacks_the_file_is_named() -> None:
    scene = Photograph('a', 'made_up_photos', 'gone.png', 'made-up-photos')
    with pytest.raises(DatasetError, match=r'The installed made-up-photos has no gone\.png'):
        scene.read()


@pytest.mark.usefixtures('small_scenes')
def test_all_folders_are_written_without_importing_the_packages(tmp_path: Path) -> None:
    write_demo_dataset(tmp_path / 'demo')
    files = {folder: list_images(tmp_path / 'demo' / folder) for folder in FOLDERS}
    assert files['train/normal'] == ['b.png']
    assert len(files['train/low']) == len(TRAIN_EXPOSURES)
    assert len(files['test/low']) == len(TEST_EXPOSURES)
    assert files['test/low'] == files['test/gt']
    assert 'made_up_photos' not in sys.modules


@pytest.mark.usefixtures('small_scenes')
def test_ground_truth_is_the_photograph_and_low_light_is_darker_by_its_exposure(
    tmp_path: Path,
) -> None:
    write_demo_dataset(tmp_path / 'demo')
    original = read_image(tmp_path / 'site' / 'made_up_photos' / 'c.png')
    brightness = {}
    for name in list_images(tmp_path / 'demo' / 'test' / 'gt'):
        assert np.array_equal(read_image(tmp_path / 'demo' / 'test' / 'gt' / name), original)
        divisor = int(name.split('1-')[1].split('.')[0])
        brightness[divisor] = read_image(tmp_path / 'demo' / 'test' / 'low' / name).mean()
    ordered = [original.mean(), *(brightness[divisor] for divisor in sorted(brightness))]
    assert len(brightness) == len(TEST_EXPOSURES)
    assert all(brighter > darker * 1.2 for brighter, darker in pairwise(ordered))


@pytest.mark.usefixtures('small_scenes')
def test_equal_arguments_give_equal_files_and_another_seed_other_noise(tmp_path: Path) -> None:
    for name, seed in [('one', 0), ('two', 0), ('three', 1)]:
        write_demo_dataset(tmp_path / name, seed=seed)
    assert content(tmp_path / 'one') == content(tmp_path / 'two')
    assert content(tmp_path / 'one') != content(tmp_path / 'three')


@pytest.mark.usefixtures('small_scenes')
@pytest.mark.parametrize(('longest_side', 'shape'), [(20, (10, 20, 3)), (512, (30, 60, 3))])
def test_photographs_are_reduced_with_their_aspect_but_never_enlarged(
    tmp_path: Path, longest_side: int, shape: tuple[int, ...]
) -> None:
    write_demo_dataset(tmp_path / 'demo', longest_side)
    assert {read_image(path).shape for path in (tmp_path / 'demo').rglob('*.png')} == {shape}


@pytest.mark.usefixtures('small_scenes')
def test_nothing_is_written_if_a_package_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = Photograph('x', 'no_such_package', 'x.png', 'no-such-package')
    monkeypatch.setattr(demo_photographs, 'TEST_SCENES', (missing,))
    with pytest.raises(DatasetError, match='no-such-package'):
        write_demo_dataset(tmp_path / 'demo')
    assert not (tmp_path / 'demo').exists()


@pytest.mark.usefixtures('small_scenes')
def test_data_set_is_complete_only_with_its_last_file(tmp_path: Path) -> None:
    demo = tmp_path / 'demo'
    assert not demo_dataset_is_complete(demo)
    write_demo_dataset(demo)
    assert demo_dataset_is_complete(demo)
    (demo / 'test' / 'gt' / list_images(demo / 'test' / 'gt')[0]).unlink()
    assert not demo_dataset_is_complete(demo)
