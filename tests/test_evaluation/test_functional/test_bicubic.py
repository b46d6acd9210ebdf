from __future__ import annotations

import numpy as np
import pytest

from mmenlighten.evaluation.functional.bicubic import cubic, halve, resize, resize_matrix
from tests.test_evaluation.pictures import noise


def test_kernel_is_one_at_zero_and_zero_at_the_other_whole_numbers() -> None:
    assert cubic(np.arange(-3.0, 4)).tolist() == [0, 0, 0, 1, 0, 0, 0]


@pytest.mark.parametrize(('length', 'new'), [(400, 50), (37, 50), (50, 50), (7, 3), (3, 2)])
def test_weights_of_a_pixel_sum_to_one_and_flat_stays_flat(length: int, new: int) -> None:
    assert resize_matrix(length, new).sum(axis=1) == pytest.approx(np.ones(new), abs=1e-12)


def test_same_size_changes_nothing() -> None:
    assert resize_matrix(9, 9) == pytest.approx(np.eye(9), abs=1e-15)


def test_edges_are_mirrored_with_themselves() -> None:
    image = np.random.default_rng(0).random((12, 1))
    padded = np.pad(image, ((12, 12), (0, 0)), mode='symmetric')
    expected = (resize_matrix(36, 18) @ padded)[6:12]
    assert resize_matrix(12, 6) @ image == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize('size', [(24, 32), (2, 4)])
def test_halving_is_resizing_to_half(size: tuple[int, int]) -> None:
    image = noise(0, *size)[..., 0].astype(np.float64)
    expected = resize(image, size[0] // 2, size[1] // 2)
    assert halve(image) == pytest.approx(expected, abs=1e-9)


def test_a_ramp_is_halved_to_a_ramp_inside() -> None:
    halved = halve(np.tile(np.arange(40.0), (8, 1)))
    assert halved[:, 3:-3] == pytest.approx(np.tile(np.arange(6.5, 34, 2), (4, 1)), abs=1e-9)
