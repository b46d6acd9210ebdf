"""The camera for batches does what the camera for single pictures does."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from mmenlighten.camera import KINDS, CameraSettings, DarkPhotograph, SensorNoise
from mmenlighten.camera.batched import take_photographs
from mmenlighten.datasets import SynthesizeLowLight
from mmenlighten.utils.seeding import sample_randomness

PICTURES = ('low', 'clean', 'normal')


def photographs(number: int, height: int = 56, width: int = 72) -> np.ndarray:
    """Smooth colours with fine detail, from dark to bright."""
    random = np.random.default_rng(0)
    pictures = []
    for _ in range(number):
        cells = random.random((5, 7, 3), dtype=np.float32)
        smooth = cv2.resize(cells, (width, height), interpolation=cv2.INTER_LINEAR)
        detail = random.normal(0, 0.03, smooth.shape)
        pictures.append(((smooth + detail).clip(0, 1) ** random.uniform(0.5, 2) * 255).astype('u1'))
    return np.stack(pictures)


def settings(kind: str, number: int, **fixed: object) -> list[CameraSettings]:
    random = np.random.default_rng(1)
    drawn = (CameraSettings.draw(kind, 0.4, random, jpeg_share=0.4) for _ in range(number))
    return [replace(one, **fixed) for one in drawn]  # type: ignore[arg-type]


def take_batch(pictures: np.ndarray, drawn: list[CameraSettings]) -> dict[str, Tensor]:
    return take_photographs(torch.from_numpy(pictures).permute(0, 3, 1, 2), drawn)


def take_singly(pictures: np.ndarray, drawn: list[CameraSettings]) -> dict[str, np.ndarray]:
    taken = [DarkPhotograph.take(picture, one) for picture, one in zip(pictures, drawn)]
    return {name: np.stack([getattr(one, name) for one in taken]) for name in PICTURES}


@pytest.mark.parametrize('kind', KINDS)
def test_pictures_without_noise_are_the_same(kind: str) -> None:
    pictures = photographs(8)
    drawn = settings(kind, 8, noise_gain=0.0, late_noise=0.0, jpeg_quality=None)
    batch, single = take_batch(pictures, drawn), take_singly(pictures, drawn)
    for name in PICTURES:
        difference = np.abs(batch[name].permute(0, 2, 3, 1).numpy() - single[name])
        assert difference.max() <= (1 if name == 'low' else 0.02), name  # a level by rounding
        assert difference.mean() < 0.01, name
        assert np.isfinite(difference).all()


@pytest.mark.parametrize('kind', KINDS)
def test_noise_and_jpeg_are_as_strong(kind: str) -> None:
    """The noise of pixels is drawn anew; its strength, in each picture, is that of its settings."""
    pictures = photographs(24)
    drawn = settings(kind, 24)
    batch, single = take_batch(pictures, drawn), take_singly(pictures, drawn)
    assert torch.equal(batch['low'], batch['low'].round())
    for statistic, levels in ((np.mean, 0.5), (np.std, 0.15)):
        ours = batch['low'] - batch['clean']
        one = [statistic(part.numpy()) for part in ours]
        other = [statistic(part) for part in single['low'] - single['clean']]
        np.testing.assert_allclose(one, other, rtol=0.12, atol=levels)


@pytest.mark.parametrize('kind', ['white', 'demosaiced', 'smoothed'])
@pytest.mark.parametrize('level', [13, 128, 230])
def test_variance_of_noise_follows_light_as_that_of_single_pictures(kind: str, level: int) -> None:
    sensor = SensorNoise(2e-3, 1e-5, kind, luma_blur=0.6, chroma_blur=1.2, chroma_gain=2.0)
    drawn = settings(
        'well_lit', 1, noise=sensor, noise_gain=1.0, jpeg_quality=None, scene_s_curve=0.0, blur=0.0,
        s_curve=0.0, darkness=KINDS['underexposed'](stops=0.0),
    )  # fmt: skip
    pictures = np.full((1, 128, 128, 3), level, np.uint8)
    batch, single = take_batch(pictures, drawn)['low'][0], take_singly(pictures, drawn)['low'][0]
    ours = batch.permute(1, 2, 0).numpy()
    assert ours.std() == pytest.approx(single.std(), rel=0.05)
    if kind == 'white':
        assert ours.std() > 1
    for axis in (0, 1):  # neighbours share as much
        steps = np.diff(ours, axis=axis).std(), np.diff(single.astype(np.float32), axis=axis).std()
        assert steps[0] == pytest.approx(steps[1], rel=0.06)


def test_a_sample_does_not_depend_on_its_batch() -> None:
    pictures = photographs(10)
    drawn = [settings(kind, 2)[index] for kind in KINDS for index in range(2)]
    whole = take_batch(pictures, drawn)
    order = [7, 2, 9]
    part = take_batch(pictures[order], [drawn[index] for index in order])
    for name in PICTURES:
        torch.testing.assert_close(part[name], whole[name][order], rtol=0, atol=1e-4)
    assert torch.equal(part['low'], whole['low'][order])
    again = take_batch(pictures, drawn)
    assert all(torch.equal(again[name], whole[name]) for name in PICTURES)


@pytest.mark.parametrize(('height', 'width'), [(8, 8), (17, 33), (64, 16)])
def test_sizes_need_not_be_multiples_of_anything(height: int, width: int) -> None:
    for kind in KINDS:
        batch = take_batch(photographs(3, height, width), settings(kind, 3, jpeg_quality=70))
        for name in PICTURES:
            assert batch[name].shape == (3, 3, height, width)
            assert torch.isfinite(batch[name]).all()
            assert 0 <= batch[name].min() <= batch[name].max() <= 255


def test_kinds_and_means_of_deferred_samples_are_those_of_the_others() -> None:
    pictures = photographs(60)
    figures: dict[bool, list[tuple[str, float, float, float]]] = {False: [], True: []}
    for deferred in (False, True):
        transform = SynthesizeLowLight(deferred=deferred)
        results = []
        for index, picture in enumerate(pictures):
            with sample_randomness(0, 0, index):
                results.append(transform(dict(normal=picture)))
        kinds = [result['darkness'] for result in results]
        if deferred:
            assert all('low' not in result for result in results)
            taken = take_batch(pictures, [result['camera_settings'] for result in results])
        else:
            taken = {name: torch.tensor(np.stack([r[name] for r in results])) for name in PICTURES}
        means = [taken[name].float().mean((1, 2, 3)).tolist() for name in PICTURES]
        figures[deferred] = list(zip(kinds, *means))
    for one, other in zip(figures[False], figures[True]):
        assert one[0] == other[0]
        assert one[1:] == pytest.approx(other[1:], abs=0.5)
