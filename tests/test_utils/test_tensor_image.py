from __future__ import annotations

import pytest
import torch

from mmenlighten.utils.tensor_image import attention_map, to_array, to_model_range, to_uint8


def test_all_256_values_survive_the_way_to_model_range_and_back() -> None:
    values = torch.arange(256, dtype=torch.uint8)
    assert torch.equal(to_uint8(to_model_range(values)), values)


def test_model_range_is_minus_one_to_one_in_float32() -> None:
    image = to_model_range(torch.tensor([0, 255], dtype=torch.uint8))
    assert image.dtype == torch.float32
    assert image.tolist() == [-1.0, 1.0]


def test_model_range_keeps_double_precision() -> None:
    assert to_model_range(torch.zeros(1, dtype=torch.float64)).dtype == torch.float64


def test_uint8_is_rounded_and_not_truncated() -> None:
    levels = torch.tensor([0.4, 0.6, 99.51, 99.49, 254.6])
    assert to_uint8(levels / 127.5 - 1).tolist() == [0, 1, 100, 99, 255]


def test_uint8_is_clamped() -> None:
    assert to_uint8(torch.tensor([-7.0, -1.001, 1.001, 7.0])).tolist() == [0, 0, 255, 255]


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_uint8_of_half_precision_is_that_of_the_same_values_in_full_precision(
    dtype: torch.dtype,
) -> None:
    image = torch.linspace(-1, 1, 1001).to(dtype)
    assert torch.equal(to_uint8(image), to_uint8(image.double()))


def test_attention_is_one_for_black_and_zero_for_white() -> None:
    image = torch.tensor([-1.0, 1.0]).view(2, 1, 1, 1).expand(2, 3, 4, 5)
    attention = attention_map(image)
    assert attention.shape == (2, 1, 4, 5)
    torch.testing.assert_close(attention[0], torch.ones(1, 4, 5))
    torch.testing.assert_close(attention[1], torch.zeros(1, 4, 5))


def test_attention_weighs_channels_in_the_order_red_green_blue() -> None:
    colours = torch.eye(3).view(3, 3, 1, 1) * 2 - 1  # pure red, green and blue
    expected = 1 - torch.tensor([0.299, 0.587, 0.114])
    torch.testing.assert_close(attention_map(colours).flatten(), expected)


def test_array_has_its_channels_last() -> None:
    image = torch.arange(3 * 4 * 5, dtype=torch.uint8).view(3, 4, 5)
    array = to_array(image)
    assert array.shape == (4, 5, 3)
    assert array[1, 2, 0] == image[0, 1, 2]
    assert array.flags.c_contiguous
