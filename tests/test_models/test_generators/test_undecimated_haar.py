from __future__ import annotations

import pytest
import torch

from mmenlighten.models.generators.undecimated_haar import analyse, synthesise


@pytest.mark.parametrize('size', [(16, 24), (7, 5), (3, 1), (1, 1)])
@pytest.mark.parametrize('levels', [1, 3])
def test_synthesis_gives_back_the_picture(size: tuple[int, int], levels: int) -> None:
    image = torch.rand(2, 3, *size, generator=torch.Generator().manual_seed(0)).double()
    coarse, bands = analyse(image, levels)
    assert len(bands) == levels
    assert all(band.shape == image.shape for scale in bands for band in scale)
    torch.testing.assert_close(synthesise(coarse, bands), image)


def test_a_flat_picture_has_no_detail() -> None:
    coarse, bands = analyse(torch.full((1, 1, 9, 9), 0.3), 3)
    torch.testing.assert_close(coarse, torch.full((1, 1, 9, 9), 0.3))
    assert all(torch.equal(band, torch.zeros_like(band)) for scale in bands for band in scale)


def test_bands_are_named_by_what_changes() -> None:
    columns = torch.arange(8.0).remainder(2).expand(1, 1, 8, 8)  # vertical stripes
    [(horizontal, vertical, diagonal)] = analyse(columns, 1)[1]
    assert horizontal[..., :-1].abs().min() == 0.5
    assert vertical.abs().max() == diagonal.abs().max() == 0


def test_bands_move_along_with_the_picture() -> None:
    image = torch.rand(1, 1, 32, 32, generator=torch.Generator().manual_seed(1))
    moved = image.roll((3, 5), (2, 3))
    for scale, moved_scale in zip(analyse(image, 2)[1], analyse(moved, 2)[1]):
        for band, moved_band in zip(scale, moved_scale):
            expected = band.roll((3, 5), (2, 3))[..., 8:-8, 8:-8]
            torch.testing.assert_close(moved_band[..., 8:-8, 8:-8], expected)


def test_noise_without_its_finest_bands_is_weaker() -> None:
    noise = torch.randn(1, 1, 64, 64, generator=torch.Generator().manual_seed(2))
    coarse, bands = analyse(noise, 1)
    [(a, b, c)] = bands
    silent = [(torch.zeros_like(a), torch.zeros_like(b), torch.zeros_like(c))]
    # What stays is a binomial mean of 3 x 3: (6/16)^2 of the variance.
    variance = synthesise(coarse, silent)[..., 2:-2, 2:-2].var()
    assert variance.item() == pytest.approx((6 / 16) ** 2, rel=0.1)
