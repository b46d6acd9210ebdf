from __future__ import annotations

import numpy as np
import pytest
import torch

from mmenlighten.camera import develop
from mmenlighten.camera.batched.jpeg_losses import through_jpeg


def picture(height: int = 61, width: int = 83) -> np.ndarray:
    rows, columns = np.mgrid[0:height, 0:width] / height
    smooth = np.stack([rows, 0.8 - 0.4 * columns, 0.5 + 0.4 * np.sin(9 * columns)], axis=2)
    noise = np.random.default_rng(0).normal(0, 0.03, smooth.shape)
    return (255 * (smooth + noise)).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize('quality', [30, 65, 80, 97])
def test_losses_are_those_of_a_file(quality: int) -> None:
    before = picture().astype(np.float32)
    file = develop(before / 255, quality).astype(np.float32)
    tensor = torch.from_numpy(before).permute(2, 0, 1)[None]
    ours = through_jpeg(tensor, [quality])[0].permute(1, 2, 0).numpy()
    assert np.array_equal(ours, ours.round())
    assert np.abs(ours - file).mean() < 0.15 * np.abs(file - before).mean() + 0.3
    assert (ours - before).std() == pytest.approx((file - before).std(), rel=0.03)


def test_each_picture_has_its_own_quality() -> None:
    tensor = torch.from_numpy(picture()).permute(2, 0, 1)[None].float()
    both = through_jpeg(tensor.repeat(2, 1, 1, 1), [65, 95])
    for index, quality in enumerate((65, 95)):
        assert torch.equal(both[index : index + 1], through_jpeg(tensor, [quality]))


def test_gray_stays_gray() -> None:
    flat = torch.full((1, 3, 16, 16), 77.0)
    assert torch.equal(through_jpeg(flat, [90]), flat)
