from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from mmenlighten.utils.padding import Padding, crop_padding, pad_reflect, padding_to_multiple


def random_image(height: int, width: int) -> torch.Tensor:
    random = torch.Generator().manual_seed(height * 100 + width)
    return torch.rand(2, 3, height, width, generator=random)


@pytest.mark.parametrize('padding', [(3, 4, 2, 1), (0, 5, 0, 0), (6, 6, 4, 4), (0, 0, 0, 1)])
def test_equals_reflect_padding_of_torch_where_that_works(
    padding: tuple[int, int, int, int],
) -> None:
    image = random_image(5, 7)
    expected = F.pad(image, list(padding), mode='reflect')
    assert torch.equal(pad_reflect(image, Padding(*padding)), expected)


@pytest.mark.parametrize(('height', 'width'), [(1, 1), (1, 9), (2, 3), (5, 5), (3, 40)])
@pytest.mark.parametrize('padding', [Padding(7, 8, 7, 8), Padding(0, 15, 30, 0)])
def test_equals_reflect_padding_of_numpy_for_any_size(
    height: int, width: int, padding: Padding
) -> None:
    image = random_image(height, width)
    sides = ((0, 0), (0, 0), (padding.top, padding.bottom), (padding.left, padding.right))
    expected = np.pad(image.numpy(), sides, mode='reflect')
    assert np.array_equal(pad_reflect(image, padding).numpy(), expected)


@pytest.mark.parametrize('height', range(1, 34, 4))
@pytest.mark.parametrize('width', [1, 2, 15, 16, 17])
def test_padding_reaches_the_next_multiple_and_is_undone_exactly(height: int, width: int) -> None:
    image = random_image(height, width)
    padding = padding_to_multiple(height, width, 16)
    padded = pad_reflect(image, padding)
    assert all(
        side % 16 == 0 and side - 16 < before
        for side, before in zip(padded.shape[2:], (height, width))
    )
    assert torch.equal(crop_padding(padded, padding), image)


def test_odd_rest_goes_to_the_right_and_bottom() -> None:
    assert padding_to_multiple(13, 11, 16) == Padding(left=2, right=3, top=1, bottom=2)


def test_nothing_is_done_to_a_fitting_image() -> None:
    image = random_image(16, 32)
    padding = padding_to_multiple(16, 32, 16)
    assert padding == Padding(0, 0, 0, 0)
    assert pad_reflect(image, padding) is image


def test_gradient_flows_through_the_padding_of_a_single_pixel() -> None:
    image = random_image(1, 1).requires_grad_()
    pad_reflect(image, Padding(1, 2, 1, 2)).sum().backward()
    assert image.grad is not None
    assert torch.equal(image.grad, torch.full_like(image, 16.0))
