from __future__ import annotations

import pytest
import torch

from mmenlighten.models.convolutions.grouped_pixels import (
    fill_channels,
    from_groups,
    to_groups,
    weight_for_groups,
)
from tests.builders import random_images


@pytest.mark.parametrize('group', [1, 2, 4])
def test_groups_are_the_same_memory(group: int) -> None:
    features = random_images(2, 3, 4, 8).contiguous(memory_format=torch.channels_last)
    groups = to_groups(features, group)
    assert groups.shape == (2, 3 * group, 4, 8 // group)
    assert groups.data_ptr() == features.data_ptr()
    assert groups.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(groups[:, :3, :, 0], features[..., 0])
    assert torch.equal(groups[:, -3:, :, 0], features[..., group - 1])
    restored = from_groups(groups, group)
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
    spread = weight_for_groups(weight, 4)
    assert spread.shape == (8, 12, 3, 3)
    assert [int(of_pixel.count_nonzero()) for of_pixel in spread.split(2)] == [54] * 4
    sums = torch.stack([of_pixel.sum((1, 2, 3)) for of_pixel in spread.split(2)])
    torch.testing.assert_close(sums, weight.sum((1, 2, 3)).expand(4, 2))
