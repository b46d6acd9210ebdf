"""EnhanceLowLight alone, in the pipeline of another package, and in the workers of data loaders."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from mmcv.transforms import Compose
from mmengine import registry as root
from mmengine.config import Config
from mmengine.registry import DefaultScope
from mmengine.runner import Runner

from mmenlighten.apis.enhance_low_light import EnhanceLowLight
from mmenlighten.apis.inferencer import EnlightenInferencer
from mmenlighten.apis.model import load_model
from mmenlighten.models.classical import GammaCorrection
from mmenlighten.registry import TRANSFORMS
from mmenlighten.utils.errors import CheckpointError, ConfigError, UserError
from tests.test_cli.commands import make_model
from tests.test_datasets.test_transforms.night_detection import write_package
from tests.test_enhancing.pictures import random_levels

PACKAGE = 'night_detection_for_a_test'


@pytest.fixture(scope='module')
def model(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    options = make_model(tmp_path_factory.mktemp('model'))
    return dict(model=options[1], weights=options[3])


@pytest.fixture(scope='module')
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp('packages')
    write_package(folder, PACKAGE)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield PACKAGE
    for registry in (root.DATASETS, root.TRANSFORMS):
        registry.children.pop(PACKAGE, None)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / 'photos'
    folder.mkdir()
    for index in range(4):
        cv2.imwrite(str(folder / f'{index}.png'), random_levels(24, 40, 3, seed=index))
    return folder


def test_it_gives_what_the_inferencer_gives(model: dict[str, str]) -> None:
    image = random_levels(20, 30, 3)
    results = dict(img=image, img_path='a.jpg', boxes=[1, 2], img_shape=(20, 30))
    before = dict(results)
    transform = TRANSFORMS.build(dict(type='EnhanceLowLight', strength=0.7, **model))
    after = transform(results)
    inferencer = EnlightenInferencer(*model.values(), device='cpu', strength=0.7)
    (expected,) = inferencer(image, channel_order='bgr')['predictions']
    np.testing.assert_array_equal(after.pop('img'), expected)
    assert not np.array_equal(expected, image)
    del before['img']
    assert after == before


@pytest.mark.parametrize('shape', [(20, 30, 3), (20, 30), (20, 30, 4)])
@pytest.mark.parametrize('dtype', [np.uint8, np.uint16, np.float32, np.float64])
def test_shape_and_type_stay(dtype: type, shape: tuple[int, ...], model: dict[str, str]) -> None:
    levels = random_levels(*shape)
    scale = 257 if dtype == np.uint16 else 1  # floating point is in [0, 255], as in mmcv
    transform = EnhanceLowLight(**model)
    result = transform(dict(img=levels.astype(dtype) * dtype(scale)))['img']
    assert (result.shape, result.dtype) == (shape, dtype)
    assert result.flags.c_contiguous
    expected = transform(dict(img=levels))['img']
    assert np.abs(result / scale - expected.astype(float)).max() <= 1


def test_other_keys_and_orders(model: dict[str, str]) -> None:
    left, right = random_levels(20, 30, 3), random_levels(24, 30, 3)
    transform = EnhanceLowLight(keys=('left', 'right'), channel_order='rgb', **model)
    results = transform(dict(left=left, right=right))
    swapped = EnhanceLowLight(**model)(dict(img=right[..., ::-1]))['img']
    np.testing.assert_array_equal(results['right'], swapped[..., ::-1])
    assert not np.array_equal(results['left'], left)


def test_well_lit_pictures_stay_with_only_dark(model: dict[str, str]) -> None:
    transform = EnhanceLowLight(only_dark=True, **model)
    bright, dark = np.full((20, 30, 3), 200, np.uint8), random_levels(20, 30, 3) // 4
    assert transform(dict(img=bright))['img'] is bright
    assert not np.array_equal(transform(dict(img=dark))['img'], dark)


def test_prob_is_the_share_that_is_enhanced(model: dict[str, str]) -> None:
    image = random_levels(16, 16, 3)
    transform = EnhanceLowLight(prob=0.5, **model)

    def draw() -> list[bool]:
        np.random.seed(0)
        return [transform(dict(img=image))['img'] is image for _ in range(20)]

    first = draw()
    assert 4 < sum(first) < 16
    assert first == draw()
    np.random.seed(0)
    expected = np.random.random()
    np.random.seed(0)
    EnhanceLowLight(**model)(dict(img=image))
    assert np.random.random() == expected  # without prob nothing is drawn


def pipeline(model: dict[str, str], **options: Any) -> list[dict[str, Any]]:
    return [
        dict(type='LoadImageFromFile'),
        dict(type='Resize', scale=(30, 20), keep_ratio=False),
        dict(type='mmenlighten.EnhanceLowLight', **model, **options),
        dict(type='PackInputs'),
    ]


def expected_pictures(folder: Path, model: dict[str, str]) -> list[np.ndarray]:
    inferencer = EnlightenInferencer(*model.values(), device='cpu', show_progress=False)
    images = [
        cv2.resize(cv2.imread(str(path)), (30, 20), interpolation=cv2.INTER_LINEAR)
        for path in sorted(folder.iterdir())
    ]
    return inferencer(images, channel_order='bgr')['predictions']


def test_in_a_pipeline_of_another_scope(model: dict[str, str], package: str, photos: Path) -> None:
    with DefaultScope.overwrite_default_scope(package):
        compose = Compose(pipeline(model))
        results = compose(dict(img_path=str(photos / '0.png'), boxes=[3]))
    assert results['boxes'] == [3]
    assert results['img_shape'] == (20, 30)
    image = results['inputs'].numpy().transpose(1, 2, 0)
    np.testing.assert_array_equal(image, expected_pictures(photos, model)[0])


@pytest.mark.parametrize(('workers', 'method'), [(0, None), (2, 'fork'), (1, 'spawn')], ids=str)
def test_in_a_data_loader_built_from_a_config(
    workers: int,
    method: str | None,
    model: dict[str, str],
    package: str,
    photos: Path,
    tmp_path: Path,
) -> None:
    loader = dict(
        batch_size=2,
        num_workers=workers,
        sampler=dict(type='DefaultSampler', shuffle=False),
        dataset=dict(type='NightDataset', folder=str(photos), pipeline=pipeline(model)),
    )
    if method is not None:
        loader['multiprocessing_context'] = method
    config = tmp_path / 'detector.py'
    config.write_text(f'default_scope = {package!r}\ntrain_dataloader = {loader!r}\n')
    with DefaultScope.overwrite_default_scope(package):
        built = Runner.build_dataloader(Config.fromfile(config).train_dataloader, seed=0)
        pictures = [image for batch in built for image in batch['inputs']]
    for image, expected in zip(pictures, expected_pictures(photos, model), strict=True):
        np.testing.assert_array_equal(image.numpy().transpose(1, 2, 0), expected)


def test_it_can_be_sent_to_processes_after_use(model: dict[str, str]) -> None:
    image = random_levels(16, 16, 3)
    transform = EnhanceLowLight(**model)
    first = transform(dict(img=image))['img']
    again = pickle.loads(pickle.dumps(transform))
    assert again._enhancer is None
    np.testing.assert_array_equal(again(dict(img=image))['img'], first)
    built = transform._enhancer
    transform(dict(img=image))
    assert transform._enhancer is built
    transform._process = -1  # as in a forked worker
    transform(dict(img=image))
    assert transform._enhancer is not built


def test_cuda_in_forked_workers_is_told_in_a_sentence(
    model: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, '_is_in_bad_fork', lambda: True)
    image = random_levels(16, 16, 3)
    with pytest.raises(ConfigError, match=r"forked .* set device='cpu', or num_workers=0"):
        EnhanceLowLight(device='cuda:0', **model)(dict(img=image))
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: True)
    assert EnhanceLowLight(device='auto', **model)(dict(img=image))['img'].shape == image.shape


def test_models_by_name_and_without_parameters(tmp_path: Path) -> None:
    image = random_levels(16, 16, 3)
    (tmp_path / 'gamma.py').write_text("model = dict(type='GammaCorrection')")
    result = EnhanceLowLight(model=str(tmp_path / 'gamma.py'))(dict(img=image))['img']
    assert np.abs(result - 255 * (image / 255) ** (1 / 2.2)).max() <= 1
    assert isinstance(load_model(tmp_path / 'gamma.py'), GammaCorrection)
    default = EnhanceLowLight()(dict(img=image))['img']
    named = EnhanceLowLight(model='bilateral_curves_s')(dict(img=image))['img']
    np.testing.assert_array_equal(default, named)


@pytest.mark.parametrize(
    ('options', 'error', 'words'),
    [
        (dict(prob=2), ConfigError, 'prob'),
        (dict(channel_order='gbr'), ConfigError, 'channel_order'),
        (dict(strength=3), ConfigError, 'strength'),
        (dict(memory='much'), ConfigError, 'memory'),
        (dict(model='no_such_model'), ConfigError, 'There is no model no_such_model'),
        (dict(model='enlightengan_lol'), CheckpointError, 'No weights are published'),
        (dict(model='enlightengan_lol', weights='no.pth'), CheckpointError, 'no.pth'),
    ],
)
def test_what_cannot_work_is_told_before_the_first_picture(
    options: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        EnhanceLowLight(**options)


def test_wrong_pictures_are_told_in_a_sentence(model: dict[str, str]) -> None:
    transform = EnhanceLowLight(**model)
    image = random_levels(16, 16, 3)
    with pytest.raises(ConfigError, match='before Normalize'):
        transform(dict(img=image.astype(np.float32), img_norm_cfg=dict(mean=0)))
    with pytest.raises(ConfigError, match="finds no 'img'"):
        transform(dict(image=image))
    with pytest.raises(UserError, match=r'a\.jpg is an array of shape'):
        transform(dict(img=image.transpose(2, 0, 1)[:, :, :9], img_path='a.jpg'))
    with pytest.raises(UserError, match='is of int64'):
        transform(dict(img=image.astype(np.int64)))


def test_repr_names_what_it_does(model: dict[str, str]) -> None:
    text = repr(EnhanceLowLight(strength=0.5, **model))
    assert 'strength=0.5' in text
    assert model['weights'] in text


@pytest.mark.parametrize('name', ['clahe', 'gamma', 'lime'])
def test_methods_without_weights_are_named(name: str) -> None:
    image = np.random.default_rng(0).integers(0, 60, (40, 52, 3), np.uint8)
    step = TRANSFORMS.build(dict(type='EnhanceLowLight', model=name, device='cpu'))
    bright = step(dict(img=image.copy()))['img']
    expected = EnlightenInferencer(name, device='cpu')(image, channel_order='bgr')
    np.testing.assert_array_equal(bright, expected['predictions'][0])
    assert bright.mean() > image.mean()
