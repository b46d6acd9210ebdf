from __future__ import annotations

import numpy as np
import pytest

from mmenlighten.camera import SensorNoise


@pytest.mark.parametrize('level', [0.0, 0.1, 0.8])
def test_the_variance_is_shot_times_light_plus_read(level: float) -> None:
    noise = SensorNoise(shot=1e-3, read=2e-5, kind='white')
    light = np.full((200, 200, 3), level, np.float32)
    sample = noise.sample(light, np.random.default_rng(0))
    assert sample.dtype == np.float32
    assert sample.var() == pytest.approx(1e-3 * level + 2e-5, rel=0.03)
    assert sample.mean() == pytest.approx(0, abs=float(4 * sample.std() / 346))


@pytest.mark.parametrize('kind', ['demosaiced', 'smoothed'])
def test_neighbours_share_noise_that_a_camera_has_worked_on(kind: str) -> None:
    noise = SensorNoise(shot=1e-3, read=1e-5, kind=kind, luma_blur=0.5, chroma_blur=1.0)
    sample = noise.sample(np.full((128, 128, 3), 0.5, np.float32), np.random.default_rng(3))
    red = sample[..., 0]
    assert np.corrcoef(red[:, :-1].ravel(), red[:, 1:].ravel())[0, 1] > 0.1


def test_cameras_are_drawn_with_more_read_noise_at_a_higher_iso() -> None:
    random = np.random.default_rng(0)
    drawn = [SensorNoise.draw(random) for _ in range(400)]
    assert all(4e-5 <= noise.shot <= 3e-3 for noise in drawn)
    logs = np.log([(noise.shot, noise.read) for noise in drawn])
    assert np.corrcoef(logs.T)[0, 1] > 0.8
    assert {noise.kind for noise in drawn} == {'white', 'demosaiced', 'smoothed'}
