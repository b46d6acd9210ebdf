from __future__ import annotations

import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from mmenlighten.inference import NetworkTraits, enhance_tiled

from .networks import random_picture

LOCAL = NetworkTraits(size_multiple=16, receptive_field_radius=16)


def identity(images: np.ndarray) -> np.ndarray:
    return images


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16, np.float32, np.float64])
def test_pixels_come_back_as_they_were(dtype: type[np.generic]) -> None:
    picture = random_picture(75, 131, dtype)
    result = enhance_tiled(identity, picture, LOCAL, tile=64)
    assert result.dtype == dtype
    if np.issubdtype(dtype, np.floating):
        np.testing.assert_allclose(result, picture, atol=1e-6)
    else:
        assert np.array_equal(result, picture)


def test_eight_bits_in_and_sixteen_out() -> None:
    picture = random_picture(20, 30, np.uint8)
    result = enhance_tiled(identity, picture, LOCAL, np.empty(picture.shape, np.uint16))
    assert np.array_equal(result, picture.astype(np.uint16) * 257)


def test_results_are_clamped_to_the_range_of_integers_only() -> None:
    picture = np.full((4, 4, 3), 200, np.uint8)
    brighter = enhance_tiled(lambda images: images + 1.5, picture, LOCAL)
    assert (brighter == 255).all()
    free = enhance_tiled(lambda images: images + 1.5, picture, LOCAL, np.empty((4, 4, 3)))
    np.testing.assert_allclose(free, 200 / 255 + 0.75, atol=1e-6)


def test_batches_hold_tiles_of_one_size_and_progress_is_told() -> None:
    shapes, told = [], []

    def network(images: np.ndarray) -> np.ndarray:
        assert images.dtype == np.float32
        assert images.flags.c_contiguous
        shapes.append(images.shape)
        return images

    picture = random_picture(100, 150, np.uint8)
    enhance_tiled(
        network, picture, LOCAL, tile=64, batch=4, progress=lambda *counts: told.append(counts)
    )
    assert {shape[1:] for shape in shapes} == {(3, 64, 64)}
    assert [shape[0] for shape in shapes] == [4] * (len(shapes) - 1) + [shapes[-1][0]]
    total = sum(shape[0] for shape in shapes)
    assert told[-1] == (total, total)
    assert [done for done, _ in told] == sorted({done for done, _ in told})


def test_progress_can_end_the_work() -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        enhance_tiled(identity, random_picture(100, 50, np.uint8), LOCAL, tile=64, progress=stop)


@pytest.mark.parametrize(
    ('traits', 'height', 'width'),
    [(LOCAL, 3000, 2000), (NetworkTraits(receptive_field_radius=None), 2400, 700)],
)
def test_peak_memory_grows_with_the_tile_and_not_with_the_picture(
    traits: NetworkTraits, height: int, width: int
) -> None:
    def peak(height: int, tile: int) -> int:
        picture = np.zeros((height, width, 3), np.uint8)
        out = np.empty_like(picture)
        tracemalloc.start()
        enhance_tiled(lambda images: images * 0.5, picture, traits, out, tile=tile)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    part, whole = peak(height // 3, 304), peak(height, 304)
    assert whole < 1.2 * part
    assert whole < 0.6 * height * width * 3 * 4  # a float copy of the picture
    assert peak(height, 608) > 1.5 * whole


def test_a_memory_map_is_read_tile_by_tile(tmp_path: Path) -> None:
    picture = random_picture(90, 170, np.uint16)
    picture.tofile(tmp_path / 'in')
    source = np.memmap(tmp_path / 'in', np.uint16, 'r', shape=picture.shape)
    target = np.memmap(tmp_path / 'out', np.uint16, 'w+', shape=picture.shape)
    assert enhance_tiled(identity, source, LOCAL, target, tile=64) is target
    assert np.array_equal(target, picture)


def test_wrong_arrays() -> None:
    picture = random_picture(20, 30, np.uint8)
    with pytest.raises(ValueError, match='not be the picture itself'):
        enhance_tiled(identity, picture, LOCAL, picture)
    with pytest.raises(ValueError, match='shape'):
        enhance_tiled(identity, picture, LOCAL, picture[:5].copy())
    with pytest.raises(ValueError, match=r'\(H, W, 3\)'):
        enhance_tiled(identity, picture[..., 0].copy(), LOCAL)
    with pytest.raises(ValueError, match='int32'):
        enhance_tiled(identity, picture.astype(np.int32), LOCAL)
    with pytest.raises(ValueError, match='made'):
        enhance_tiled(lambda images: images[:, :1], picture, LOCAL)


def test_nothing_here_needs_torch() -> None:
    code = (
        'import sys, mmenlighten.inference\n'
        "print([name for name in ('torch', 'mmengine', 'mmcv') if name in sys.modules])"
    )
    command = [sys.executable, '-c', code]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == '[]'
