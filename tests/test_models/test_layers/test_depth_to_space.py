from __future__ import annotations

import pytest
import torch

from mmenlighten.models.layers import depth_to_space, space_to_depth


@pytest.mark.parametrize(('side', 'colours'), [(2, 3), (3, 3), (4, 1)])
def test_colour_is_the_innermost_of_the_channels(side: int, colours: int) -> None:
    features = torch.arange(colours * side**2 * 2 * 5).view(1, -1, 2, 5)
    image = depth_to_space(features, side)
    assert image.shape == (1, colours, 2 * side, 5 * side)
    for y, x, colour in [(0, 0, 0), (0, side - 1, colours - 1), (side - 1, 1, 0)]:
        channel = (y * side + x) * colours + colour
        assert torch.equal(image[:, colour, y::side, x::side], features[:, channel])
    assert torch.equal(space_to_depth(image, side), features)
