from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from mmenlighten.inference.thumbnail import thumbnail_of

from .networks import random_picture


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16, np.float32, np.float64])
@pytest.mark.parametrize('size', [(1, 1), (1, 300), (63, 65), (64, 64), (129, 40), (250, 331)])
def test_equals_pooling_by_torch(size: tuple[int, int], dtype: type[np.generic]) -> None:
    picture = random_picture(*size, dtype)
    white = 1 if np.issubdtype(dtype, np.floating) else np.iinfo(dtype).max
    image = torch.from_numpy(picture.astype(np.float64) / white).permute(2, 0, 1)
    expected = F.adaptive_avg_pool2d(image, 64).permute(1, 2, 0).numpy()
    np.testing.assert_allclose(thumbnail_of(picture, 64), expected, rtol=0, atol=1e-12)


def test_the_picture_is_never_held_in_floating_point() -> None:
    picture = random_picture(1500, 1000, np.uint8)
    tracemalloc.start()
    thumbnail_of(picture, 64)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < picture.nbytes / 4


def test_only_pictures_are_taken() -> None:
    with pytest.raises(ValueError, match=r'\(H, W, 3\)'):
        thumbnail_of(np.zeros((4, 4), np.uint8), 64)
