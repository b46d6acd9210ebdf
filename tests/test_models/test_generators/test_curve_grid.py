from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from mmenlighten.models.generators.curve_grid import CELLS, CurveGrid, slice_grid
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.padding_geometry import Window


def test_shape_at_any_size() -> None:
    grid = CurveGrid(width=6, bins=5)
    for size in ((64, 64), (300, 200), (40, 1)):
        assert grid(torch.rand(2, 3, *size)).shape == (2, 3, 5, CELLS, CELLS)


@pytest.mark.parametrize('cells', [8, 16, 32])
def test_more_or_fewer_cells_have_the_same_parameters(cells: int) -> None:
    grid = CurveGrid(width=6, cells=cells)
    assert grid(torch.rand(1, 3, 64, 64)).shape == (1, 3, 8, cells, cells)
    assert {name: p.shape for name, p in grid.named_parameters()} == {
        name: p.shape for name, p in CurveGrid(width=6).named_parameters()
    }


def test_other_numbers_of_cells_are_refused() -> None:
    with pytest.raises(ConfigError, match='grid_cells=12: use one of 8, 16, 32'):
        CurveGrid(cells=12)


def test_starts_with_light_for_the_dark_alone() -> None:
    grid = CurveGrid(width=6, bins=4)(torch.rand(1, 3, 64, 64))
    expected = torch.tensor([2.2, 2.2 * 2 / 3, 2.2 / 3, 0.0]).view(1, 1, 4, 1, 1)
    torch.testing.assert_close(grid, expected.expand_as(grid))


def test_a_copy_of_another_size_has_the_same_grid() -> None:
    torch.manual_seed(0)
    network = CurveGrid(width=6)
    torch.nn.init.normal_(network.exponents.weight, std=0.1)
    image = torch.rand(1, 3, 64, 64)
    large = F.interpolate(image, scale_factor=3, mode='nearest')
    torch.testing.assert_close(network(image), network(large), rtol=1e-4, atol=1e-5)


def test_slicing_interpolates_brightness_and_place() -> None:
    bins, cells = 5, 4
    level = torch.arange(bins).view(1, 1, bins, 1, 1)
    column = torch.arange(cells).view(1, 1, 1, 1, cells)
    grid = (10.0 * level + column).expand(1, 2, bins, cells, cells)
    guide = torch.linspace(0, 1, 16).view(1, 1, 1, 16).expand(1, 1, 8, 16)
    place = ((torch.arange(16) + 0.5) / 4 - 0.5).clamp(0, cells - 1)  # centres of pixels in cells
    expected = 10 * torch.linspace(0, 1, 16) * (bins - 1) + place
    torch.testing.assert_close(
        slice_grid(grid, guide, Window(0, 0, 16, 32)), expected.expand(1, 2, 8, 16)
    )


def test_brightness_beyond_the_range_takes_the_end() -> None:
    grid = torch.arange(3.0).view(1, 1, 3, 1, 1).expand(1, 1, 3, 2, 2)
    guide = torch.tensor([-1.0, 0.0, 1.0, 7.0]).view(1, 1, 2, 2)
    assert slice_grid(grid, guide, Window(0, 0, 4, 4)).flatten().tolist() == pytest.approx(
        [0, 0, 2, 2]
    )


def test_parts_are_sliced_like_the_whole() -> None:
    grid, guide = torch.rand(1, 3, 8, CELLS, CELLS), torch.rand(1, 1, 24, 40)
    whole = slice_grid(grid, guide, Window(0, 0, 48, 80))
    part = slice_grid(grid, guide[..., 6:18, 10:30], Window(12, 20, 48, 80))
    torch.testing.assert_close(part, whole[..., 6:18, 10:30])
