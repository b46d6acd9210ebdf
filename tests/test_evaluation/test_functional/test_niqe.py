from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmenlighten.evaluation.functional import niqe
from mmenlighten.evaluation.functional.niqe import block_features, pristine_model, studio_luma
from mmenlighten.photos.image_io import read_image
from mmenlighten.utils.errors import DatasetError
from tests.test_evaluation.pictures import LOL_EVAL, noise

DATA = LOL_EVAL.parent
BASICSR = {
    '01': 3.356788, '02': 2.420985, '03': 2.562476, '04': 3.279677, '05': 3.504636,
    '06': 4.162659, '07': 4.580188, '08': 4.624465, '09': 1.992834, '10': 3.033593,
}  # fmt: skip
"""BasicSR's calculate_niqe (commit 8d56e3a, float32) on pictures of DICM."""


def texture(seed: int, height: int, width: int) -> np.ndarray:
    """A picture of smooth noise at two scales, with some structure to describe."""
    random = np.random.default_rng(seed)
    fine = random.normal(0, 12, (height, width))
    coarse = np.kron(random.normal(0, 30, (height // 8 + 1, width // 8 + 1)), np.ones((8, 8)))
    gray = 120 + fine + coarse[:height, :width]
    return np.repeat(np.clip(gray, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


@pytest.mark.skipif(not (DATA / 'baboon.png').is_file(), reason='needs baboon.png')
def test_of_the_calibration_picture_is_that_of_matlab() -> None:
    # MATLAB R2021a with the code of the authors.
    assert niqe(read_image(DATA / 'baboon.png')) == pytest.approx(5.72957338, abs=2e-6)


@pytest.mark.skipif(not (DATA / 'dicm').is_dir(), reason='needs DICM')
@pytest.mark.parametrize('name', list(BASICSR))
def test_agrees_with_an_independent_implementation(name: str) -> None:
    # What is left are flat areas, where round-off decides in BasicSR; see docs/metrics.md.
    assert niqe(read_image(DATA / 'dicm' / f'{name}.jpg')) == pytest.approx(BASICSR[name], abs=2e-3)


def test_what_does_not_fill_a_block_is_left_out() -> None:
    image = texture(0, 250, 220)
    assert niqe(image) == niqe(image[:192, :192])
    assert niqe(image) != niqe(image[50:242, :192])


def test_worse_pictures_have_higher_values() -> None:
    image = texture(0, 288, 288)
    assert niqe(noise(0, 288, 288)) > niqe(image)
    assert niqe(image // 16 * 16) != niqe(image)


def test_luma_is_that_of_bt601_in_studio_range_rounded() -> None:
    colours = np.array([[[0, 0, 0], [255, 255, 255], [255, 0, 0], [10, 200, 30]]], np.uint8)
    expected = 16 + (65.481 * 10 + 128.553 * 200 + 24.966 * 30) / 255
    assert studio_luma(colours).tolist() == [[16, 235, 81, round(expected)]]
    assert studio_luma(colours).dtype == np.float64


def test_features_of_a_block_depend_on_that_block_and_its_margin_only() -> None:
    luma = studio_luma(texture(0, 192, 192))
    changed = luma.copy()
    changed[100:, 100:] = 50
    features, others = block_features(luma, 96), block_features(changed, 96)
    assert features.shape == (4, 18)
    assert np.array_equal(features[:3], others[:3])
    assert not np.array_equal(features[3], others[3])


def test_a_block_without_texture_is_left_out_of_the_covariance() -> None:
    image = texture(0, 192, 288)
    image[:96, :96] = 7
    features = block_features(studio_luma(image), 96)
    assert np.isnan(features).any(axis=1).tolist() == [True] + [False] * 5
    assert np.isfinite(niqe(image))


@pytest.mark.parametrize('value', [0, 7, 255])
def test_refuses_flat_pictures(value: int) -> None:
    with pytest.raises(DatasetError, match=r'this picture has 0, it is flat\.$'):
        niqe(np.full((200, 200, 3), value, np.uint8))


@pytest.mark.parametrize('size', [(191, 300), (300, 191)])
def test_refuses_pictures_smaller_than_two_blocks(size: tuple[int, int]) -> None:
    with pytest.raises(DatasetError, match='NIQE needs pictures of at least 192x192 pixels; this'):
        niqe(texture(0, *size))


def test_refuses_what_is_not_a_finished_picture() -> None:
    with pytest.raises(ValueError, match=r'Expected uint8 \(H, W, 3\)'):
        niqe(texture(0, 192, 192) / 255)


def test_parameters_are_packaged() -> None:
    mean, covariance = pristine_model()
    assert (mean.shape, covariance.shape) == ((36,), (36, 36))
    assert np.linalg.eigvalsh(covariance).min() > 0
    assert (Path(__file__).parents[3] / 'mmenlighten/evaluation/data/README.md').is_file()


def test_cost_is_linear_in_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted in values that filters and fits get, as seconds would judge the machine."""
    niqe_module = importlib.import_module('mmenlighten.evaluation.functional.niqe')
    counted: list[int] = []
    for module, name in ((niqe_module, 'fit_aggd'), (niqe_module.cv2, 'sepFilter2D')):
        monkeypatch.setattr(module, name, counting(getattr(module, name), counted))
    niqe(texture(0, 384, 384))
    small = sum(counted)
    counted.clear()
    niqe(texture(0, 1152, 1152))
    assert sum(counted) == 9 * small > 0


def counting(function: Callable[..., Any], counted: list[int]) -> Callable[..., Any]:
    def counting_too(values: np.ndarray, *rest: Any, **options: Any) -> Any:
        counted.append(values.size)
        return function(values, *rest, **options)

    return counting_too
