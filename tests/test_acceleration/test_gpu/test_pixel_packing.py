from __future__ import annotations

import pytest
import torch

from mmenlighten.acceleration.gpu.pixel_packing import (
    fill_channels,
    pack_pixels,
    pack_weight,
    unpack_pixels,
)
from tests.builders import random_images


@pytest.mark.parametrize('pack', [1, 2, 4])
def test_packed_pixels_are_the_same_memory(pack: int) -> None:
    features = random_images(2, 3, 4, 8).contiguous(memory_format=torch.channels_last)
    packed = pack_pixels(features, pack)
    assert packed.shape == (2, 3 * pack, 4, 8 // pack)
    assert packed.data_ptr() == features.data_ptr()
    assert packed.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(packed[:, :3, :, 0], features[..., 0])
    assert torch.equal(packed[:, -3:, :, 0], features[..., pack - 1])
    restored = unpack_pixels(packed, pack)
    assert torch.equal(restored, features)
    assert restored.data_ptr() == features.data_ptr()


def test_channels_are_filled_up_to_a_multiple_of_eight() -> None:
    tensor = random_images(2, 12, 3, 3)
    filled = fill_channels(tensor)
    assert filled.shape == (2, 16, 3, 3)
    assert torch.equal(filled[:, :12], tensor)
    assert not filled[:, 12:].any()
    assert fill_channels(filled) is filled


def test_each_pixel_has_the_whole_kernel_and_zeros() -> None:
    weight = random_images(2, 3, 3, 3) + 2
    spread = pack_weight(weight, 4)
    assert spread.shape == (8, 12, 3, 3)
    assert [int(of_pixel.count_nonzero()) for of_pixel in spread.split(2)] == [54] * 4
    sums = torch.stack([of_pixel.sum((1, 2, 3)) for of_pixel in spread.split(2)])
    torch.testing.assert_close(sums, weight.sum((1, 2, 3)).expand(4, 2))
