from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from mmenlighten.models.layers import SamePadConv2d, same_padding
from mmenlighten.utils.errors import ConfigError


@pytest.mark.parametrize(
    ('size', 'kernel', 'stride', 'padding'),
    [
        (8, 3, 2, (0, 1)),  # an even side is padded at its end alone
        (9, 3, 2, (1, 1)),
        (8, 5, 2, (1, 2)),
        (9, 5, 2, (2, 2)),
        (7, 9, 1, (4, 4)),
        (5, 2, 1, (0, 1)),
        (1, 3, 2, (1, 1)),
        (8, 1, 2, (0, 0)),  # pixels beyond the last window are not looked at
    ],
)
def test_padding_is_that_of_tensorflow(
    size: int, kernel: int, stride: int, padding: tuple[int, int]
) -> None:
    assert same_padding(size, kernel, stride) == padding


@pytest.mark.parametrize('mode', ['zeros', 'reflect'])
@pytest.mark.parametrize('size', [(8, 11), (9, 8)])
def test_convolves_what_is_padded(mode: str, size: tuple[int, int]) -> None:
    torch.manual_seed(0)
    layer = SamePadConv2d(2, 3, 5, stride=2, padding_mode=mode)
    features = torch.randn(1, 2, *size)
    (top, bottom), (left, right) = (same_padding(side, 5, 2) for side in size)
    kind = 'constant' if mode == 'zeros' else 'reflect'
    padded = F.pad(features, (left, right, top, bottom), mode=kind)
    expected = F.conv2d(padded, layer.weight, layer.bias, stride=2)
    assert torch.equal(layer(features), expected)
    assert expected.shape[-2:] == (-(-size[0] // 2), -(-size[1] // 2))


def test_unknown_padding_is_refused() -> None:
    with pytest.raises(ConfigError, match='padding_mode'):
        SamePadConv2d(1, 1, 3, padding_mode='circular')
