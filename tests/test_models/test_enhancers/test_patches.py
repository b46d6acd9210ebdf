from __future__ import annotations

import torch

from mmenlighten.models.enhancers.patches import crop_patches
from tests.builders import random_images


def test_gradient_equals_that_of_slices() -> None:
    image = random_images(2, 3, 12, 10, dtype=torch.float64).requires_grad_()
    windows = [(0, 1), (3, 2), (3, 2), (6, 8)]  # they overlap, and the last one meets the corner
    patches = crop_patches(image, windows, 4)
    slices = torch.cat([image[..., top : top + 4, left : left + 4] for left, top in windows])
    assert patches.equal(slices)
    weights = random_images(*patches.shape, seed=1, dtype=torch.float64)
    ours, theirs = (torch.autograd.grad(each, image, weights)[0] for each in (patches, slices))
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-15)


def test_pictures_smaller_than_a_patch() -> None:
    image = random_images(2, 3, 5, 3).requires_grad_()
    patches = crop_patches(image, [(0, 0), (0, 0)], 4)
    assert patches.shape == (4, 3, 4, 3)
    patches.sum().backward()
    assert image.grad is not None
    assert image.grad.sum(dim=(0, 1, 3)).tolist() == [36, 36, 36, 36, 0]
