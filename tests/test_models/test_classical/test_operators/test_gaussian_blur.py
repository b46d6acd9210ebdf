"""Gaussian blur against SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from mmenlighten.models.classical.operators.gaussian_blur import gaussian_blur
from mmenlighten.utils.errors import ConfigError
from tests.test_models.test_classical.photographs import astronaut

SIZES = [(40, 52), (1, 1), (1, 9), (3, 2), (131, 97)]
BORDERS = dict(mirror='mirror', reflect='reflect', nearest='nearest', zeros='constant')


def noise(*size: int) -> torch.Tensor:
    random = np.random.default_rng(0)
    return torch.from_numpy(random.uniform(0, 255, (2, 3, *size)))


def by_scipy(image: torch.Tensor, sigma: float, border: str, truncate: float) -> np.ndarray:
    radius = int(np.ceil(truncate * sigma))
    return gaussian_filter(
        image.numpy(), (0, 0, sigma, sigma), mode=BORDERS[border], radius=(0, 0, radius, radius)
    )


@pytest.mark.parametrize('border', BORDERS)
@pytest.mark.parametrize('size', SIZES)
@pytest.mark.parametrize('sigma', [0.4, 2, 7.5, 13])
def test_narrow_kernels_are_exact(sigma: float, size: tuple[int, int], border: str) -> None:
    image = noise(*size)
    expected = by_scipy(image, sigma, border, 4)
    np.testing.assert_allclose(gaussian_blur(image, sigma, border), expected, rtol=1e-9)


@pytest.mark.parametrize('truncate', [2, 4])
@pytest.mark.parametrize('border', BORDERS)
@pytest.mark.parametrize('sigma', [15, 31, 80])
def test_wide_kernels_are_close(sigma: float, border: str, truncate: float) -> None:
    image = torch.from_numpy(astronaut(1, 200).transpose(2, 0, 1)[None, :, :, :163].astype(float))
    expected = by_scipy(image, sigma, border, truncate)
    blurred = gaussian_blur(image, sigma, border, truncate).numpy()
    assert abs(blurred - expected).max() < 0.3
    assert abs(np.log1p(blurred) - np.log1p(expected)).max() < 0.006


@pytest.mark.parametrize('border', ['mirror', 'reflect', 'nearest'])
def test_constant_stays(border: str) -> None:
    image = torch.full((1, 2, 20, 33), 0.3)
    for sigma in (3, 80, 250):
        torch.testing.assert_close(gaussian_blur(image, sigma, border), image)


def test_blocks_do_not_show() -> None:
    image = noise(3, 700)
    for sigma in (2.0, 20.0):
        whole = gaussian_blur(image, sigma).numpy()
        expected = by_scipy(image, sigma, 'mirror', 4)
        assert abs(whole - expected).max() < (1e-9 if sigma < 14 else 0.26)


def test_gradient_is_that_of_a_linear_map() -> None:
    image = noise(30, 25).requires_grad_()
    other = noise(30, 25) - 128
    (gaussian_blur(image, 20) * other).sum().backward()
    forth = (gaussian_blur(image.detach(), 20) * other).sum()
    assert image.grad is not None
    torch.testing.assert_close((image.grad * image.detach()).sum(), forth)


def test_arguments_out_of_range_are_refused() -> None:
    with pytest.raises(ConfigError, match='sigma=0 must be positive'):
        gaussian_blur(noise(2, 2), 0)
    with pytest.raises(ConfigError, match="border='wrap' is unknown"):
        gaussian_blur(noise(2, 2), 1, 'wrap')  # type: ignore[arg-type]
